//! Our index under the measurement: built, asked, weighed.
//!
//! Asks through the same calls as the read API does.

use std::collections::HashMap;
use std::path::Path;
use std::time::Instant;

use accession_search::{Question, Search, SearchIndex};
use anyhow::Result;

use super::books::{Book, Maker};
use super::judge::{Answered, judge};
use super::queries::Query;

/// A built index with what building it came to.
pub(crate) struct Built {
    pub(crate) index: SearchIndex,
    pub(crate) entries: u64,
    pub(crate) seconds: f64,
    pub(crate) bytes: u64,
}

/// Builds an index in a folder: the real books, then made ones until there are so many.
pub(crate) fn build(folder: &Path, books: &[Book], until: usize) -> Result<Built> {
    let begun = Instant::now();
    let index = SearchIndex::open(folder)?;
    let mut writer = index.writer(128_000_000)?;
    let mut maker = Maker::new(books, 5);
    let made = until.saturating_sub(books.len());
    for book in books {
        writer.add(&book.entry())?;
    }
    for _ in 0..made {
        writer.add(&maker.make().entry())?;
    }
    writer.commit("measured")?;
    writer.close_merged(&index)?;
    Ok(Built {
        entries: index.count(),
        seconds: begun.elapsed().as_secs_f64(),
        bytes: size(folder)?,
        index,
    })
}

fn size(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for file in std::fs::read_dir(folder)? {
        bytes += file?.metadata()?.len();
    }
    Ok(bytes)
}

/// Asks everything, one query at a time.
pub(crate) fn ask(
    index: &SearchIndex,
    books: &[Book],
    same: &HashMap<u128, (String, String)>,
    queries: &[Query],
) -> Result<Vec<Answered>> {
    let mut answered = Vec::with_capacity(queries.len());
    for query in queries {
        let begun = Instant::now();
        let ids = find(index, &query.text)?;
        answered.push(judge(books, same, query, &ids, begun.elapsed()));
    }
    Ok(answered)
}

/// The ids of the first ten.
pub(crate) fn find(index: &SearchIndex, text: &str) -> Result<Vec<u128>> {
    let found = index.search(&Search {
        question: Question::parse(text)?,
        most: 10,
        ..Search::default()
    })?;
    Ok(found.hits.into_iter().map(|hit| hit.id).collect())
}
