//! What ranking needs to know of an entry, in one number, so that one look at a column suffices.
//!
//! Never holds text: words are matched by postings.

use crate::entry::{Entry, EntryKind};
use crate::title_key::{bare_title, title_key};

/// As many as this count half of what the best known counts; few count next to nothing, and many times more little more.
const PIVOT: f64 = 800.0;

/// What ranking knows of an entry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Standing {
    /// Its kind.
    pub(crate) what: EntryKind,
    /// Characters of the bare title.
    pub(crate) length: u16,
    /// Natural logarithm of one plus the popularity, in 1/1024.
    pub(crate) popularity: u16,
    /// How much is known, of 255.
    pub(crate) completeness: u8,
}

impl Standing {
    /// Of an entry.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a logarithm, bounded below 32"
    )]
    pub(crate) fn of(entry: &Entry) -> Self {
        let length = title_key(bare_title(&entry.name)).chars().count();
        let popularity = (1.0 + entry.popularity as f64).ln() * 1024.0;
        Self {
            what: entry.what,
            length: u16::try_from(length.max(1)).unwrap_or(u16::MAX),
            popularity: popularity.min(65_535.0) as u16,
            completeness: entry.completeness,
        }
    }

    /// As one number.
    pub(crate) fn packed(self) -> u64 {
        self.what.code() << 40
            | u64::from(self.completeness) << 32
            | u64::from(self.popularity) << 16
            | u64::from(self.length)
    }

    /// From one number.
    pub(crate) fn unpacked(packed: u64) -> Self {
        let [
            length0,
            length1,
            popularity0,
            popularity1,
            completeness,
            what,
            ..,
        ] = packed.to_le_bytes();
        Self {
            what: EntryKind::of(u64::from(what)),
            length: u16::from_le_bytes([length0, length1]),
            popularity: u16::from_le_bytes([popularity0, popularity1]),
            completeness,
        }
    }

    /// How well known it is, from 0 to 1: half at the pivot.
    #[expect(clippy::cast_possible_truncation, reason = "a share of one")]
    pub(crate) fn known(self) -> f32 {
        let times = (self.logarithm().exp() - 1.0) / PIVOT;
        (times * times / (times * times + 1.0)) as f32
    }

    /// Natural logarithm of one plus the popularity.
    pub(crate) fn logarithm(self) -> f64 {
        f64::from(self.popularity) / 1024.0
    }

    /// Which drawer of beginnings it lies in: the best known are looked through first.
    pub(crate) fn drawer(self) -> char {
        match self.known() {
            known if known >= 0.7 => '0',
            known if known >= 0.2 => '1',
            _ => '2',
        }
    }
}

/// The drawers, best first.
pub(crate) const DRAWERS: [char; 3] = ['0', '1', '2'];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_survives_packing() {
        let entry = Entry {
            popularity: 4_780_653,
            completeness: 77,
            ..Entry::title(1, "The Hunger Games (The Hunger Games, #1)")
        };
        let standing = Standing::of(&entry);
        assert_eq!(standing.length, 16);
        assert_eq!(Standing::unpacked(standing.packed()), standing);
        assert!(standing.known() > 0.99);
    }

    #[test]
    fn who_is_rated_more_is_better_known() {
        let known = |popularity| {
            Standing::of(&Entry {
                popularity,
                ..Entry::title(1, "x")
            })
            .known()
        };
        assert!(known(0) < 0.001 && known(100) < known(1000) && known(1000) < known(100_000));
        assert!((known(800) - 0.5).abs() < 0.01);
    }
}
