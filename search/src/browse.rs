//! Orders other than by fit: newest, by year, by popularity, by name.
//!
//! Never compares text of all entries: names are compared by their numbers in the column, and the few best by text.

use std::ops::Bound;

use tantivy::DocId;
use tantivy::columnar::StrColumn;

use crate::error::SearchError;
use crate::hit::Place;
use crate::room::Room;
use crate::top::rank_of;
use crate::weights::score;

/// An order of what fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Best fit first; without words, the best known first.
    #[default]
    Relevance,
    /// Latest added first.
    Newest,
    /// Earliest added first.
    Oldest,
    /// Latest year first; without a year last.
    YearDescending,
    /// Earliest year first; without a year last.
    Year,
    /// Best known first.
    Popular,
    /// Least known first.
    LeastPopular,
    /// Best rated first; among equals the better known; without a rating last.
    RatingDescending,
    /// Worst rated first; among equals the better known; without a rating last.
    Rating,
    /// By name.
    Name,
    /// By name, from its end.
    NameDescending,
    /// By author, then by name; of copies only.
    Author,
    /// The same from its end.
    AuthorDescending,
}

/// Better than any rating, in hundredths of a star.
const BEST_RATING: u64 = 1 << 16;

/// What has been shown of an order by name, in the numbers of one segment: the first number not yet wholly shown,
/// and whether that is the name of the place itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    first: u64,
    same: bool,
}

impl Sort {
    /// The rank of an entry in its segment: greater comes first.
    pub(crate) fn rank(self, room: &Room, doc: DocId, fit: f32) -> u64 {
        match self {
            Self::Relevance => rank_of(score(fit, room.standing(doc))),
            Self::Newest => room.added.get_val(doc),
            Self::Oldest => u64::MAX - room.added.get_val(doc),
            Self::YearDescending => year(room, doc).map_or(0, |year| year),
            Self::Year => year(room, doc).map_or(0, |year| (1 << 32) - year),
            Self::Popular => room.popularity.get_val(doc),
            Self::LeastPopular => u64::MAX - room.popularity.get_val(doc),
            Self::RatingDescending => rated(room, doc, |rating| rating + 1),
            Self::Rating => rated(room, doc, |rating| BEST_RATING - rating),
            Self::Name | Self::Author => u64::MAX - self.ordinal(room, doc),
            Self::NameDescending | Self::AuthorDescending => self.ordinal(room, doc),
        }
    }

    /// Whether an entry comes after a place.
    pub(crate) fn after(
        self,
        place: &Place,
        shown: Option<Shown>,
        rank: u64,
        id: impl FnOnce() -> u128,
    ) -> bool {
        let Some(shown) = shown.filter(|_| self.is_by_name()) else {
            return rank < place.rank || (rank == place.rank && id() > place.id);
        };
        let ordinal = if self.is_from_the_end() {
            rank
        } else {
            u64::MAX - rank
        };
        if shown.same && ordinal == shown.first {
            return id() > place.id;
        }
        if self.is_from_the_end() {
            ordinal < shown.first
        } else {
            ordinal >= shown.first
        }
    }

    /// Whether places in it are told by a name.
    pub(crate) const fn is_by_name(self) -> bool {
        matches!(
            self,
            Self::Name | Self::NameDescending | Self::Author | Self::AuthorDescending
        )
    }

    const fn is_from_the_end(self) -> bool {
        matches!(self, Self::NameDescending | Self::AuthorDescending)
    }

    /// The names that places in it are told by.
    fn names(self, room: &Room) -> Option<&StrColumn> {
        match self {
            Self::Name | Self::NameDescending => room.sort_name.as_ref(),
            Self::Author | Self::AuthorDescending => room.sort_author.as_ref(),
            _ => None,
        }
    }

    /// The name that an entry is sorted under.
    pub(crate) fn name(self, room: &Room, doc: DocId) -> Result<String, SearchError> {
        let mut text = String::new();
        if let Some(column) = self.names(room) {
            column.ord_to_str(self.ordinal(room, doc), &mut text)?;
        }
        Ok(text)
    }

    fn ordinal(self, room: &Room, doc: DocId) -> u64 {
        let column = self.names(room);
        column
            .and_then(|column| column.ords().first(doc))
            .unwrap_or(u64::MAX >> 1)
    }

    /// Which of two names comes first.
    pub(crate) fn of_names(self, one: &str, other: &str) -> std::cmp::Ordering {
        if self.is_from_the_end() {
            other.cmp(one)
        } else {
            one.cmp(other)
        }
    }

    /// Where a place stands in a segment, for the order by name.
    pub(crate) fn shown(self, room: &Room, place: &Place) -> Result<Option<Shown>, SearchError> {
        let Some(column) = self.names(room) else {
            return Ok(None);
        };
        let names = column.dictionary();
        if let Some(first) = names.term_ord(place.text.as_bytes())? {
            return Ok(Some(Shown { first, same: true }));
        }
        let bounds =
            names.term_bounds_to_ord(Bound::Included(place.text.as_bytes()), Bound::Unbounded)?;
        let first = match bounds.0 {
            Bound::Included(first) => first,
            Bound::Excluded(before) => before + 1,
            Bound::Unbounded => 0,
        };
        Ok(Some(Shown { first, same: false }))
    }
}

/// What is rated comes before what is not; among equals the better known.
fn rated(room: &Room, doc: DocId, order: impl FnOnce(u64) -> u64) -> u64 {
    let known = u64::from(room.standing(doc).popularity);
    let rating = room
        .rating
        .first(doc)
        .map(|rating| rating.min(BEST_RATING - 1));
    rating.map_or(0, |rating| order(rating) << 16 | known)
}

fn year(room: &Room, doc: DocId) -> Option<u64> {
    let year = room.year.first(doc)?;
    u64::try_from(year + 100_000).ok()
}
