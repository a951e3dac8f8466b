//! What readers may ask for: every title that was acknowledged, with the place of each of its versions.
//!
//! A version is put here only after its command was acknowledged, so whatever is here has to be readable.

use std::sync::{Mutex, PoisonError};

use accession_testkit::Dice;

/// A title and its versions.
#[derive(Debug, Clone)]
pub(crate) struct Shelved {
    pub(crate) id: String,
    /// Each version with the position of its event, ascending.
    pub(crate) versions: Vec<(u64, u64)>,
}

impl Shelved {
    /// The version that an answer has to show which says that it contains this position.
    pub(crate) fn version_at(&self, position: u64) -> Option<u64> {
        let contained = self.versions.iter().filter(|(_, at)| *at <= position);
        contained.map(|(version, _)| *version).max()
    }

    /// Where its newest version stands.
    pub(crate) fn newest(&self) -> u64 {
        self.versions.last().map_or(0, |(_, position)| *position)
    }
}

/// All titles.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    titles: Mutex<Vec<Shelved>>,
}

impl Shelf {
    /// A version of a title was acknowledged.
    pub(crate) fn put(&self, id: &str, version: u64, position: u64) {
        let mut titles = self.titles.lock().unwrap_or_else(PoisonError::into_inner);
        match titles.iter_mut().rev().find(|title| title.id == id) {
            Some(title) => title.versions.push((version, position)),
            None => titles.push(Shelved {
                id: id.to_owned(),
                versions: vec![(version, position)],
            }),
        }
    }

    /// One of them, the newest ones more often.
    pub(crate) fn pick(&self, dice: &mut Dice) -> Option<Shelved> {
        let titles = self.titles.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = titles.len().saturating_sub(20);
        let place = if dice.chance(50) {
            recent + dice.place(titles.len() - recent)
        } else {
            dice.place(titles.len())
        };
        titles.get(place).cloned()
    }

    /// All of them.
    pub(crate) fn all(&self) -> Vec<Shelved> {
        let titles = self.titles.lock().unwrap_or_else(PoisonError::into_inner);
        titles.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::Shelved;

    #[test]
    fn an_answer_has_to_show_the_newest_version_that_it_says_it_contains() {
        let title = Shelved {
            id: "a".into(),
            versions: vec![(1, 10), (2, 14), (3, 20)],
        };
        assert_eq!(title.version_at(9), None);
        assert_eq!(title.version_at(10), Some(1));
        assert_eq!(title.version_at(19), Some(2));
        assert_eq!(title.version_at(99), Some(3));
        assert_eq!(title.newest(), 20);
    }
}
