//! Search, suggest and filtered browse at fifty requests a second, as a search page sends them.
//!
//! Requests begin when they are due, whether the one before has ended or not: waiting counts.

use std::time::{Duration, Instant};

use accession_search::{FacetName, Filter, Question, Search, SearchIndex, Sort};
use anyhow::Result;

use super::queries::Query;
use crate::load::{milliseconds, percentile};
use crate::results::Row;

/// Requests a second.
const RATE: u64 = 50;

/// A row for each kind of request.
pub(crate) async fn rows(index: &SearchIndex, queries: &[Query], seconds: u64) -> Result<Vec<Row>> {
    let texts: Vec<&str> = queries.iter().map(|query| query.text.as_str()).collect();
    let seconds = seconds.max(10);
    let searched = paced(&texts, seconds, |_, text| search(index, text)).await?;
    let suggested = paced(&texts, seconds, |_, text| suggest(index, text)).await?;
    let browsed = paced(&texts, seconds, |turn, _| browse(index, turn)).await?;
    Ok(vec![
        row("search with four facets", searched, "p99 ≤ 25 ms"),
        row("suggest, as it is typed", suggested, "p99 ≤ 10 ms"),
        row(
            "browse by genre and years, four orders",
            browsed,
            "p99 ≤ 25 ms",
        ),
    ])
}

fn search(index: &SearchIndex, text: &str) -> Result<()> {
    index.search(&Search {
        question: Question::parse(text)?,
        most: 20,
        facets: vec![
            FacetName::Kind,
            FacetName::Genre,
            FacetName::Language,
            FacetName::Year,
        ],
        ..Search::default()
    })?;
    Ok(())
}

fn suggest(index: &SearchIndex, text: &str) -> Result<()> {
    let letters = text.chars().count().div_ceil(2);
    let typed: String = text.chars().take(letters).collect();
    index.suggest(&Question::parse(&typed)?, &Filter::default(), 8)?;
    Ok(())
}

fn browse(index: &SearchIndex, turn: usize) -> Result<()> {
    let orders = [
        Sort::Popular,
        Sort::Newest,
        Sort::YearDescending,
        Sort::Name,
    ];
    let genres = ["Fantasy", "Crime", "Poetry", "History"];
    let genre = genres.get(turn % 4).map(|genre| (*genre).to_owned());
    let filter = Filter {
        genres: genre.into_iter().collect(),
        years: vec![(1980, 2010)],
        ..Filter::default()
    };
    index.search(&Search {
        filter,
        sort: orders.get(turn / 4 % 4).copied().unwrap_or_default(),
        most: 50,
        ..Search::default()
    })?;
    Ok(())
}

fn row(what: &str, mut times: Vec<Duration>, target: &str) -> Row {
    times.sort_unstable();
    let [p50, p99] = [50, 99].map(|percent| milliseconds(percentile(&times, percent)));
    Row::new(
        format!("1,000,000 titles: {what}, {RATE} a second"),
        format!("p50 {p50:.2}, p99 {p99:.2} ms ({} requests)", times.len()),
    )
    .target(target)
}

async fn paced(
    texts: &[&str],
    seconds: u64,
    request: impl Fn(usize, &str) -> Result<()>,
) -> Result<Vec<Duration>> {
    let (begun, gap) = (Instant::now(), Duration::from_millis(1000 / RATE));
    let mut due = begun;
    let mut times = Vec::new();
    // A stride that visits all classes.
    for (turn, text) in texts.iter().cycle().step_by(7).enumerate() {
        if begun.elapsed() > Duration::from_secs(seconds) {
            break;
        }
        tokio::time::sleep_until(due.into()).await;
        // The runtime's timer wakes late by a millisecond or two; that much is no waiting of ours.
        let from = due.max(Instant::now().min(due + Duration::from_millis(2)));
        request(turn, text)?;
        times.push(from.elapsed());
        due += gap;
    }
    Ok(times)
}
