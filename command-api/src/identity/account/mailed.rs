//! Links that were mailed to somebody because a stranger asked for it, as long as they are good: so many, and no more.
//!
//! Never keeps anybody from getting in: who gets no further mail has one whose link is still good.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The ends of the links that were mailed last, for one purpose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mailed(Vec<Timestamp>);

impl Mailed {
    /// Links of one purpose that are good at the same time, and of which only the newest opens anything. More would be a way
    /// to flood somebody's mailbox, from however many places.
    pub const MOST: usize = 5;

    /// Whether no further link is mailed for now.
    #[must_use]
    pub fn is_enough(&self, now: Timestamp) -> bool {
        self.0.iter().filter(|end| **end > now).count() >= Self::MOST
    }

    /// One more went out.
    pub(super) fn note(&mut self, end: Timestamp) {
        if self.0.len() >= Self::MOST {
            self.0.remove(0);
        }
        self.0.push(end);
    }

    /// None is good any more: one was used, or something made them void.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_links_that_are_good_are_enough_until_one_is_too_old_or_was_used() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut mailed = Mailed::default();
        for end in 10..15 {
            assert!(!mailed.is_enough(at(0)));
            mailed.note(at(end));
        }
        assert!(mailed.is_enough(at(9)) && !mailed.is_enough(at(10)));
        // However many there were, the newest are counted.
        mailed.note(at(20));
        assert!(mailed.is_enough(at(10)) && !mailed.is_enough(at(11)));
        mailed.forget();
        assert!(!mailed.is_enough(at(0)));
    }
}
