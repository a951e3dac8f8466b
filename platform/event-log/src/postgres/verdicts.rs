//! Reads what `append_events` answers: one outcome an append.
//!
//! A verdict that makes no sense is an error, never a commit.

use accession_events::Position;
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::batch::Batch;
use super::columns::{counted, position};
use crate::append::{Append, Committed, Outcome, StoredResponse};

/// What the function says of each append.
struct Verdicts {
    outcomes: Vec<i32>,
    places: Vec<i32>,
    numbers: Vec<i64>,
    texts: Vec<Option<String>>,
}

/// The outcome of each append, from the one row that the function answers.
pub(super) fn outcomes(
    row: &PgRow,
    appends: &[&Append],
    batch: &Batch<'_>,
) -> Result<Vec<Outcome>, sqlx::Error> {
    let mut head = counted(row.try_get("head")?);
    let verdicts = match row.try_get::<Option<Vec<i32>>, _>("outcomes")? {
        None => None,
        Some(outcomes) => Some(Verdicts {
            outcomes,
            places: row.try_get("places")?,
            numbers: row.try_get("numbers")?,
            texts: row.try_get("texts")?,
        }),
    };
    let mut answers = Vec::with_capacity(appends.len());
    for (n, append) in appends.iter().enumerate() {
        let refusal = match &verdicts {
            None => None,
            Some(verdicts) => verdicts.of(n, append, batch)?,
        };
        answers.push(refusal.unwrap_or_else(|| {
            let first = if append.event_count() == 0 {
                head
            } else {
                head + 1
            };
            head += append.event_count() as u64;
            Outcome::Committed(Committed {
                first: Position::new(first),
                last: Position::new(head),
            })
        }));
    }
    Ok(answers)
}

impl Verdicts {
    /// Why the n-th append was refused; None when it was committed. A verdict that makes no sense is an error, never
    /// a commit.
    fn of(
        &self,
        n: usize,
        append: &Append,
        batch: &Batch<'_>,
    ) -> Result<Option<Outcome>, sqlx::Error> {
        if self.outcomes.get(n) == Some(&0) {
            return Ok(None);
        }
        self.refusal(n, append, batch).map(Some).ok_or_else(|| {
            sqlx::Error::Decode(format!("append {n} of the batch has no readable verdict").into())
        })
    }

    fn refusal(&self, n: usize, append: &Append, batch: &Batch<'_>) -> Option<Outcome> {
        let place = usize::try_from(*self.places.get(n)?).ok()?.checked_sub(1);
        let number = *self.numbers.get(n)?;
        let text = self.texts.get(n)?.clone();
        match self.outcomes.get(n)? {
            1 => batch.writes.get(place?).map(|write| Outcome::Conflict {
                stream: write.stream.clone(),
                expected: write.expected_version,
                actual: counted(number),
            }),
            2 => Some(Outcome::Claimed {
                key: (*batch.changes.get(place?)?).clone(),
                owner: text?,
            }),
            3 => Some(Outcome::Replayed(StoredResponse {
                fingerprint: append.idempotency.as_ref()?.fingerprint.clone(),
                response: text?,
                position: position(number),
            })),
            4 => Some(Outcome::KeyReused),
            _ => None,
        }
    }
}
