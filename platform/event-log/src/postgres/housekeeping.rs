//! What is written beside the log: snapshots, which are disposable, and the end of old idempotency keys.
//!
//! Nothing here touches the table `events`.

use super::reading::Readers;
use crate::error::LogError;
use crate::store::Snapshot;

/// Keys deleted in one transaction, so that the purge never holds many row locks.
const PURGE_STEP: i64 = 10_000;

impl Readers {
    pub(crate) async fn save_snapshot(&self, snapshot: &Snapshot) -> Result<(), LogError> {
        self.read(|pool| async move {
            sqlx::query(
                "INSERT INTO snapshots AS s (aggregate_type, aggregate_id, schema, version, state)
                 VALUES ($1, $2, $3, $4, $5::text::json)
                 ON CONFLICT (aggregate_type, aggregate_id, schema)
                 DO UPDATE SET version = excluded.version, state = excluded.state, saved_at = excluded.saved_at
                 WHERE s.version < excluded.version",
            )
            .bind(&*snapshot.stream.aggregate_type)
            .bind(&*snapshot.stream.aggregate_id)
            .bind(&snapshot.schema)
            .bind(snapshot.version as i64)
            .bind(&snapshot.state)
            .execute(&pool)
            .await
        })
        .await
        .map(|_| ())
    }

    pub(crate) async fn purge_idempotency(&self) -> Result<u64, LogError> {
        let mut purged = 0;
        loop {
            let step = self
                .read(|pool| async move {
                    sqlx::query(
                        "DELETE FROM idempotency_keys WHERE (scope, key) IN (
                             SELECT scope, key FROM idempotency_keys
                             WHERE created_at < now() - interval '7 days' LIMIT $1)",
                    )
                    .bind(PURGE_STEP)
                    .execute(&pool)
                    .await
                })
                .await?
                .rows_affected();
            purged += step;
            if step < PURGE_STEP as u64 {
                return Ok(purged);
            }
        }
    }
}
