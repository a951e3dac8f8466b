//! Genres and authors of titles with how many titles have them: by name, or the most frequent first.
//!
//! Counts are those that the index keeps for each name, of titles that everybody may see; no title is looked at for them. Of very
//! many names those of most titles are told only as far as their order is certain.

pub(crate) mod frequent;
mod merged;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::analysis::{fold, words};
use crate::entry::Entry;
use crate::error::SearchError;
use crate::index::SearchIndex;

use merged::Merged;

/// Parts what a name is sorted by from how it is shown.
const PART: char = '\u{1f}';
/// Words of a name that it may begin with.
const MOST_TURNS: usize = 6;

/// Which names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NameList {
    /// Genres.
    #[default]
    Genres,
    /// Authors.
    Authors,
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NameOrder {
    /// Names of most titles first; among equals by name.
    #[default]
    Titles,
    /// By name; of names that begin with what was typed somewhere inside, by that part.
    Name,
}

/// A question for names.
#[derive(Debug, Clone, Default)]
pub struct NameSearch {
    /// Which names.
    pub list: NameList,
    /// Kinds of titles that count; of no kind there are no names.
    pub kinds: Vec<String>,
    /// What the name or one of its words begins with, case and accents as you like.
    pub beginning: String,
    /// In which order.
    pub order: NameOrder,
    /// Go on after this place.
    pub after: Option<NamePlace>,
    /// How many at most.
    pub most: usize,
}

/// A place in a list of names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamePlace {
    /// How many titles, in the order by titles; else nothing.
    pub titles: Reverse<u64>,
    /// What the name is sorted by.
    pub key: String,
}

/// A name and how many titles have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameCount {
    /// The name, as most of its titles write it.
    pub name: String,
    /// How many titles.
    pub titles: u64,
    /// Where it stands, to go on after it.
    pub place: NamePlace,
}

/// Some names of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// In order.
    pub names: Vec<NameCount>,
    /// Whether there are more after the last one.
    pub more: bool,
}

impl NameList {
    /// What terms of names begin with: as they are written, and begun with another of their words.
    const fn letters(self) -> [char; 2] {
        match self {
            Self::Genres => ['g', 'h'],
            Self::Authors => ['a', 'b'],
        }
    }
}

/// What an entry adds to the lists of names.
pub(crate) fn terms(entry: &Entry) -> Vec<String> {
    let lists = [
        (NameList::Genres, &entry.genres),
        (NameList::Authors, &entry.people),
    ];
    let mut terms = Vec::new();
    for (list, names) in lists {
        let [straight, turned] = list.letters();
        for name in names {
            for (at, key) in turns(name).into_iter().enumerate() {
                let letter = if at == 0 { straight } else { turned };
                let kind = &entry.kind;
                terms.push(format!("{letter}{kind}{PART}{key}{PART}{name}"));
            }
        }
    }
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// A name that begins with each of its words once: `eco umberto` as well as `umberto eco`.
pub(crate) fn turns(name: &str) -> Vec<String> {
    let found = words(name).into_iter().map(|word| word.text);
    let mut found: Vec<String> = found.collect();
    let turns = found.len().clamp(1, MOST_TURNS);
    let mut out = Vec::with_capacity(turns);
    out.push(found.join(" "));
    for _ in 1..turns {
        found.rotate_left(1);
        out.push(found.join(" "));
    }
    out
}

impl SearchIndex {
    /// Some names of a list.
    pub fn names(&self, search: &NameSearch) -> Result<Names, SearchError> {
        let snapshot = self.snapshot();
        let beginning = fold(&search.beginning);
        if beginning.is_empty() && !search.beginning.trim().is_empty() {
            return Ok(Names::default());
        }
        let most = search.most.max(1);
        let by_titles = search.order == NameOrder::Titles;
        if by_titles && beginning.is_empty() && frequent::are_many(&snapshot.rooms) {
            let tops = self.tops();
            let mut names = frequent::frequent(&snapshot.rooms, tops, search, most + 1)?;
            let more = names.len() > most;
            names.truncate(most);
            return Ok(Names { names, more });
        }
        let mut merged = Merged::open(&snapshot.rooms, search, &beginning)?;
        let mut names = match search.order {
            NameOrder::Name => first(&mut merged, search, &beginning, most + 1)?,
            NameOrder::Titles => most_titles(&mut merged, search, &beginning, most + 1)?,
        };
        let more = names.len() > most;
        names.truncate(most);
        Ok(Names { names, more })
    }
}

/// The next names.
fn first(
    merged: &mut Merged<'_>,
    search: &NameSearch,
    beginning: &str,
    most: usize,
) -> Result<Vec<NameCount>, SearchError> {
    let mut names = Vec::with_capacity(most);
    while names.len() < most {
        let Some(name) = merged.next(search.order)? else {
            break;
        };
        if is_wanted(&name, search, beginning) {
            names.push(name);
        }
    }
    Ok(names)
}

/// The names of most titles; holds no more than it was asked for.
fn most_titles(
    merged: &mut Merged<'_>,
    search: &NameSearch,
    beginning: &str,
    most: usize,
) -> Result<Vec<NameCount>, SearchError> {
    let mut best: BinaryHeap<(NamePlace, String)> = BinaryHeap::with_capacity(most + 1);
    while let Some(name) = merged.next(search.order)? {
        let good = best.len() < most || best.peek().is_some_and(|(worst, _)| name.place < *worst);
        if good && is_wanted(&name, search, beginning) {
            best.push((name.place, name.name));
            if best.len() > most {
                best.pop();
            }
        }
    }
    let names = best.into_sorted_vec().into_iter();
    let count = |(place, name): (NamePlace, String)| NameCount {
        titles: place.titles.0,
        name,
        place,
    };
    Ok(names.map(count).collect())
}

/// Whether it comes after the place that was named, and not a second time by another of its words.
fn is_wanted(name: &NameCount, search: &NameSearch, beginning: &str) -> bool {
    let later = search
        .after
        .as_ref()
        .is_none_or(|after| name.place > *after);
    if !later || beginning.is_empty() {
        return later;
    }
    let turns = turns(&name.name).into_iter();
    turns
        .filter(|turn| turn.starts_with(beginning))
        .min()
        .as_ref()
        == Some(&name.place.key)
}
