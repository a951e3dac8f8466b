//! Looks for events by what is recorded about them, along the index on positions.
//!
//! Never over more than a stretch of the log in one query.

use accession_events::Position;

use super::columns::bigint;
use super::reading::{Readers, recorded};
use crate::error::LogError;
use crate::search::{EventFilter, Found, STRETCH};

impl Readers {
    pub(crate) async fn search(
        &self,
        filter: &EventFilter,
        after: Position,
        up_to: Position,
        limit: usize,
    ) -> Result<Found, LogError> {
        let end = up_to.get().min(after.get().saturating_add(STRETCH));
        let stream = filter.stream.as_ref();
        let rows = self
            .read(|pool| async move {
                sqlx::query(
                    "SELECT position, aggregate_type, aggregate_id, sequence, event_id, event_type, event_version,
                            payload, metadata, recorded_at
                     FROM events
                     WHERE position > $1 AND position <= $2
                       AND ($4::text IS NULL OR aggregate_type = $4)
                       AND ($5::text IS NULL OR aggregate_id = $5)
                       AND ($6::text IS NULL OR aggregate_type = $6)
                       AND (cardinality($7::text[]) = 0 OR event_type = ANY ($7))
                       AND ($8::text IS NULL OR metadata ->> 'actor' = $8)
                       AND ($9::text IS NULL OR metadata ->> 'import_run' = $9 OR aggregate_id = $9)
                       AND ($10::text IS NULL OR metadata ->> 'correlation' = $10)
                       AND ($11::text IS NULL OR aggregate_id = $11 OR strpos(payload::text, $11) > 0)
                     ORDER BY position LIMIT $3",
                )
                .bind(bigint(after.get()))
                .bind(bigint(end))
                .bind(bigint(limit))
                .bind(stream.map(|stream| &*stream.aggregate_type))
                .bind(stream.map(|stream| &*stream.aggregate_id))
                .bind(filter.aggregate_type.as_deref())
                .bind(&filter.event_types)
                .bind(filter.actor.as_deref())
                .bind(filter.import_run.as_deref())
                .bind(filter.correlation.as_deref())
                .bind(filter.mentions.as_deref())
                .fetch_all(&pool)
                .await
            })
            .await?;
        Ok(Found::within(recorded(&rows)?, end, limit))
    }
}
