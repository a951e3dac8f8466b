//! Whether an append may be written: its key, the versions it saw, the values it claims, in this order.
//!
//! It only reads: a refused append leaves no trace, so nothing ever has to be undone.

use std::collections::HashMap;

use accession_events::{ClaimChange, ClaimKey, Position, StreamName};
use rusqlite::{Connection, OptionalExtension, params};

use super::failure::During;
use crate::append::{Append, Idempotency, Outcome, StoredResponse, StreamWrite};
use crate::error::LogError;

/// Idempotency keys are kept for seven days, in microseconds.
pub(super) const KEY_LIFETIME: i64 = 7 * 24 * 60 * 60 * 1_000_000;

/// What an append does to a claim, once it is known that it may.
#[derive(Debug, Clone, Copy)]
pub(super) enum ClaimStep<'append> {
    /// Write that the stream holds it.
    Insert(&'append ClaimKey, &'append StreamName),
    /// Write that nobody holds it.
    Delete(&'append ClaimKey),
}

/// An append that may be written and what it does to claims, or why it may not.
pub(super) type Verdict<'append> = Result<Vec<ClaimStep<'append>>, Outcome>;

/// Looks at everything that could stand in the way of an append.
pub(super) fn check<'append>(
    connection: &Connection,
    append: &'append Append,
    now: i64,
) -> Result<Verdict<'append>, LogError> {
    if let Some(idempotency) = &append.idempotency
        && let Some(answered) = answered(connection, idempotency, now)?
    {
        return Ok(Err(answered));
    }
    if let Some(conflict) = conflict(connection, &append.writes)? {
        return Ok(Err(conflict));
    }
    claim_steps(connection, &append.writes)
}

fn answered(
    connection: &Connection,
    asked: &Idempotency,
    now: i64,
) -> Result<Option<Outcome>, LogError> {
    let stored = stored_response(connection, &asked.scope, &asked.key, now)?;
    Ok(stored.map(|stored| {
        if stored.fingerprint == asked.fingerprint {
            Outcome::Replayed(stored)
        } else {
            Outcome::KeyReused
        }
    }))
}

/// The answer kept under a key that has not expired.
pub(super) fn stored_response(
    connection: &Connection,
    scope: &str,
    key: &str,
    now: i64,
) -> Result<Option<StoredResponse>, LogError> {
    connection
        .prepare_cached(
            "SELECT fingerprint, response, position FROM idempotency_keys \
             WHERE scope = ?1 AND key = ?2 AND created_at >= ?3",
        )
        .and_then(|mut statement| {
            let oldest = now.saturating_sub(KEY_LIFETIME);
            let stored = |row: &rusqlite::Row<'_>| {
                Ok(StoredResponse {
                    fingerprint: row.get(0)?,
                    response: row.get(1)?,
                    position: Position::new(row.get(2)?),
                })
            };
            statement
                .query_row(params![scope, key, oldest], stored)
                .optional()
        })
        .during("looking an idempotency key up")
}

/// The first stream that has moved on, counting what the same append wrote to it before.
fn conflict(connection: &Connection, writes: &[StreamWrite]) -> Result<Option<Outcome>, LogError> {
    let mut ahead: HashMap<&StreamName, u64> = HashMap::new();
    for write in writes {
        let actual = match ahead.get(&write.stream) {
            Some(version) => *version,
            None => version(connection, &write.stream)?,
        };
        if actual != write.expected_version {
            return Ok(Some(Outcome::Conflict {
                stream: write.stream.clone(),
                expected: write.expected_version,
                actual,
            }));
        }
        if writes.len() > 1 {
            ahead.insert(&write.stream, actual + write.events.len() as u64);
        }
    }
    Ok(None)
}

/// The sequence of a stream's last event; 0 when there is none.
fn version(connection: &Connection, stream: &StreamName) -> Result<u64, LogError> {
    connection
        .prepare_cached(
            "SELECT sequence FROM events WHERE aggregate_type = ?1 AND aggregate_id = ?2 \
             ORDER BY sequence DESC LIMIT 1",
        )
        .and_then(|mut statement| {
            statement
                .query_row(params![stream.aggregate_type, stream.aggregate_id], |row| {
                    row.get(0)
                })
                .optional()
        })
        .during("reading the version of a stream")
        .map(Option::unwrap_or_default)
}

/// Who holds a value.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Owner {
    aggregate_type: String,
    aggregate_id: String,
}

impl Owner {
    fn of(stream: &StreamName) -> Self {
        Self {
            aggregate_type: stream.aggregate_type.to_string(),
            aggregate_id: stream.aggregate_id.to_string(),
        }
    }

    fn is(&self, stream: &StreamName) -> bool {
        *self.aggregate_id == *stream.aggregate_id && *self.aggregate_type == *stream.aggregate_type
    }
}

/// The steps that the append's claims come to, or the first value that another stream holds. What an earlier change
/// of the same append does, a later one sees.
fn claim_steps<'append>(
    connection: &Connection,
    writes: &'append [StreamWrite],
) -> Result<Verdict<'append>, LogError> {
    let mut holders: HashMap<&ClaimKey, Option<Owner>> = HashMap::new();
    let mut steps = Vec::new();
    for write in writes {
        for change in &write.claims {
            let (ClaimChange::Make(key) | ClaimChange::Release(key)) = change;
            let holder = match holders.remove(key) {
                Some(holder) => holder,
                None => owner(connection, key)?,
            };
            if let Some(holder) = holder.as_ref().filter(|holder| !holder.is(&write.stream)) {
                return Ok(Err(Outcome::Claimed {
                    key: key.clone(),
                    owner: holder.aggregate_id.clone(),
                }));
            }
            let makes = matches!(change, ClaimChange::Make(_));
            match (makes, holder.is_some()) {
                (true, false) => steps.push(ClaimStep::Insert(key, &write.stream)),
                (false, true) => steps.push(ClaimStep::Delete(key)),
                (true, true) | (false, false) => {}
            }
            holders.insert(key, makes.then(|| Owner::of(&write.stream)));
        }
    }
    Ok(Ok(steps))
}

/// The stream that holds a value.
fn owner(connection: &Connection, key: &ClaimKey) -> Result<Option<Owner>, LogError> {
    connection
        .prepare_cached("SELECT owner_type, owner FROM claims WHERE kind = ?1 AND value = ?2")
        .and_then(|mut statement| {
            let owner = |row: &rusqlite::Row<'_>| {
                Ok(Owner {
                    aggregate_type: row.get(0)?,
                    aggregate_id: row.get(1)?,
                })
            };
            statement
                .query_row(params![key.kind.as_str(), key.value], owner)
                .optional()
        })
        .during("looking a claim up")
}

/// The aggregate id of the stream that holds a value.
pub(super) fn owner_id(
    connection: &Connection,
    key: &ClaimKey,
) -> Result<Option<String>, LogError> {
    Ok(owner(connection, key)?.map(|owner| owner.aggregate_id))
}
