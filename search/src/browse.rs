//! Orders other than by fit: newest, by year, by popularity, by name.
//!
//! Never compares text of all entries: names are compared by their numbers in the column, and the few best by text.

use std::ops::Bound;

use tantivy::DocId;

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
    /// Latest year first; without a year last.
    YearDescending,
    /// Earliest year first; without a year last.
    Year,
    /// Best known first.
    Popular,
    /// By name.
    Name,
}

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
            Self::YearDescending => year(room, doc).map_or(0, |year| year),
            Self::Year => year(room, doc).map_or(0, |year| (1 << 32) - year),
            Self::Popular => u64::from(room.standing(doc).popularity),
            Self::Name => u64::MAX - ordinal(room, doc),
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
        let (Self::Name, Some(shown)) = (self, shown) else {
            return rank < place.rank || (rank == place.rank && id() > place.id);
        };
        let ordinal = u64::MAX - rank;
        if shown.same && ordinal == shown.first {
            return id() > place.id;
        }
        ordinal >= shown.first
    }

    /// Where a place stands in a segment, for the order by name.
    pub(crate) fn shown(self, room: &Room, place: &Place) -> Result<Option<Shown>, SearchError> {
        let (Self::Name, Some(column)) = (self, &room.sort_name) else {
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

/// The name that an entry is sorted under.
pub(crate) fn name(room: &Room, doc: DocId) -> Result<String, SearchError> {
    let mut text = String::new();
    if let Some(column) = &room.sort_name {
        column.ord_to_str(ordinal(room, doc), &mut text)?;
    }
    Ok(text)
}

fn ordinal(room: &Room, doc: DocId) -> u64 {
    let column = room.sort_name.as_ref();
    column
        .and_then(|column| column.ords().first(doc))
        .unwrap_or(u64::MAX >> 1)
}

fn year(room: &Room, doc: DocId) -> Option<u64> {
    let year = room.year.first(doc)?;
    u64::try_from(year + 100_000).ok()
}
