//! What no score may overrule: contradictions that forbid a match, and doubts that forbid an automatic one.
//!
//! Never learned from examples, so that nobody has to trust a weight for it.

use std::fmt;

use crate::features::Features;
use crate::numbers::Counted;
use crate::record::Prepared;
use crate::series;

/// Why two records cannot be the same work, whatever else they share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contradiction {
    /// Different volumes, or a volume and another number at the end of a title.
    Volume(u16, u16),
    /// Different parts.
    Part(u16, u16),
    /// Different seasons.
    Season(u16, u16),
    /// Different editions.
    Edition(u16, u16),
    /// The third and the fourth conference of a name.
    Gathering(u16, u16),
    /// Different years in their titles.
    Year(u16, u16),
    /// Different numbers at the end of their titles.
    Number(u16, u16),
    /// Different numbers of the same series.
    Series(u32, u32),
}

impl fmt::Display for Contradiction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, left, right) = match *self {
            Self::Volume(left, right) => ("volumes", left.into(), right.into()),
            Self::Part(left, right) => ("parts", left.into(), right.into()),
            Self::Season(left, right) => ("seasons", left.into(), right.into()),
            Self::Edition(left, right) => ("editions", left.into(), right.into()),
            Self::Gathering(left, right) => {
                ("meetings of one name, numbers", left.into(), right.into())
            }
            Self::Year(left, right) => ("years in their titles", left.into(), right.into()),
            Self::Number(left, right) => (
                "numbers at the end of their titles",
                left.into(),
                right.into(),
            ),
            Self::Series(left, right) => ("numbers of one series", left, right),
        };
        write!(formatter, "they are different {what}: {left} and {right}")
    }
}

/// Why a match has to be looked at by a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The titles are only alike, or one is a part of the other.
    Title,
    /// Both have a subtitle, and the subtitles differ.
    Subtitle,
    /// The people differ, or one side names none.
    Creators,
    /// A volume, part or edition number is on one side only.
    Number,
    /// One is a collection, a companion, a piece or an adaptation, and the other is not.
    Kind,
    /// One is half as long again.
    Extent,
    /// They are in different languages.
    Language,
    /// Nothing but title and name speaks for it.
    Unconfirmed,
}

impl Doubt {
    /// What a curator reads.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Title => "the titles are alike, not the same",
            Self::Subtitle => "their subtitles differ",
            Self::Creators => "the people differ, or one side names none",
            Self::Number => "a volume, part or edition number is on one side only",
            Self::Kind => {
                "one is a collection, companion, piece or adaptation and the other is not"
            }
            Self::Extent => "one is much longer than the other",
            Self::Language => "they are in different languages",
            Self::Unconfirmed => "nothing but title and name speaks for it",
        }
    }
}

/// The first contradiction, if there is any.
#[must_use]
pub fn contradiction(left: &Prepared, right: &Prepared) -> Option<Contradiction> {
    if let Some(found) = left.title.numbers.contradiction(&right.title.numbers) {
        let (one, two) = (found.left, found.right);
        return Some(match found.counted {
            Counted::Volume => Contradiction::Volume(one, two),
            Counted::Part => Contradiction::Part(one, two),
            Counted::Season => Contradiction::Season(one, two),
            Counted::Edition => Contradiction::Edition(one, two),
            Counted::Gathering => Contradiction::Gathering(one, two),
            Counted::Year => Contradiction::Year(one, two),
            Counted::Bare => Contradiction::Number(one, two),
        });
    }
    let same_book = left.isbns.iter().any(|isbn| right.isbns.contains(isbn));
    let (one, two) = series::contradiction(&left.series, &right.series).filter(|_| !same_book)?;
    Some(Contradiction::Series(one, two))
}

/// Letters of a title that nobody gives to two works by chance.
const TELLING: usize = 40;

/// Everything that speaks against merging without a person; empty for a merge that needs none.
pub(crate) fn doubts(left: &Prepared, right: &Prepared, seen: &Features) -> Vec<Doubt> {
    let identified = seen.identifier_shared > 0.0;
    let long = longest(left).min(longest(right)) >= TELLING;
    let confirmed = identified
        || seen.numbers_agree > 0.0
        || seen.publisher_shared > 0.0
        || seen.extents_near >= 0.5
        || (long && seen.title_same > 0.0 && seen.years_apart == 0.0);
    let checks = [
        (Doubt::Title, seen.title_same < 1.0),
        (
            Doubt::Subtitle,
            seen.tails_differ > 0.2 || (seen.tail_alone > 0.3 && !identified),
        ),
        (
            Doubt::Creators,
            seen.creators_alike < 0.85 || seen.creators_first < 0.6 && !identified,
        ),
        (Doubt::Number, seen.numbers_unpaired > 0.0),
        (Doubt::Kind, seen.kind_differs > 0.0),
        (Doubt::Extent, seen.extents_apart > 0.33 && !identified),
        (
            Doubt::Language,
            left.language.is_some() && right.language.is_some() && left.language != right.language,
        ),
        (Doubt::Unconfirmed, !confirmed),
    ];
    checks
        .into_iter()
        .filter(|(_, met)| *met)
        .map(|(doubt, _)| doubt)
        .collect()
}

/// Letters of the longest name.
fn longest(record: &Prepared) -> usize {
    record
        .title
        .faces
        .iter()
        .map(|face| face.text.len())
        .max()
        .unwrap_or_default()
}
