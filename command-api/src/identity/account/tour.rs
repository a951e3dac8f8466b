//! Mark the tour: whether the person was shown around.
//!
//! Never says anything when nothing changes.

use accession_events::identity::AccountEvent;

use super::LiveAccount;

/// Whether the person was shown around.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarkTour {
    /// True once seen or waved away, false to see it again.
    pub completed: bool,
}

impl MarkTour {
    pub(super) fn decide(self, account: &LiveAccount) -> Vec<AccountEvent> {
        match (account.tour_completed, self.completed) {
            (false, true) => vec![AccountEvent::TourCompleted {}],
            (true, false) => vec![AccountEvent::TourReset {}],
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::account::AccountCommand;
    use crate::identity::account::examples::{after, names, registered};

    #[test]
    fn the_tour_is_completed_and_begun_anew() {
        let mark = |completed| AccountCommand::MarkTour(MarkTour { completed });
        let mut given = registered();
        assert_eq!(after(&given, &mark(false)).unwrap(), []);
        given.extend(after(&given, &mark(true)).unwrap());
        assert_eq!(after(&given, &mark(true)).unwrap(), []);
        assert_eq!(names(&after(&given, &mark(false)).unwrap()), ["TourReset"]);
    }
}
