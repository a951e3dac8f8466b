//! Loads streams: a lone whole stream through `postgres-es`; groups, tails, and what commands restore their aggregates
//! from, in one round trip of our own.
//!
//! ADR 0002 has the measurements. Streams come back as text; nothing here knows what an event means.

use std::panic::AssertUnwindSafe;

use accession_events::StreamName;
use cqrs_es::Aggregate;
use cqrs_es::persist::{PersistedEventRepository, PersistenceError, SerializedEvent};
use futures_util::FutureExt;
use postgres_es::PostgresEventRepository;
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::columns::{JsonText, bigint, counted};
use super::fault::classify;
use super::lanes::Wanted;
use super::reading::Readers;
use crate::error::LogError;
use crate::one_stream::OneStream;
use crate::store::{Snapshot, StoredStream, StreamAfter, StreamEvent, StreamToRestore};

/// Snapshots, and the events after them, of many streams.
const RESTORE: &str = "WITH wanted AS MATERIALIZED (
        SELECT t.n, t.type, t.id, s.version, s.state
        FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS t (type, id, schema, n)
        LEFT JOIN snapshots s ON s.aggregate_type = t.type AND s.aggregate_id = t.id AND s.schema = t.schema)
    SELECT n, version, NULL, NULL, state FROM wanted WHERE version IS NOT NULL
    UNION ALL
    SELECT w.n, e.sequence, e.event_type, e.event_version, e.payload
    FROM wanted w CROSS JOIN LATERAL (
        SELECT sequence, event_type, event_version, payload FROM events
        WHERE aggregate_type = w.type AND aggregate_id = w.id AND sequence > coalesce(w.version, 0)
        ORDER BY sequence) AS e";

/// Most streams of one query.
const GROUP: usize = 500;

impl Readers {
    /// One stream from its beginning, through `postgres-es`.
    pub(crate) async fn whole_stream(
        &self,
        stream: &StreamName,
    ) -> Result<Vec<StreamEvent>, LogError> {
        let repository = PostgresEventRepository::new(self.pool.clone())
            .with_tables(&streams_of(&stream.aggregate_type), "snapshots");
        let mut attempts = self.pool.options().get_max_connections() + 1;
        let events = loop {
            // `postgres-es` panics on a row that it cannot convert.
            let loading = repository.get_events::<OneStream>(&stream.aggregate_id);
            match AssertUnwindSafe(loading).catch_unwind().await {
                Err(_) => {
                    let reason = format!("an event of {stream} cannot be read by postgres-es");
                    return Err(LogError::Corrupt { reason });
                }
                Ok(Err(PersistenceError::ConnectionError(_))) if attempts > 1 => attempts -= 1,
                Ok(answer) => break answer.map_err(|error| of_library(&error))?,
            }
        };
        let events: Vec<StreamEvent> = events
            .into_iter()
            .map(stream_event)
            .collect::<Result<_, _>>()?;
        in_order(std::iter::once(&events))?;
        Ok(events)
    }

    /// The tails of streams in one round trip a [`GROUP`].
    pub(crate) async fn tails(
        &self,
        wanted: &[StreamAfter],
    ) -> Result<Vec<Vec<StreamEvent>>, LogError> {
        let mut tails = Vec::with_capacity(wanted.len());
        for group in wanted.chunks(GROUP) {
            tails.extend(self.group_of_tails(group).await?);
        }
        Ok(tails)
    }

    async fn group_of_tails(
        &self,
        wanted: &[StreamAfter],
    ) -> Result<Vec<Vec<StreamEvent>>, LogError> {
        let types: Vec<&str> = wanted
            .iter()
            .map(|each| &*each.stream.aggregate_type)
            .collect();
        let ids: Vec<&str> = wanted
            .iter()
            .map(|each| &*each.stream.aggregate_id)
            .collect();
        let afters: Vec<i64> = wanted.iter().map(|each| bigint(each.after)).collect();
        let rows = self
            .read(|pool| {
                let (types, ids, afters) = (&types, &ids, &afters);
                async move {
                    sqlx::query(
                        "SELECT t.n, e.sequence, e.event_type, e.event_version, e.payload
                         FROM unnest($1::text[], $2::text[], $3::bigint[]) WITH ORDINALITY AS t (type, id, after, n)
                         CROSS JOIN LATERAL (
                             SELECT sequence, event_type, event_version, payload FROM events
                             WHERE aggregate_type = t.type AND aggregate_id = t.id AND sequence > t.after
                             ORDER BY sequence) AS e",
                    )
                    .bind(types)
                    .bind(ids)
                    .bind(afters)
                    .fetch_all(&pool)
                    .await
                }
            })
            .await?;
        let mut tails = vec![Vec::new(); wanted.len()];
        for row in &rows {
            let (place, event) = tail_row(row).map_err(classify)?;
            if let Some(tail) = tails.get_mut(place) {
                tail.push(event);
            }
        }
        in_order(tails.iter())?;
        Ok(tails)
    }

    /// Snapshots and tails of streams in one round trip a [`GROUP`].
    pub(crate) async fn restore(
        &self,
        wanted: &[StreamToRestore],
    ) -> Result<Vec<StoredStream>, LogError> {
        let mut stored = Vec::with_capacity(wanted.len());
        for group in wanted.chunks(GROUP) {
            stored.extend(self.group_to_restore(group).await?);
        }
        Ok(stored)
    }

    async fn group_to_restore(
        &self,
        wanted: &[StreamToRestore],
    ) -> Result<Vec<StoredStream>, LogError> {
        let names = Wanted {
            types: wanted
                .iter()
                .map(|each| &*each.stream.aggregate_type)
                .collect(),
            ids: wanted
                .iter()
                .map(|each| &*each.stream.aggregate_id)
                .collect(),
            schemas: wanted.iter().map(|each| each.schema).collect(),
        };
        let rows = self.lanes.fetch(RESTORE, &names).await?;
        let mut stored = vec![StoredStream::default(); wanted.len()];
        for row in &rows {
            take_row(row, wanted, &mut stored).map_err(classify)?;
        }
        in_order(stored.iter().map(|entry| &entry.tail))?;
        Ok(stored)
    }
}

/// `postgres-es` takes the aggregate type from a constant of a Rust type, and the log knows it only as a value: so the
/// library asks a table of the streams of that type, which the planner resolves to the same search of the same index.
fn streams_of(aggregate_type: &str) -> String {
    let quoted = aggregate_type.replace('\'', "''");
    format!(
        "(SELECT '{}' AS aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata \
         FROM events WHERE aggregate_type = '{quoted}') AS streams",
        OneStream::TYPE
    )
}

fn take_row(
    row: &PgRow,
    wanted: &[StreamToRestore],
    stored: &mut [StoredStream],
) -> Result<(), sqlx::Error> {
    let place = place(row)?;
    let (Some(each), Some(entry)) = (wanted.get(place), stored.get_mut(place)) else {
        return Ok(());
    };
    if row.try_get::<Option<&str>, _>(2)?.is_some() {
        entry.tail.push(tail_row(row)?.1);
    } else {
        entry.snapshot = Some(Snapshot {
            stream: each.stream.clone(),
            version: counted(row.try_get(1)?),
            schema: each.schema.to_owned(),
            state: row.try_get::<JsonText<String>, _>(4)?.0,
        });
    }
    Ok(())
}

fn tail_row(row: &PgRow) -> Result<(usize, StreamEvent), sqlx::Error> {
    let version: &str = row.try_get(3)?;
    let event = StreamEvent {
        sequence: counted(row.try_get(1)?),
        event_type: row.try_get(2)?,
        event_version: version.parse().map_err(|_| {
            sqlx::Error::Decode(format!("event version `{version}` is not a number").into())
        })?,
        payload: row.try_get::<JsonText<String>, _>(4)?.0,
    };
    Ok((place(row)?, event))
}

/// Which of the streams asked for a row belongs to, from 0.
fn place(row: &PgRow) -> Result<usize, sqlx::Error> {
    let number: i64 = row.try_get(0)?;
    usize::try_from(number - 1).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// The plan keeps each stream's order; should a later server's not, no state may be folded from it.
fn in_order<'a>(tails: impl Iterator<Item = &'a Vec<StreamEvent>>) -> Result<(), LogError> {
    for tail in tails {
        for (former, latter) in tail.iter().zip(tail.iter().skip(1)) {
            if latter.sequence != former.sequence + 1 {
                let reason = format!(
                    "a stream in table events goes from sequence {} to {}",
                    former.sequence, latter.sequence
                );
                return Err(LogError::Corrupt { reason });
            }
        }
    }
    Ok(())
}

fn stream_event(event: SerializedEvent) -> Result<StreamEvent, LogError> {
    Ok(StreamEvent {
        sequence: event.sequence as u64,
        event_version: event.event_version.parse().map_err(|_| LogError::Corrupt {
            reason: format!(
                "event version `{}` of {} is not a number",
                event.event_version, event.aggregate_id
            ),
        })?,
        event_type: event.event_type,
        payload: event.payload.to_string(),
    })
}

/// `postgres-es` sorts pool time-outs and shutdowns under `UnknownError`: what it does not call unreadable is worth
/// another try.
fn of_library(error: &PersistenceError) -> LogError {
    let reason = error.to_string();
    match error {
        PersistenceError::DeserializationError(_) => LogError::Corrupt { reason },
        _ => LogError::Transient { reason },
    }
}
