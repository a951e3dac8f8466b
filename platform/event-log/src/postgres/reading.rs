//! Reads of the log: the feed, streams with all that is recorded, claims, stored answers, snapshots.
//!
//! Every query is a look-up by key, paged; none takes a lock or holds a transaction over two round trips.

use std::future::Future;

use accession_events::ids::EventId;
use accession_events::{ClaimKey, Position, RecordedEvent, StreamName};
use jiff::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};
use uuid::Uuid;

use super::columns::{Instant, JsonText, bigint, counted, position};
use super::fault::{classify, is_broken_connection};
use super::lanes::Lanes;
use crate::append::StoredResponse;
use crate::error::LogError;
use crate::store::Snapshot;

/// Events after a position, at most so many.
pub(super) const FEED: &str =
    "SELECT position, aggregate_type, aggregate_id, sequence, event_id, event_type, event_version,
            payload, metadata, recorded_at
     FROM events WHERE position > $1 ORDER BY position LIMIT $2";

/// Connections that read.
pub(crate) struct Readers {
    pub(crate) pool: PgPool,
    pub(crate) lanes: Lanes,
}

impl Readers {
    /// Runs a read; tries again on the next connection as long as it meets ones that broke while they lay idle.
    pub(crate) async fn read<T, F>(&self, run: impl Fn(PgPool) -> F) -> Result<T, LogError>
    where
        F: Future<Output = Result<T, sqlx::Error>>,
    {
        let mut attempts = self.pool.options().get_max_connections() + 1;
        loop {
            match run(self.pool.clone()).await {
                Err(error) if attempts > 1 && is_broken_connection(&error) => attempts -= 1,
                answer => return answer.map_err(classify),
            }
        }
    }

    pub(crate) async fn head(&self) -> Result<Position, LogError> {
        let head: Option<i64> = self
            .read(|pool| async move {
                sqlx::query_scalar("SELECT max(position) FROM events")
                    .fetch_one(&pool)
                    .await
            })
            .await?;
        Ok(position(head.unwrap_or_default()))
    }

    pub(crate) async fn feed(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        let rows = self
            .read(|pool| async move {
                sqlx::query(FEED)
                    .bind(bigint(after.get()))
                    .bind(bigint(limit))
                    .fetch_all(&pool)
                    .await
            })
            .await?;
        let events = recorded(&rows)?;
        for (event, due) in events.iter().zip(after.get() + 1..) {
            if event.position.get() != due {
                let reason = format!(
                    "table events has no position {due}: the next one is {}",
                    event.position
                );
                return Err(LogError::Corrupt { reason });
            }
        }
        Ok(events)
    }

    pub(crate) async fn stream(
        &self,
        stream: &StreamName,
        after: u64,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        let rows = self
            .read(|pool| async move {
                sqlx::query(
                    "SELECT position, aggregate_type, aggregate_id, sequence, event_id, event_type, event_version,
                            payload, metadata, recorded_at
                     FROM events WHERE aggregate_type = $1 AND aggregate_id = $2 AND sequence > $3
                     ORDER BY sequence LIMIT $4",
                )
                .bind(&*stream.aggregate_type)
                .bind(&*stream.aggregate_id)
                .bind(bigint(after))
                .bind(bigint(limit))
                .fetch_all(&pool)
                .await
            })
            .await?;
        recorded(&rows)
    }

    pub(crate) async fn claim_owners(
        &self,
        keys: &[ClaimKey],
    ) -> Result<Vec<Option<String>>, LogError> {
        let kinds: Vec<&str> = keys.iter().map(|key| key.kind.as_str()).collect();
        let values: Vec<&str> = keys.iter().map(|key| &*key.value).collect();
        self.read(|pool| {
            let (kinds, values) = (&kinds, &values);
            async move {
                sqlx::query_scalar(
                    "SELECT c.owner FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t (kind, value, n)
                     LEFT JOIN claims c ON c.kind = t.kind AND c.value = t.value ORDER BY t.n",
                )
                .bind(kinds)
                .bind(values)
                .fetch_all(&pool)
                .await
            }
        })
        .await
    }

    pub(crate) async fn find_events(
        &self,
        ids: &[EventId],
    ) -> Result<Vec<Option<Position>>, LogError> {
        let ids: Vec<Uuid> = ids.iter().map(EventId::as_uuid).collect();
        let found: Vec<Option<i64>> = self
            .read(|pool| {
                let ids = &ids;
                async move {
                    sqlx::query_scalar(
                        "SELECT e.position FROM unnest($1) WITH ORDINALITY AS t (id, n)
                         LEFT JOIN events e ON e.event_id = t.id ORDER BY t.n",
                    )
                    .bind(ids)
                    .fetch_all(&pool)
                    .await
                }
            })
            .await?;
        Ok(found.into_iter().map(|found| found.map(position)).collect())
    }

    pub(crate) async fn stored_response(
        &self,
        scope: &str,
        key: &str,
    ) -> Result<Option<StoredResponse>, LogError> {
        let row = self
            .read(|pool| async move {
                sqlx::query(
                    "SELECT fingerprint, response, position FROM idempotency_keys
                     WHERE scope = $1 AND key = $2 AND created_at >= now() - interval '7 days'",
                )
                .bind(scope)
                .bind(key)
                .fetch_optional(&pool)
                .await
            })
            .await?;
        row.map(|row| {
            Ok(StoredResponse {
                fingerprint: row.try_get("fingerprint")?,
                response: row.try_get("response")?,
                position: position(row.try_get("position")?),
            })
        })
        .transpose()
        .map_err(classify)
    }

    pub(crate) async fn position_at(&self, time: Timestamp) -> Result<Position, LogError> {
        let found: i64 = self
            .read(|pool| async move {
                sqlx::query_scalar("SELECT position_at($1)")
                    .bind(Instant(time))
                    .fetch_one(&pool)
                    .await
            })
            .await?;
        Ok(position(found))
    }

    pub(crate) async fn snapshots(
        &self,
        streams: &[StreamName],
        schema: &str,
    ) -> Result<Vec<Option<Snapshot>>, LogError> {
        let types: Vec<&str> = streams
            .iter()
            .map(|stream| &*stream.aggregate_type)
            .collect();
        let ids: Vec<&str> = streams.iter().map(|stream| &*stream.aggregate_id).collect();
        let rows = self
            .read(|pool| {
                let (types, ids) = (&types, &ids);
                async move {
                    sqlx::query(
                        "SELECT s.version, s.state FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t (type, id, n)
                         LEFT JOIN snapshots s ON s.aggregate_type = t.type AND s.aggregate_id = t.id AND s.schema = $3
                         ORDER BY t.n",
                    )
                    .bind(types)
                    .bind(ids)
                    .bind(schema)
                    .fetch_all(&pool)
                    .await
                }
            })
            .await?;
        streams
            .iter()
            .zip(&rows)
            .map(|(stream, row)| snapshot(stream, schema, row))
            .collect::<Result<_, _>>()
            .map_err(classify)
    }
}

fn snapshot(
    stream: &StreamName,
    schema: &str,
    row: &PgRow,
) -> Result<Option<Snapshot>, sqlx::Error> {
    let (Some(version), Some(JsonText(state))) = (
        row.try_get::<Option<i64>, _>("version")?,
        row.try_get::<Option<JsonText<String>>, _>("state")?,
    ) else {
        return Ok(None);
    };
    Ok(Some(Snapshot {
        stream: stream.clone(),
        version: counted(version),
        schema: schema.to_owned(),
        state,
    }))
}

pub(super) fn recorded(rows: &[PgRow]) -> Result<Vec<RecordedEvent>, LogError> {
    rows.iter()
        .map(event)
        .collect::<Result<_, _>>()
        .map_err(classify)
}

/// Columns by place: a replay reads millions of rows.
fn event(row: &PgRow) -> Result<RecordedEvent, sqlx::Error> {
    let version: &str = row.try_get(6)?;
    Ok(RecordedEvent {
        position: position(row.try_get(0)?),
        stream: StreamName {
            aggregate_type: row.try_get::<&str, _>(1)?.into(),
            aggregate_id: row.try_get::<&str, _>(2)?.into(),
        },
        sequence: counted(row.try_get(3)?),
        event_id: EventId::new(row.try_get(4)?),
        event_type: row.try_get::<&str, _>(5)?.into(),
        event_version: version.parse().map_err(|_| {
            sqlx::Error::Decode(format!("event version `{version}` is not a number").into())
        })?,
        payload: row.try_get::<JsonText<_>, _>(7)?.0,
        metadata: row.try_get::<JsonText<_>, _>(8)?.0,
        recorded_at: row.try_get::<Instant, _>(9)?.0,
    })
}
