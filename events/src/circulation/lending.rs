//! What can happen to a copy as far as it is lent and waited for. Its stream has the copy's id.
//!
//! One stream holds the open loan and the queue, so that who is next, who may renew and whether it may be lent at all are
//! decided in one place. Never holds a name.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::event::LoggedEvent;
use crate::ids::{AccountId, HoldId, LibraryId, LoanId, PatronId, TitleId};

/// The root of the patron ids of members; drawn once, never changed.
const MEMBERS: Uuid = Uuid::from_u128(0x2c64_9d0b_51f7_4a3e_8b1d_94e6_0c7f_a325);

/// Who borrows or waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Borrower {
    /// As what the library knows them.
    pub patron: PatronId,
    /// Whose account it is; none of an outside borrower.
    pub account: Option<AccountId>,
}

impl Borrower {
    /// A member of a library. The patron's id follows from the two, so that nobody has to look it up.
    #[must_use]
    pub fn member(library: LibraryId, account: AccountId) -> Self {
        let name = format!("{library}:{account}");
        Self {
            patron: PatronId::new(Uuid::new_v5(&MEMBERS, name.as_bytes())),
            account: Some(account),
        }
    }

    /// Somebody whom a library knows by name alone.
    #[must_use]
    pub const fn outside(patron: PatronId) -> Self {
        Self {
            patron,
            account: None,
        }
    }
}

/// How a copy was lent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LentHow {
    /// By the staff.
    Desk,
    /// By the staff while the desk was cut off: its clock says when.
    OfflineDesk,
    /// By the borrower.
    SelfService,
}

/// What happened to a copy that is lent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum LendingEvent {
    /// It went out.
    LoanOpened {
        /// The loan.
        loan: LoanId,
        /// Which library lends it.
        library: LibraryId,
        /// What it is a copy of.
        title: TitleId,
        /// To whom.
        borrower: Borrower,
        /// When it went out.
        lent_at: Timestamp,
        /// Until when it has to be back.
        due_at: Timestamp,
        /// How.
        how: LentHow,
        /// The version of the library's lending policy that holds for it; 0 when it had said nothing.
        policy: u64,
        /// The hold that is fulfilled by it.
        hold: Option<HoldId>,
        /// Who did it.
        by: AccountId,
    },
    /// It may stay out for longer.
    LoanRenewed {
        /// The loan.
        loan: LoanId,
        /// Who has it.
        borrower: Borrower,
        /// Until when it has to be back from now on.
        due_at: Timestamp,
        /// How often it has been renewed by now.
        renewals: u16,
        /// Who did it.
        by: AccountId,
    },
    /// It came back.
    LoanReturned {
        /// The loan that is over.
        loan: LoanId,
        /// Who had it.
        borrower: Borrower,
        /// When it came back.
        returned_at: Timestamp,
        /// Who did it; nobody when the library's end did.
        by: Option<AccountId>,
    },
    /// It will not come back: it was reported lost.
    LoanLost {
        /// The loan that is over.
        loan: LoanId,
        /// Who had it.
        borrower: Borrower,
        /// When it was reported.
        reported_at: Timestamp,
        /// Who did it.
        by: AccountId,
    },
    /// Somebody waits for it, behind those who wait already.
    HoldPlaced {
        /// The hold.
        hold: HoldId,
        /// In which library.
        library: LibraryId,
        /// What it is a copy of.
        title: TitleId,
        /// Who waits.
        borrower: Borrower,
        /// When they began to.
        placed_at: Timestamp,
        /// Who did it.
        by: AccountId,
    },
    /// It is kept for the first of those who wait.
    HoldOffered {
        /// Their hold.
        hold: HoldId,
        /// Who they are.
        borrower: Borrower,
        /// Until when it is kept for them.
        until: Timestamp,
    },
    /// They did not come for it in time.
    HoldExpired {
        /// The hold that is over.
        hold: HoldId,
        /// Whose it was.
        borrower: Borrower,
    },
    /// Somebody waits no longer.
    HoldCancelled {
        /// The hold that is over.
        hold: HoldId,
        /// Whose it was.
        borrower: Borrower,
        /// Who did it; nobody when there is nothing to wait for any more, or they belong to the library no longer.
        by: Option<AccountId>,
    },
}

impl LoggedEvent for LendingEvent {
    const AGGREGATE: &'static str = "circulation.lending";

    fn name(&self) -> &'static str {
        match self {
            Self::LoanOpened { .. } => "LoanOpened",
            Self::LoanRenewed { .. } => "LoanRenewed",
            Self::LoanReturned { .. } => "LoanReturned",
            Self::LoanLost { .. } => "LoanLost",
            Self::HoldPlaced { .. } => "HoldPlaced",
            Self::HoldOffered { .. } => "HoldOffered",
            Self::HoldExpired { .. } => "HoldExpired",
            Self::HoldCancelled { .. } => "HoldCancelled",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_one_patron_in_one_library_and_another_in_another() {
        let account = AccountId::new(Uuid::from_u128(1));
        let of = |library| Borrower::member(LibraryId::new(Uuid::from_u128(library)), account);
        assert_eq!(of(2), of(2));
        assert_ne!(of(2).patron, of(3).patron);
        // The id is on disk: it may never become another.
        assert_eq!(of(2).patron.to_string().len(), 36);
    }
}
