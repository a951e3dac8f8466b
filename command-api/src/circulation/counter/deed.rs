//! What is done at the counter, by whom and for whom, and the command that it makes of what is seen there.
//!
//! Reads no clock and draws no ids: both come with it.

// tidy: allow wall because a loan, its copy and whoever may borrow it are one append, decided by the rooms that own them

use accession_events::circulation::{Borrower, LendingTerms, LentHow};
use accession_events::holdings::CopyState;
use accession_events::ids::{AccountId, CopyId, HoldId, LibraryId, LoanId, PatronId};
use accession_events::values::{PersonName, Personal};
use jiff::{SignedDuration, Timestamp};

use super::sight::Sight;
use crate::circulation::error::{CirculationError, LONGEST_LOAN_DAYS};
use crate::circulation::lending::{
    CancelHold, EmptyQueue, ExpireHold, Lend, LendingCommand, LendingError, PlaceHold, Renew,
    ReportLost, TakeBack,
};
use crate::circulation::patron::Registration;
use crate::circulation::policy::end_of_day;
use crate::holdings::copy::CopyError;
use crate::library::library::{KnownLibrary, MemberStanding};

/// Something that is done at the counter.
#[derive(Debug, Clone, PartialEq)]
pub struct Deed {
    /// In which library.
    pub library: LibraryId,
    /// With which copy.
    pub copy: CopyId,
    /// What.
    pub what: What,
    /// When.
    pub at: Timestamp,
    /// Who does it; nobody when it follows by itself.
    pub by: Option<AccountId>,
}

/// What is done.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A copy goes out.
    Lend {
        /// The loan's id.
        loan: LoanId,
        /// To whom.
        to: Who,
        /// Until when, if the staff says otherwise than the policy.
        due_at: Option<Timestamp>,
        /// How.
        how: LentHow,
    },
    /// It comes back; to somebody of the staff, or said by this borrower.
    TakeBack(Option<PatronId>),
    /// It stays out for longer; said by the staff, or by this borrower.
    Renew(Option<PatronId>),
    /// It will not come back.
    ReportLost,
    /// Somebody waits for it.
    PlaceHold(HoldId, Who),
    /// Somebody waits no longer; said by the staff, or by this borrower.
    CancelHold(HoldId, Option<PatronId>),
    /// Somebody did not come for it in time.
    ExpireHold(HoldId),
    /// There is nothing to wait for.
    EmptyQueue,
}

/// Who borrows or waits.
#[derive(Debug, Clone, PartialEq)]
pub enum Who {
    /// The one who acts.
    Myself(AccountId),
    /// A member.
    Member(AccountId),
    /// Somebody outside whom the library knows.
    Outsider(PatronId),
    /// Somebody outside whom it knows from now on.
    Newcomer(PatronId, Personal<PersonName>),
}

impl Who {
    /// As whom they borrow from a library.
    #[must_use]
    pub fn borrower(&self, library: LibraryId) -> Borrower {
        match self {
            Self::Myself(account) | Self::Member(account) => Borrower::member(library, *account),
            Self::Outsider(patron) | Self::Newcomer(patron, _) => Borrower::outside(*patron),
        }
    }

    /// Makes sure that the library, as it is now, lends to them.
    fn is_served(
        &self,
        library: &KnownLibrary,
        terms: &LendingTerms,
    ) -> Result<(), CirculationError> {
        let (account, alone) = match self {
            Self::Myself(account) => (*account, true),
            Self::Member(account) => (*account, false),
            Self::Outsider(_) | Self::Newcomer(..) if terms.outside_borrowers => return Ok(()),
            Self::Outsider(_) | Self::Newcomer(..) => return Err(CirculationError::MembersOnly),
        };
        let member = library
            .member(account)
            .ok_or(CirculationError::NoSuchMember)?;
        if member.standing != MemberStanding::Active {
            return Err(CirculationError::MemberSuspended);
        }
        if !terms.lends_to.contains(&member.role) {
            return Err(CirculationError::NotLentTo(member.role));
        }
        if alone && !terms.self_service.contains(&member.role) {
            return Err(CirculationError::NoSelfService(member.role));
        }
        Ok(())
    }
}

impl Deed {
    /// Who borrows or waits by it.
    fn who(&self) -> Option<&Who> {
        match &self.what {
            What::Lend { to, .. } => Some(to),
            What::PlaceHold(_, who) => Some(who),
            _ => None,
        }
    }

    /// Whether it hangs on the library, its policy and the copy staying as they are until it is written.
    pub(super) const fn hangs_on_the_present(&self) -> bool {
        matches!(self.what, What::Lend { .. } | What::PlaceHold(..))
    }

    /// As whom the patron with this id is put on the list, if they may be by this deed.
    pub(super) fn registration(&self, patron: PatronId) -> Option<Registration> {
        let who = self.who()?;
        if who.borrower(self.library).patron != patron {
            return None;
        }
        let (account, name) = match who {
            Who::Myself(account) | Who::Member(account) => (Some(*account), None),
            Who::Newcomer(_, name) => (None, Some(name.clone())),
            Who::Outsider(_) => return None,
        };
        Some(Registration {
            library: self.library,
            account,
            name,
            by: self.by?,
        })
    }

    /// The command, by what is seen.
    pub(super) fn command(&self, sight: &Sight) -> Result<LendingCommand, CirculationError> {
        let terms = &sight.terms;
        let kept_until = end_of_day(self.at, terms.pick_up_days);
        Ok(match &self.what {
            What::Lend {
                loan,
                to,
                due_at,
                how,
            } => {
                to.is_served(sight.library.state.live()?, terms)?;
                LendingCommand::Lend(Lend {
                    loan: *loan,
                    library: self.library,
                    title: sight.copy.state.known()?.title_id,
                    borrower: to.borrower(self.library),
                    at: self.at,
                    due_at: self.due_at(*due_at, terms)?,
                    how: *how,
                    policy: sight.policy.version,
                    by: self.by()?,
                })
            }
            What::PlaceHold(hold, who) => {
                who.is_served(sight.library.state.live()?, terms)?;
                LendingCommand::PlaceHold(self.place_hold(*hold, who, sight)?)
            }
            What::TakeBack(Some(_)) if !terms.self_return => {
                return Err(CirculationError::NoSelfReturn);
            }
            What::TakeBack(only_of) => LendingCommand::TakeBack(TakeBack {
                at: self.at,
                only_of: *only_of,
                kept_until,
                by: self.by,
            }),
            What::Renew(only_of) => LendingCommand::Renew(Renew {
                due_at: end_of_day(self.at, terms.period_days),
                allowed: terms.renewals,
                only_of: *only_of,
                by: self.by()?,
            }),
            What::ReportLost => LendingCommand::ReportLost(ReportLost {
                at: self.at,
                by: self.by()?,
            }),
            What::CancelHold(hold, only_of) => LendingCommand::CancelHold(CancelHold {
                hold: *hold,
                only_of: *only_of,
                kept_until,
                by: self.by,
            }),
            What::ExpireHold(hold) => LendingCommand::ExpireHold(ExpireHold {
                hold: *hold,
                now: self.at,
                kept_until,
            }),
            What::EmptyQueue => LendingCommand::EmptyQueue(EmptyQueue),
        })
    }

    /// Nobody waits for a copy that is lost or was given up.
    fn place_hold(
        &self,
        hold: HoldId,
        who: &Who,
        sight: &Sight,
    ) -> Result<PlaceHold, CirculationError> {
        let copy = sight.copy.state.known()?;
        let state = copy.state;
        if state != CopyState::Present {
            return Err(CopyError::NotForLending { state }.into());
        }
        Ok(PlaceHold {
            hold,
            library: self.library,
            title: copy.title_id,
            borrower: who.borrower(self.library),
            at: self.at,
            by: self.by()?,
        })
    }

    /// What follows by itself never asks who did it; where that is asked, a route has told it.
    fn by(&self) -> Result<AccountId, CirculationError> {
        self.by.ok_or(CirculationError::NoSuchMember)
    }

    fn due_at(
        &self,
        wished: Option<Timestamp>,
        terms: &LendingTerms,
    ) -> Result<Timestamp, CirculationError> {
        let Some(wished) = wished else {
            return Ok(end_of_day(self.at, terms.period_days));
        };
        if wished <= self.at {
            return Err(CirculationError::DueInThePast(wished));
        }
        if wished.duration_since(self.at) > SignedDuration::from_hours(24 * LONGEST_LOAN_DAYS) {
            return Err(CirculationError::DueTooLate(wished));
        }
        Ok(wished)
    }

    /// Somebody who may only speak of their own loan learns nothing of another's, not even that there is one.
    pub(super) fn told(&self, error: LendingError) -> LendingError {
        match (&self.what, error) {
            (What::TakeBack(Some(_)) | What::Renew(Some(_)), LendingError::NotOut) => {
                LendingError::NotYours
            }
            (_, error) => error,
        }
    }
}
