//! The patron aggregate: somebody who borrows from one library, with what they have and what they wait for, so that "not
//! more than ten" holds however many desks lend to them at once.
//!
//! It does not decide whether a copy may be lent: that is the copy's. What is sealed of a name passes through unread.

use std::collections::BTreeMap;

use accession_event_log::Decider;
use accession_events::LoggedEvent;
use accession_events::circulation::PatronEvent;
use accession_events::ids::{AccountId, CopyId, HoldId, LibraryId, LoanId};
use accession_events::values::{PersonName, Personal};
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

/// Somebody who borrows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patron {
    /// Which library knows them, and as whom; none before anybody does.
    pub known: Option<KnownAs>,
    /// What they have.
    pub loans: BTreeMap<LoanId, CopyId>,
    /// What they wait for.
    pub holds: BTreeMap<HoldId, CopyId>,
}

/// Whom a library knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownAs {
    /// Which library.
    pub library: LibraryId,
    /// Whose account it is, for a member.
    pub account: Option<AccountId>,
}

/// Somebody who is put on a library's list.
#[derive(Debug, Clone, PartialEq)]
pub struct Registration {
    /// Which library.
    pub library: LibraryId,
    /// Whose account it is, for a member.
    pub account: Option<AccountId>,
    /// What an outside borrower is called.
    pub name: Option<Personal<PersonName>>,
    /// Who says so.
    pub by: AccountId,
}

/// One thing that becomes otherwise for a patron.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// They have a copy.
    Borrow(LoanId, CopyId),
    /// They have it no longer.
    GiveBack(LoanId, CopyId),
    /// They wait for a copy.
    Join(HoldId, CopyId),
    /// They wait no longer.
    Leave(HoldId, CopyId),
}

/// What follows for a patron from what happens to copies.
#[derive(Debug, Clone, PartialEq)]
pub struct PatronCommand {
    /// As whom they are put on the list, when they are not on it yet and may be.
    pub registration: Option<Registration>,
    /// What becomes otherwise, in order.
    pub changes: Vec<Change>,
    /// How many copies they may have.
    pub loans: usize,
    /// In how many queues they may wait.
    pub holds: usize,
}

/// Why somebody gets no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PatronError {
    /// The library knows nobody by this id.
    #[error("this library knows no borrower with this id")]
    Unknown,
    /// They have as many copies as one may.
    #[error(
        "this borrower has {has} copies, and the library lends at most {allowed} to one: bring one back first"
    )]
    TooManyLoans {
        /// How many they have.
        has: usize,
        /// How many they may have.
        allowed: usize,
    },
    /// They have copies, or wait for some, so they cannot be forgotten.
    #[error("this borrower has {loans} copies and waits for {holds}: have them back first")]
    StillBorrows {
        /// How many they have.
        loans: usize,
        /// For how many they wait.
        holds: usize,
    },
    /// They wait for as many as one may.
    #[error("this borrower waits for {has} copies, and {allowed} is the most: cancel a hold first")]
    TooManyHolds {
        /// For how many they wait.
        has: usize,
        /// For how many they may.
        allowed: usize,
    },
}

impl Decider for Patron {
    const SCHEMA: &'static str = "patron/1";

    fn decide(&self, command: &PatronCommand) -> Result<Vec<PatronEvent>, PatronError> {
        let mut events = Vec::new();
        if self.known.is_none() {
            let new = command.registration.as_ref().ok_or(PatronError::Unknown)?;
            events.push(PatronEvent::PatronRegistered {
                library: new.library,
                account: new.account,
                name: new.name.clone(),
                by: new.by,
            });
        }
        let (mut loans, mut holds) = (self.loans.len(), self.holds.len());
        for change in &command.changes {
            match *change {
                Change::Borrow(..) if loans >= command.loans => {
                    let allowed = command.loans;
                    return Err(PatronError::TooManyLoans {
                        has: loans,
                        allowed,
                    });
                }
                Change::Join(..) if holds >= command.holds => {
                    let allowed = command.holds;
                    return Err(PatronError::TooManyHolds {
                        has: holds,
                        allowed,
                    });
                }
                Change::Borrow(loan, copy) => {
                    loans += 1;
                    events.push(PatronEvent::CopyBorrowed { loan, copy });
                }
                Change::Join(hold, copy) => {
                    holds += 1;
                    events.push(PatronEvent::QueueJoined { hold, copy });
                }
                Change::GiveBack(loan, copy) if self.loans.contains_key(&loan) => {
                    loans -= 1;
                    events.push(PatronEvent::CopyGivenBack { loan, copy });
                }
                Change::Leave(hold, copy) if self.holds.contains_key(&hold) => {
                    holds -= 1;
                    events.push(PatronEvent::QueueLeft { hold, copy });
                }
                // It is so already.
                Change::GiveBack(..) | Change::Leave(..) => {}
            }
        }
        Ok(events)
    }
}

impl Aggregate for Patron {
    const TYPE: &'static str = PatronEvent::AGGREGATE;
    type Command = PatronCommand;
    type Event = PatronEvent;
    type Error = PatronError;
    type Services = ();

    async fn handle(
        &mut self,
        command: PatronCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), PatronError> {
        for event in self.decide(&command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: PatronEvent) {
        match event {
            PatronEvent::PatronRegistered {
                library, account, ..
            } => self.known = Some(KnownAs { library, account }),
            PatronEvent::CopyBorrowed { loan, copy } => {
                self.loans.insert(loan, copy);
            }
            PatronEvent::CopyGivenBack { loan, .. } => {
                self.loans.remove(&loan);
            }
            PatronEvent::QueueJoined { hold, copy } => {
                self.holds.insert(hold, copy);
            }
            PatronEvent::QueueLeft { hold, .. } => {
                self.holds.remove(&hold);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn copy(number: u128) -> CopyId {
        CopyId::new(Uuid::from_u128(number))
    }

    fn loan(number: u128) -> LoanId {
        LoanId::new(Uuid::from_u128(number))
    }

    fn hold(number: u128) -> HoldId {
        HoldId::new(Uuid::from_u128(number))
    }

    fn member() -> Registration {
        Registration {
            library: LibraryId::new(Uuid::from_u128(50)),
            account: Some(AccountId::new(Uuid::from_u128(1))),
            name: None,
            by: AccountId::new(Uuid::from_u128(1)),
        }
    }

    fn command(changes: Vec<Change>) -> PatronCommand {
        PatronCommand {
            registration: Some(member()),
            changes,
            loans: 2,
            holds: 1,
        }
    }

    fn after(changes: Vec<Change>) -> Patron {
        let mut patron = Patron::default();
        for event in patron.decide(&command(changes)).unwrap() {
            patron.apply(event);
        }
        patron
    }

    #[test]
    fn a_member_is_known_from_their_first_loan_on() {
        let patron = after(vec![Change::Borrow(loan(1), copy(1))]);
        assert_eq!(patron.known.unwrap().account, member().account);
        let more = patron.decide(&command(vec![Change::Borrow(loan(2), copy(2))]));
        assert_eq!(
            more,
            Ok(vec![PatronEvent::CopyBorrowed {
                loan: loan(2),
                copy: copy(2)
            }])
        );
    }

    #[test]
    fn an_outsider_who_was_never_named_is_nobody() {
        let mut command = command(vec![Change::Borrow(loan(1), copy(1))]);
        command.registration = None;
        assert_eq!(
            Patron::default().decide(&command),
            Err(PatronError::Unknown)
        );
    }

    #[test]
    fn whoever_has_as_many_as_one_may_brings_one_back_first() {
        let patron = after(vec![
            Change::Borrow(loan(1), copy(1)),
            Change::Borrow(loan(2), copy(2)),
        ]);
        let third = Change::Borrow(loan(3), copy(3));
        assert_eq!(
            patron.decide(&command(vec![third])),
            Err(PatronError::TooManyLoans { has: 2, allowed: 2 })
        );
        let swapped = patron.decide(&command(vec![Change::GiveBack(loan(1), copy(1)), third]));
        assert_eq!(swapped.unwrap().len(), 2);
    }

    #[test]
    fn one_waits_for_no_more_than_one_may_and_a_fulfilled_hold_makes_room() {
        let patron = after(vec![Change::Join(hold(1), copy(1))]);
        let second = Change::Join(hold(2), copy(2));
        assert_eq!(
            patron.decide(&command(vec![second])),
            Err(PatronError::TooManyHolds { has: 1, allowed: 1 })
        );
        let fulfilled = vec![
            Change::Leave(hold(1), copy(1)),
            Change::Borrow(loan(1), copy(1)),
            second,
        ];
        assert_eq!(patron.decide(&command(fulfilled)).unwrap().len(), 3);
    }

    #[test]
    fn what_is_over_is_not_over_again() {
        let patron = after(vec![Change::Borrow(loan(1), copy(1))]);
        let over = vec![
            Change::GiveBack(loan(9), copy(9)),
            Change::Leave(hold(9), copy(9)),
        ];
        assert_eq!(patron.decide(&command(over)), Ok(vec![]));
    }
}
