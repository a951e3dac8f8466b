//! Writes a batch of appends within the writer's transaction: events, claims, idempotency keys.
//!
//! An append is either written whole or not at all; it never decides anything, the checks do.

use accession_events::ids::EventId;
use accession_events::{Position, StreamName};
use rusqlite::{CachedStatement, params};

use super::checks::{ClaimStep, check};
use super::failure::{During, sorted};
use super::settings::Step;
use super::writer::Transaction;
use crate::append::{Append, Committed, Idempotency, NewEvent, Outcome, StreamWrite};
use crate::error::LogError;

/// Writes what may be written of a batch, in order; one outcome an append.
pub(super) fn append_all(
    transaction: &mut Transaction<'_>,
    batch: &[Append],
) -> Result<Vec<Outcome>, LogError> {
    batch
        .iter()
        .map(|append| append_one(transaction, append))
        .collect()
}

fn append_one(transaction: &mut Transaction<'_>, append: &Append) -> Result<Outcome, LogError> {
    let verdict = check(transaction.connection, append, transaction.now)?;
    transaction.at(Step::Checked);
    let claims = match verdict {
        Ok(claims) => claims,
        Err(refused) => return Ok(refused),
    };
    let before = transaction.head.position;
    write_events(transaction, append)?;
    let last = transaction.head.position;
    write_claims(transaction, &claims)?;
    if let Some(idempotency) = &append.idempotency {
        write_key(transaction, idempotency)?;
    }
    transaction.at(Step::Written);
    let first = if last > before { before + 1 } else { last };
    Ok(Outcome::Committed(Committed {
        first: Position::new(first),
        last: Position::new(last),
    }))
}

fn write_events(transaction: &mut Transaction<'_>, append: &Append) -> Result<(), LogError> {
    let connection = transaction.connection;
    let mut insert = connection
        .prepare_cached(
            "INSERT INTO events (position, aggregate_type, aggregate_id, sequence, event_id, event_type, \
             event_version, payload, metadata, recorded_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )
        .during("preparing to write events")?;
    for write in &append.writes {
        for (sequence, event) in (write.expected_version + 1..).zip(&write.events) {
            write_event(
                transaction,
                &mut insert,
                (write, sequence),
                event,
                append.metadata_text(),
            )?;
        }
    }
    Ok(())
}

fn write_event(
    transaction: &mut Transaction<'_>,
    insert: &mut CachedStatement<'_>,
    (write, sequence): (&StreamWrite, u64),
    event: &NewEvent,
    metadata: &str,
) -> Result<(), LogError> {
    let StreamName {
        aggregate_type,
        aggregate_id,
    } = &write.stream;
    let position = transaction.head.position + 1;
    insert
        .execute(params![
            position,
            aggregate_type,
            aggregate_id,
            sequence,
            event.id.as_uuid().as_bytes(),
            event.event_type,
            event.event_version.to_string(),
            event.payload,
            metadata,
            transaction.now,
        ])
        .map_err(|error| unwritable(&error, &write.stream, event.id))?;
    transaction.head.position = position;
    transaction.head.recorded_at = transaction.now;
    Ok(())
}

/// A duplicate id or a payload that is no JSON: the writer's mistake, never a race, so the batch is refused with its name.
fn unwritable(error: &rusqlite::Error, stream: &StreamName, id: EventId) -> LogError {
    let duplicate = error.to_string().contains("events.event_id");
    if duplicate {
        return LogError::Permanent {
            reason: format!(
                "event {id} of {stream} is in the log already, and an event is written once; nothing of the batch was \
                 written: look the event up by its id before writing it again"
            ),
        };
    }
    sorted(error, &format!("writing event {id} of {stream}"))
}

fn write_claims(transaction: &Transaction<'_>, steps: &[ClaimStep<'_>]) -> Result<(), LogError> {
    let connection = transaction.connection;
    for step in steps {
        let written = match step {
            ClaimStep::Insert(key, owner) => connection
                .prepare_cached(
                    "INSERT INTO claims (kind, value, owner_type, owner) VALUES (?1, ?2, ?3, ?4)",
                )
                .and_then(|mut insert| {
                    let kind = key.kind.as_str();
                    insert.execute(params![
                        kind,
                        key.value,
                        owner.aggregate_type,
                        owner.aggregate_id
                    ])
                }),
            ClaimStep::Delete(key) => connection
                .prepare_cached("DELETE FROM claims WHERE kind = ?1 AND value = ?2")
                .and_then(|mut delete| delete.execute(params![key.kind.as_str(), key.value])),
        };
        written.during("writing a claim")?;
    }
    Ok(())
}

/// Keeps the answer; takes the place of one that has expired.
fn write_key(transaction: &Transaction<'_>, idempotency: &Idempotency) -> Result<(), LogError> {
    transaction
        .connection
        .prepare_cached(
            "INSERT INTO idempotency_keys (scope, key, fingerprint, response, position, created_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (scope, key) DO UPDATE SET \
             fingerprint = excluded.fingerprint, response = excluded.response, position = excluded.position, \
             created_at = excluded.created_at",
        )
        .and_then(|mut upsert| {
            upsert.execute(params![
                idempotency.scope,
                idempotency.key,
                idempotency.fingerprint,
                idempotency.response,
                transaction.head.position,
                transaction.now,
            ])
        })
        .map(drop)
        .during("keeping the answer of a command")
}
