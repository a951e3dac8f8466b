//! Leaving a queue: by one's own word or the staff's, because the time to come for the copy is over, or because there is no
//! copy to wait for.
//!
//! Whenever the first leaves while the copy is in, it is kept for the next.

use accession_events::circulation::LendingEvent;
use accession_events::ids::{AccountId, HoldId, PatronId};
use jiff::Timestamp;

use super::{Lending, LendingError, offer};

/// Wait no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CancelHold {
    /// Which hold.
    pub hold: HoldId,
    /// Whose it has to be, when the one who asks may only speak of their own.
    pub only_of: Option<PatronId>,
    /// Until when the copy is kept for the next, if it is in.
    pub kept_until: Timestamp,
    /// Who does it; nobody when it follows from something else.
    pub by: Option<AccountId>,
}

/// Note that somebody did not come for it in time. Nothing happens before that, or when they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpireHold {
    /// Whose hold.
    pub hold: HoldId,
    /// The present.
    pub now: Timestamp,
    /// Until when the copy is kept for the next.
    pub kept_until: Timestamp,
}

/// There is nothing to wait for any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmptyQueue;

impl CancelHold {
    pub(super) fn decide(&self, lending: &Lending) -> Result<Vec<LendingEvent>, LendingError> {
        let waiting = lending
            .waiting(self.hold)
            .filter(|waiting| {
                self.only_of
                    .is_none_or(|only| waiting.borrower.patron == only)
            })
            .ok_or(LendingError::NoSuchHold)?;
        let cancelled = LendingEvent::HoldCancelled {
            hold: waiting.hold,
            borrower: waiting.borrower,
            by: self.by,
        };
        let next = offered_next(lending, self.hold, self.kept_until);
        Ok(std::iter::once(cancelled).chain(next).collect())
    }
}

impl ExpireHold {
    pub(super) fn decide(&self, lending: &Lending) -> Vec<LendingEvent> {
        let late = |until: Timestamp| until <= self.now;
        let waiting = lending.waiting(self.hold);
        let Some(waiting) = waiting.filter(|waiting| waiting.offered_until.is_some_and(late))
        else {
            return Vec::new();
        };
        let expired = LendingEvent::HoldExpired {
            hold: waiting.hold,
            borrower: waiting.borrower,
        };
        let next = offered_next(lending, self.hold, self.kept_until);
        std::iter::once(expired).chain(next).collect()
    }
}

impl EmptyQueue {
    #[expect(
        clippy::unused_self,
        reason = "a command decides, this one without a word of its own"
    )]
    pub(super) fn decide(self, lending: &Lending) -> Vec<LendingEvent> {
        all_cancelled(lending).collect()
    }
}

/// The offer to whoever is next when somebody leaves whom the copy was kept for.
fn offered_next(lending: &Lending, leaves: HoldId, until: Timestamp) -> Option<LendingEvent> {
    let mut queue = lending.queue.iter();
    let first = queue.next()?;
    if lending.loan.is_some() || first.hold != leaves {
        return None;
    }
    offer(queue, until)
}

/// Everybody leaves.
pub(super) fn all_cancelled(lending: &Lending) -> impl Iterator<Item = LendingEvent> {
    lending
        .queue
        .iter()
        .map(|waiting| LendingEvent::HoldCancelled {
            hold: waiting.hold,
            borrower: waiting.borrower,
            by: None,
        })
}

#[cfg(test)]
mod tests {
    use super::super::LendingCommand;
    use super::super::examples::*;
    use super::*;

    fn kept() -> Vec<LendingEvent> {
        vec![
            opened(1, None),
            placed(2),
            placed(3),
            returned(1),
            offered(2),
        ]
    }

    fn expire(who: u8, now: Timestamp) -> LendingCommand {
        LendingCommand::ExpireHold(ExpireHold {
            hold: hold(who),
            now,
            kept_until: kept_until(),
        })
    }

    #[test]
    fn when_the_first_gives_up_a_copy_that_is_in_it_is_kept_for_the_next() {
        given_events(kept())
            .when(cancel(2, None))
            .then(vec![cancelled(2, Some(1)), offered(3)]);
        given_events(kept())
            .when(cancel(3, None))
            .then(vec![cancelled(3, Some(1))]);
        given_events(vec![opened(1, None), placed(2), placed(3)])
            .when(cancel(2, None))
            .then(vec![cancelled(2, Some(1))]);
    }

    #[test]
    fn nobody_takes_another_out_of_the_queue() {
        given_events(kept())
            .when(cancel(2, Some(3)))
            .then_error(LendingError::NoSuchHold);
        given_events(kept())
            .when(cancel(9, None))
            .then_error(LendingError::NoSuchHold);
    }

    #[test]
    fn whoever_does_not_come_in_time_makes_room_for_the_next() {
        given_events(kept())
            .when(expire(2, kept_until()))
            .then(vec![expired(2), offered(3)]);
    }

    #[test]
    fn nobody_expires_early_or_who_is_not_offered_anything_or_is_gone() {
        given_events(kept())
            .when(expire(2, noon("2026-11-22")))
            .then(vec![]);
        for who in [3, 9] {
            given_events(kept())
                .when(expire(who, noon("2027-11-22")))
                .then(vec![]);
        }
    }

    #[test]
    fn a_copy_that_is_gone_has_no_queue() {
        given_events(kept())
            .when(LendingCommand::EmptyQueue(EmptyQueue))
            .then(vec![cancelled(2, None), cancelled(3, None)]);
    }
}
