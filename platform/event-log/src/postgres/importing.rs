//! A whole log written as it was exported, into Postgres: under the lock of the appends, numbered as it comes.
//!
//! It never writes into a log that holds anything else.

use accession_transparency::{Column, Hash, StoredEvent};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row as _};
use uuid::Uuid;

use super::columns::{JsonText, Micros, bigint, counted};
use super::fault::classify;
use super::reading::Readers;
use crate::error::LogError;
use crate::seal::LogImport;

pub(super) async fn stored(
    readers: &Readers,
    after: u64,
    limit: usize,
) -> Result<Vec<StoredEvent>, LogError> {
    let rows = readers
        .read(|pool| async move {
            sqlx::query(super::reading::FEED)
                .bind(bigint(after))
                .bind(bigint(limit))
                .fetch_all(&pool)
                .await
        })
        .await?;
    rows.iter()
        .map(event)
        .collect::<Result<_, _>>()
        .map_err(classify)
}

fn event(row: &PgRow) -> Result<StoredEvent, sqlx::Error> {
    let id: Uuid = row.try_get(4)?;
    Ok(StoredEvent::new(
        row.try_get(0)?,
        row.try_get(3)?,
        row.try_get::<Micros, _>(9)?.0,
        [
            id.as_bytes(),
            row.try_get::<&str, _>(1)?.as_bytes(),
            row.try_get::<&str, _>(2)?.as_bytes(),
            row.try_get::<&str, _>(5)?.as_bytes(),
            row.try_get::<&str, _>(6)?.as_bytes(),
            row.try_get::<JsonText<&str>, _>(7)?.0.as_bytes(),
            row.try_get::<JsonText<&str>, _>(8)?.0.as_bytes(),
        ],
    ))
}

pub(super) async fn import(readers: &Readers) -> Result<Option<LogImport>, LogError> {
    let row = readers
        .read(|pool| async move { sqlx::query(NEWEST).fetch_optional(&pool).await })
        .await?;
    row.as_ref().map(noted).transpose()
}

/// At most one import is ever noted: a second one would find the log not empty.
const NEWEST: &str =
    "SELECT root, size, finished_at IS NOT NULL AS finished FROM log_imports LIMIT 1";

fn noted(row: &PgRow) -> Result<LogImport, LogError> {
    let root: &str = row.try_get("root").map_err(classify)?;
    Ok(LogImport {
        root: Hash::from_base64(root).ok_or_else(|| LogError::Corrupt {
            reason: format!("log_imports: `{root}` is not a hash"),
        })?,
        size: counted(row.try_get("size").map_err(classify)?),
        finished: row.try_get("finished").map_err(classify)?,
    })
}

pub(super) async fn begin(readers: &Readers, root: Hash, size: u64) -> Result<u64, LogError> {
    let mut transaction = readers.pool.begin().await.map_err(classify)?;
    let head = locked_head(&mut transaction).await?;
    let noted = sqlx::query(NEWEST)
        .fetch_optional(&mut *transaction)
        .await
        .map_err(classify)?
        .as_ref()
        .map(noted)
        .transpose()?;
    if noted.is_none() {
        crate::seal::only_into_an_empty_log(head)?;
        sqlx::query("INSERT INTO log_imports (root, size) VALUES ($1, $2)")
            .bind(root.to_string())
            .bind(bigint(size))
            .execute(&mut *transaction)
            .await
            .map_err(classify)?;
    } else if let Some(noted) = noted {
        noted.may_go_on(root)?;
    }
    transaction.commit().await.map_err(classify)?;
    Ok(head)
}

pub(super) async fn add(
    readers: &Readers,
    after: u64,
    events: &[StoredEvent],
) -> Result<(), LogError> {
    let mut transaction = readers.pool.begin().await.map_err(classify)?;
    let head = locked_head(&mut transaction).await?;
    crate::seal::still_where_it_was(head, after)?;
    insert(&mut transaction, events).await.map_err(classify)?;
    transaction.commit().await.map_err(classify)
}

pub(super) async fn finish(readers: &Readers, root: Hash) -> Result<(), LogError> {
    readers
        .read(|pool| async move {
            sqlx::query("UPDATE log_imports SET finished_at = now() WHERE root = $1")
                .bind(root.to_string())
                .execute(&pool)
                .await
        })
        .await
        .map(|_| ())
}

async fn locked_head(connection: &mut PgConnection) -> Result<u64, LogError> {
    sqlx::query("SELECT pg_advisory_xact_lock(4702111234474983745)")
        .execute(&mut *connection)
        .await
        .map_err(classify)?;
    let head: Option<i64> = sqlx::query_scalar("SELECT max(position) FROM events")
        .fetch_one(connection)
        .await
        .map_err(classify)?;
    Ok(head.map_or(0, counted))
}

/// One statement a batch. The time is added to the epoch, because a fraction of seconds would be rounded.
const INSERT: &str = "INSERT INTO events (position, aggregate_type, aggregate_id, sequence, event_id, event_type,
                                          event_version, payload, metadata, recorded_at)
    SELECT t.position, t.type, t.id, t.sequence, t.event_id, t.event_type, t.version, t.payload::json, t.metadata::json,
           timestamptz '1970-01-01T00:00:00Z' + t.micros * interval '1 microsecond'
    FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::uuid[], $6::text[], $7::text[], $8::text[],
                $9::text[], $10::bigint[])
         AS t (position, type, id, sequence, event_id, event_type, version, payload, metadata, micros)";

async fn insert(connection: &mut PgConnection, events: &[StoredEvent]) -> Result<(), sqlx::Error> {
    let number = |of: fn(&StoredEvent) -> i64| -> Vec<i64> { events.iter().map(of).collect() };
    let text = |column: Column| -> Vec<String> {
        events
            .iter()
            .map(|event| event.text(column).into_owned())
            .collect()
    };
    let ids: Vec<Uuid> = events
        .iter()
        .map(|event| Uuid::from_slice(event.column(Column::EventId)).unwrap_or_default())
        .collect();
    sqlx::query(INSERT)
        .bind(number(|event| event.position))
        .bind(text(Column::AggregateType))
        .bind(text(Column::AggregateId))
        .bind(number(|event| event.sequence))
        .bind(ids)
        .bind(text(Column::EventType))
        .bind(text(Column::EventVersion))
        .bind(text(Column::Payload))
        .bind(text(Column::Metadata))
        .bind(number(|event| event.recorded_at))
        .execute(connection)
        .await
        .map(|_| ())
}
