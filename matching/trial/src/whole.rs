//! Whole tables: which pairs the keys find, and what the model makes of them.
//!
//! Never looks at the truth before everything is decided.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use accession_matching::{Band, Explained, Model, Prepared, candidates};
use anyhow::Result;

use crate::score::Score;
use crate::tables::{Table, lines, table};

/// Records of one or two tables, and the pairs that are the same.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The set's folder.
    pub name: String,
    /// Both tables behind one another.
    pub records: Vec<Prepared>,
    /// Where the second begins; `None` when one table is compared with itself.
    pub second: Option<usize>,
    /// The smaller index first.
    pub truth: HashSet<(usize, usize)>,
}

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub struct WholeScore {
    /// Pairs that share a key.
    pub candidates: usize,
    /// Of the true pairs, how many are among them.
    pub found: f64,
    /// Called likely or certain.
    pub score: Score,
    /// Called certain.
    pub certain: Score,
}

/// Records with one key beyond which it says nothing.
const BLOCK: usize = 60;

impl Whole {
    /// Pairs that share a key, across the tables.
    #[must_use]
    pub fn candidates(&self) -> Vec<(usize, usize)> {
        let mut pairs = candidates(&self.records, BLOCK);
        if let Some(second) = self.second {
            pairs.retain(|(one, two)| *one < second && *two >= second);
        }
        pairs
    }

    /// Finds and judges; in two tables each record meets one other at most, the best first.
    #[must_use]
    pub fn judged(&self, model: &Model) -> WholeScore {
        let pairs = self.candidates();
        let found = pairs
            .iter()
            .filter(|pair| self.truth.contains(pair))
            .count();
        let mut called = Vec::new();
        for (one, two) in &pairs {
            let (Some(left), Some(right)) = (self.records.get(*one), self.records.get(*two)) else {
                continue;
            };
            let compared = model.compare(left, right);
            if compared.band >= Band::Likely {
                called.push((compared, (*one, *two)));
            }
        }
        called.sort_by(|one, two| two.0.score.total_cmp(&one.0.score).then(one.1.cmp(&two.1)));
        let mut taken = BTreeSet::new();
        if self.second.is_some() {
            called.retain(|(_, (one, two))| {
                !taken.contains(one)
                    && !taken.contains(two)
                    && taken.insert(*one)
                    && taken.insert(*two)
            });
        }
        let likely = self.score(called.iter().map(|(_, pair)| *pair));
        let certain = called
            .iter()
            .filter(|(compared, _)| compared.band == Band::Certain);
        let certain = self.score(certain.map(|(_, pair)| *pair));
        let share =
            |part: usize, whole: usize| f64::from(count(part)) / f64::from(count(whole)).max(1.0);
        WholeScore {
            candidates: pairs.len(),
            found: share(found, self.truth.len()),
            score: likely,
            certain,
        }
    }

    /// Up to `most` true pairs that are not called likely, and as many likely ones that are not true, with their reasons.
    #[must_use]
    pub fn against(
        &self,
        model: &Model,
        most: usize,
    ) -> Vec<(bool, Explained, &Prepared, &Prepared)> {
        let explained = |pair: &(usize, usize)| {
            let (left, right) = (self.records.get(pair.0)?, self.records.get(pair.1)?);
            Some((
                self.truth.contains(pair),
                model.explain(left, right),
                left,
                right,
            ))
        };
        let mut truth: Vec<_> = self.truth.iter().copied().collect();
        truth.sort_unstable();
        let missed = truth.iter().filter_map(explained);
        let missed = missed.filter(|(_, explained, _, _)| explained.compared.band < Band::Likely);
        let pairs = self.candidates();
        let others = pairs
            .iter()
            .filter(|pair| !self.truth.contains(pair))
            .filter_map(explained);
        let wrong = others.filter(|(_, explained, _, _)| explained.compared.band >= Band::Likely);
        missed.take(most).chain(wrong.take(most)).collect()
    }

    fn score(&self, called: impl Iterator<Item = (usize, usize)>) -> Score {
        let called: Vec<(usize, usize)> = called.collect();
        let hits = called
            .iter()
            .filter(|pair| self.truth.contains(pair))
            .count();
        Score {
            hits: count(hits),
            wrong: count(called.len() - hits),
            missed: count(self.truth.len() - hits),
        }
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The whole sets that come with the shared data.
pub fn whole_sets(dedup: &Path) -> Result<Vec<Whole>> {
    Ok(vec![
        magellan(dedup)?,
        linked(
            dedup,
            "shows_imdb_tmdb",
            ("imdb.csv.gz", "tmdb.csv.gz"),
            b'|',
        )?,
        linked(dedup, "dblp_acm", ("dblp.csv.gz", "acm.csv.gz"), b'%')?,
    ])
}

fn prepared(tables: &[&Table]) -> Vec<Prepared> {
    tables
        .iter()
        .flat_map(|table| &table.records)
        .map(Prepared::of)
        .collect()
}

/// Two bookshops; the same ISBN is the same edition, and the model does not see it.
fn magellan(dedup: &Path) -> Result<Whole> {
    let folder = dedup.join("books_magellan_ab");
    let mut left = table(&folder.join("books_table_A.csv.gz"), b',')?;
    let mut right = table(&folder.join("books_table_B.csv.gz"), b',')?;
    let second = left.records.len();
    let mut truth = HashSet::new();
    for (one, record) in left.records.iter().enumerate() {
        for (two, other) in right.records.iter().enumerate() {
            if record
                .isbns
                .iter()
                .any(|isbn| isbn.len() == 13 && other.isbns.contains(isbn))
            {
                truth.insert((one, second + two));
            }
        }
    }
    for record in left.records.iter_mut().chain(&mut right.records) {
        record.isbns.clear();
    }
    Ok(Whole {
        name: "books_magellan_ab".into(),
        records: prepared(&[&left, &right]),
        second: Some(second),
        truth,
    })
}

/// Two tables and a list of rows that are the same.
fn linked(dedup: &Path, name: &str, files: (&str, &str), separator: u8) -> Result<Whole> {
    let folder = dedup.join(name);
    let left = table(&folder.join(files.0), separator)?;
    let right = table(&folder.join(files.1), separator)?;
    let second = left.records.len();
    let (_, listed) = lines(&folder.join("gt.csv"), separator)?;
    let row = |line: &csv::StringRecord, at: usize| {
        line.get(at)
            .and_then(|cell| cell.trim().parse::<usize>().ok())
    };
    let truth = listed
        .iter()
        .filter_map(|line| Some((row(line, 0)?, second + row(line, 1)?)))
        .collect();
    Ok(Whole {
        name: name.into(),
        records: prepared(&[&left, &right]),
        second: Some(second),
        truth,
    })
}
