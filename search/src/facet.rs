//! Counts by kind, genre, language, status, author and year over everything that fits, and by what only copies have.
//!
//! Counts inside of the question only: what a filter took out is not among the fits that are handed in.

use std::collections::{BTreeMap, BTreeSet};

use tantivy::DocId;

use crate::error::SearchError;
use crate::gather::Fits;
use crate::room::Room;
use crate::search::Search;

/// Values of one facet that are told, most first.
const MOST_VALUES: usize = 50;

/// What can be counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FacetName {
    /// `book`, `series`, `film`.
    Kind,
    /// Genres.
    Genre,
    /// Language tags.
    Language,
    /// Release states.
    Status,
    /// Authors.
    Author,
    /// Years of first release.
    Year,
    /// Whether copies can be had; of titles, copies in the library that is asked about.
    Availability,
    /// A library's words for its copies.
    Tag,
}

/// The column of availability.
pub(crate) const AVAILABILITY: usize = 5;
const TAG: usize = 6;

impl FacetName {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Kind,
        Self::Genre,
        Self::Language,
        Self::Status,
        Self::Author,
        Self::Year,
        Self::Availability,
        Self::Tag,
    ];

    /// As a word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Genre => "genre",
            Self::Language => "language",
            Self::Status => "status",
            Self::Author => "author",
            Self::Year => "year",
            Self::Availability => "availability",
            Self::Tag => "tag",
        }
    }

    /// From a word.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|facet| facet.as_str() == name)
    }

    const fn column(self) -> Option<usize> {
        match self {
            Self::Kind => Some(0),
            Self::Genre => Some(1),
            Self::Language => Some(2),
            Self::Status => Some(3),
            Self::Author => Some(4),
            Self::Availability => Some(AVAILABILITY),
            Self::Tag => Some(TAG),
            Self::Year => None,
        }
    }
}

/// A value and how many entries have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetCount {
    /// The value, as it is shown.
    pub value: String,
    /// How many entries.
    pub count: u64,
}

/// Counts by facet, most first, fifty values at most.
pub type Facets = BTreeMap<FacetName, Vec<FacetCount>>;

/// Counts what fits.
pub(crate) fn count(rooms: &[Room], fits: &[Fits], search: &Search) -> Result<Facets, SearchError> {
    let mut facets = Facets::new();
    for name in &search.facets {
        let held = search.filter.held.as_ref();
        let held = held.filter(|_| *name == FacetName::Availability);
        let counts = match (name.column(), held) {
            (_, Some(held)) => most_first(held.count(rooms, fits)),
            (Some(column), None) => by_column(rooms, fits, column)?,
            (None, None) => by_year(rooms, fits),
        };
        facets.insert(*name, counts);
    }
    Ok(facets)
}

fn most_first(mut counts: Vec<FacetCount>) -> Vec<FacetCount> {
    counts.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    counts.truncate(MOST_VALUES);
    counts
}

fn by_year(rooms: &[Room], fits: &[Fits]) -> Vec<FacetCount> {
    let mut years = BTreeMap::<i64, u64>::new();
    for (room, fits) in rooms.iter().zip(fits) {
        for year in fits.iter().filter_map(|(doc, _)| room.year.first(*doc)) {
            *years.entry(year).or_default() += 1;
        }
    }
    let counts = years.into_iter().map(|(year, count)| FacetCount {
        value: year.to_string(),
        count,
    });
    most_first(counts.collect())
}

/// Counts numbers first and looks up the text of few: values that are frequent in some segment, counted in all.
fn by_column(rooms: &[Room], fits: &[Fits], column: usize) -> Result<Vec<FacetCount>, SearchError> {
    let mut tables = Vec::with_capacity(rooms.len());
    let mut values = BTreeSet::new();
    for (room, fits) in rooms.iter().zip(fits) {
        let table = tally(room, fits, column);
        frequent(room, &table, column, &mut values)?;
        tables.push(table);
    }
    let mut counts = Vec::with_capacity(values.len());
    for value in values {
        let mut count = 0;
        for (room, table) in rooms.iter().zip(&tables) {
            if let Some(Some(column)) = room.facets.get(column) {
                let ordinal = column.dictionary().term_ord(value.as_bytes())?;
                let here = ordinal.and_then(|ordinal| table.get(usize::try_from(ordinal).ok()?));
                count += u64::from(here.copied().unwrap_or(0));
            }
        }
        counts.push(FacetCount { value, count });
    }
    Ok(most_first(counts))
}

fn tally(room: &Room, fits: &[(DocId, f32)], column: usize) -> Vec<u32> {
    let Some(Some(column)) = room.facets.get(column) else {
        return Vec::new();
    };
    let mut table = vec![0u32; column.num_terms()];
    for (doc, _) in fits {
        for ordinal in column.ords().values_for_doc(*doc) {
            if let Some(count) = usize::try_from(ordinal)
                .ok()
                .and_then(|at| table.get_mut(at))
            {
                *count += 1;
            }
        }
    }
    table
}

fn frequent(
    room: &Room,
    table: &[u32],
    column: usize,
    values: &mut BTreeSet<String>,
) -> Result<(), SearchError> {
    let Some(Some(column)) = room.facets.get(column) else {
        return Ok(());
    };
    let mut ranked: Vec<(u32, usize)> = table
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0)
        .map(|(at, count)| (*count, at))
        .collect();
    if ranked.len() > MOST_VALUES {
        ranked.select_nth_unstable_by(MOST_VALUES, |(a, x), (b, y)| b.cmp(a).then(x.cmp(y)));
        ranked.truncate(MOST_VALUES);
    }
    for (_, at) in ranked {
        let mut text = String::new();
        if column.ord_to_str(at as u64, &mut text)? {
            values.insert(text);
        }
    }
    Ok(())
}
