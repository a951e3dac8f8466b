//! Titles that are like a title: by authors, genres and the rarer of its words.
//!
//! Looks at a bounded number of postings: what many titles have in common tells little and is left out.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use tantivy::postings::SegmentPostings;

use crate::analysis::{fold, pairs_up, words};
use crate::error::SearchError;
use crate::filter::Filter;
use crate::gather::Fits;
use crate::hit::{Found, Hit, Place};
use crate::index::SearchIndex;
use crate::room::{PROSE, Room, each, postings_of};
use crate::top::{Ranked, Top, rank_of};

/// Words of what a title is about that are looked at, and letters from which on one tells anything.
const MOST_TELLING: usize = 64;
const TELLING_LETTERS: usize = 4;
/// Postings that are looked at in one segment.
const BUDGET: u64 = 150_000;

/// What a title is like.
#[derive(Debug, Clone, Default)]
pub struct Likeness {
    /// Its own id, which is left out.
    pub id: u128,
    /// Names, subtitle, series: words that others may have in their names, too.
    pub texts: Vec<String>,
    /// What it is about.
    pub about: Option<String>,
    /// Its genres.
    pub genres: Vec<String>,
    /// Its authors.
    pub people: Vec<String>,
}

impl SearchIndex {
    /// The titles most like it.
    pub fn similar(
        &self,
        likeness: &Likeness,
        filter: &Filter,
        most: usize,
    ) -> Result<Found, SearchError> {
        let filter = filter.and(&Filter::default());
        let snapshot = self.snapshot();
        let mut ranked = Vec::new();
        for (at, room) in snapshot.rooms.iter().enumerate() {
            let mut fits = alike(room, likeness)?;
            filter.keep(room, &mut fits)?;
            let mut top = Top::new(most.max(1));
            for (doc, sum) in fits {
                let id = room.id(doc);
                let rank = rank_of(sum + 0.2 * room.standing(doc).known());
                if id != likeness.id && top.wants(rank) {
                    top.offer(Ranked {
                        rank,
                        id: Reverse(id),
                        room: at,
                        doc,
                    });
                }
            }
            ranked.extend(top.into_sorted());
        }
        ranked.sort_unstable_by(|a, b| b.cmp(a));
        ranked.truncate(most.max(1));
        let hits = ranked.into_iter().filter_map(|ranked| {
            let room = snapshot.rooms.get(ranked.room)?;
            let place = Place {
                rank: ranked.rank,
                text: String::new(),
                id: ranked.id.0,
            };
            Some(Hit {
                what: room.standing(ranked.doc).what,
                id: ranked.id.0,
                place,
            })
        });
        let hits: Vec<Hit> = hits.collect();
        Ok(Found {
            total: hits.len() as u64,
            hits,
            ..Found::default()
        })
    }
}

/// Entries that have something in common, with how much.
fn alike(room: &Room, likeness: &Likeness) -> Result<Fits, SearchError> {
    let mut features = features(room, likeness)?;
    features.sort_by_key(|(found, _)| found.doc_freq());
    let mut sums: Fits = Vec::new();
    let mut left = BUDGET;
    for (found, weight) in features {
        let count = u64::from(found.doc_freq());
        if count > left {
            break;
        }
        left -= count;
        let rare = (1.0 + f64::from(room.titles()) / f64::from(found.doc_freq().max(1))).ln();
        #[expect(clippy::cast_possible_truncation, reason = "a logarithm")]
        let worth = weight * rare as f32;
        each(found, usize::MAX, |doc| sums.push((doc, worth)));
    }
    sums.sort_unstable_by_key(|(doc, _)| *doc);
    sums.dedup_by(|(later, more), (doc, sum)| {
        let same = later == doc;
        if same {
            *sum += *more;
        }
        same
    });
    Ok(sums)
}

fn features(room: &Room, likeness: &Likeness) -> Result<Vec<(SegmentPostings, f32)>, SearchError> {
    let mut features = Vec::new();
    for (name, values, weight) in [
        ("author", &likeness.people, 2.0),
        ("genre", &likeness.genres, 1.0),
    ] {
        for value in values {
            let found = postings_of(&room.tag, &format!("{name}:{}", fold(value)))?;
            features.extend(found.map(|found| (found, weight)));
        }
    }
    let mut texts: Vec<String> = likeness
        .texts
        .iter()
        .flat_map(|text| words(text))
        .map(|word| word.text)
        .collect();
    texts.sort_unstable();
    texts.dedup();
    for word in texts {
        for (prose, weight) in PROSE {
            let found = postings_of(room.prose(prose), &word)?;
            features.extend(found.map(|found| (found, weight * 0.7)));
        }
    }
    for word in likeness.about.iter().flat_map(|about| telling(about)) {
        let found = postings_of(&room.about, &word)?;
        features.extend(found.map(|found| (found, 0.35)));
    }
    Ok(features)
}

/// The words of what a title is about, each once, without the short ones that every text has.
pub(crate) fn telling(about: &str) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let long = |word: &String| {
        word.chars().count() >= TELLING_LETTERS || word.chars().next().is_some_and(pairs_up)
    };
    let found = words(about).into_iter().map(|word| word.text).filter(long);
    let new = found.filter(|word| seen.insert(word.clone()));
    new.take(MOST_TELLING).collect()
}
