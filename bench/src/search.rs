//! How well and how fast a known book is found, next to PostgreSQL and `SQLite`; and what a million titles cost.
//!
//! Every engine gets the same books, the same queries and the same judge. The queries are drawn by one seed, on which
//! nothing was tuned; weights were chosen on others.

mod books;
mod judge;
mod load;
mod oracle;
mod ours;
mod postgres;
mod queries;
mod sqlite;

use std::collections::HashMap;
use std::path::Path;

use accession_search::SearchIndex;
use anyhow::Result;

use crate::Options;
use crate::instance::scratch;
use crate::machine;
use crate::results::{Results, Row, say};
use books::Book;
use judge::{Answered, Score, sameness, score};
use queries::{Class, derive};

/// Nothing was tuned on the queries of this seed.
const SEED: u64 = 20_261_120;
/// For how many books each class asks.
const BOOKS: usize = 1000;

const NOTE: &str = "Cells: success@1 / success@10 / MRR@10, then times; one query at a time. Queries are derived from \
    1,000 books by a fixed seed; half typed ends in the middle of the last word. \"By rule\" is no engine: it knows the \
    class, keeps the books that fit its rule, and puts the shortest title first. Genres are dealt out by number; made \
    titles are of the words, lengths and names of the real ones, with 0 to 2,047 ratings (the real ones have 2,716 and \
    more). PostgreSQL is hand-made full text + pg_trgm, SQLite is FTS5 with all words, then any.";

type Same = HashMap<u128, (String, String)>;

pub(crate) async fn measure(options: &Options, results: &mut Results) -> Result<()> {
    let Ok(books) = books::read(&options.shared) else {
        say("skipped: there is no test data beside the project");
        return Ok(());
    };
    let (same, queries) = (sameness(&books), derive(&books, BOOKS, SEED));
    let mut rows = Vec::new();
    let small = built(&mut rows, "10,000 books", &books, books.len())?;
    let ours = ours::ask(&small, &books, &same, &queries)?;
    let ours = [ours, ours::ask(&small, &books, &same, &queries)?].concat();
    rows.extend(quality(
        "ours",
        &ours,
        "≥ .935 / .992 / .956, p99 ≤ 5 ms; aim .940 / .994, p50 ≤ 0.5, p99 ≤ 2 ms",
    ));
    let rule = oracle::ask(&books, &same, &queries);
    rows.extend(quality("by rule", &rule, ""));
    let peer = postgres::ask(&books, &same, &queries).await?;
    rows.extend(quality("PostgreSQL", &peer, ""));
    let peer = sqlite::ask(&books, &same, &queries)?;
    rows.extend(quality("SQLite FTS5", &peer, ""));
    drop(small);
    let large = built(&mut rows, "the large index", &books, options.titles)?;
    let answered = ours::ask(&large, &books, &same, &queries)?;
    rows.extend(quality(
        &format!("ours, {} titles", options.titles),
        &answered,
        "within 2 points of 10,000",
    ));
    rows.extend(load::rows(&large, &queries, options.seconds).await?);
    results.section("Search: a known book", &rows, NOTE);
    Ok(())
}

/// Builds an index and tells what that came to.
#[expect(clippy::cast_precision_loss, reason = "counts below 2^52")]
fn built(rows: &mut Vec<Row>, name: &str, books: &[Book], until: usize) -> Result<SearchIndex> {
    let before = machine::resident(std::process::id());
    let folder = scratch("search")?;
    let built = ours::build(Path::new(&folder), books, until)?;
    let rate = built.entries as f64 / built.seconds.max(f64::EPSILON);
    let grown = machine::resident(std::process::id()).saturating_sub(before);
    rows.push(Row::new(
        format!("{name}: build"),
        format!(
            "{rate:.0} titles/s; {:.1} MB on disk; {} MB more resident after it",
            built.bytes as f64 / 1e6,
            grown / 1_000_000
        ),
    ));
    Ok(built.index)
}

/// A row a class and one over all.
fn quality(engine: &str, answered: &[Answered], target: &str) -> Vec<Row> {
    let row = |name: &str, score: &Score| {
        Row::new(
            format!("{engine}: {name} ({} queries)", score.queries),
            format!("{}; {}", score.quality(), score.times()),
        )
    };
    let classes = Class::ALL.map(|class| row(class.name(), &score(answered, Some(class))));
    let all = row("all", &score(answered, None)).target(target);
    classes.into_iter().chain([all]).collect()
}
