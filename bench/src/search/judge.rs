//! How well and how fast an engine answered: the same rule for every engine.
//!
//! An answer is right if it is the book that was meant, or one with the same bare title and first author.

use std::collections::HashMap;
use std::time::Duration;

use super::books::Book;
use super::queries::{Class, Query};
use crate::load::{milliseconds, percentile};

/// What one engine came to in one class, or over all.
#[derive(Debug, Clone, Default)]
pub(crate) struct Score {
    pub(crate) queries: usize,
    pub(crate) first: f64,
    pub(crate) ten: f64,
    pub(crate) reciprocal: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

impl Score {
    /// `.940 / .994 / .961`
    pub(crate) fn quality(&self) -> String {
        format!(
            "{:.3} / {:.3} / {:.3}",
            self.first, self.ten, self.reciprocal
        )
    }

    pub(crate) fn times(&self) -> String {
        format!("p50 {:.2}, p99 {:.2} ms", self.p50, self.p99)
    }
}

/// One answered query: at which place the right book stood, from 1, and how long it took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answered {
    pub(crate) class: Class,
    pub(crate) place: Option<usize>,
    pub(crate) took: Duration,
}

/// The place of the right book among ids.
pub(crate) fn judge(
    books: &[Book],
    same: &HashMap<u128, (String, String)>,
    query: &Query,
    ids: &[u128],
    took: Duration,
) -> Answered {
    let wanted = books.get(query.book);
    let key = wanted.and_then(|book| same.get(&book.id));
    let place = ids.iter().position(|id| {
        wanted.is_some_and(|book| book.id == *id) || (key.is_some() && same.get(id) == key)
    });
    Answered {
        class: query.class,
        place: place.map(|at| at + 1),
        took,
    }
}

/// Who is the same as whom.
pub(crate) fn sameness(books: &[Book]) -> HashMap<u128, (String, String)> {
    books.iter().map(|book| (book.id, book.same())).collect()
}

/// Sums up a class, or all.
#[expect(clippy::cast_precision_loss, reason = "a few thousand queries")]
pub(crate) fn score(answered: &[Answered], class: Option<Class>) -> Score {
    let of: Vec<&Answered> = answered
        .iter()
        .filter(|one| class.is_none_or(|class| one.class == class))
        .collect();
    let count = of.len().max(1) as f64;
    let within = |most: usize| {
        of.iter()
            .filter(|one| one.place.is_some_and(|place| place <= most))
            .count() as f64
            / count
    };
    let mut times: Vec<Duration> = of.iter().map(|one| one.took).collect();
    times.sort_unstable();
    Score {
        queries: of.len(),
        first: within(1),
        ten: within(10),
        reciprocal: of
            .iter()
            .filter_map(|one| one.place)
            .filter(|place| *place <= 10)
            .map(|place| 1.0 / place as f64)
            .sum::<f64>()
            / count,
        p50: milliseconds(percentile(&times, 50)),
        p99: milliseconds(percentile(&times, 99)),
    }
}
