//! The subjects' keys in the private file of an embedded server.
//!
//! What is destroyed is overwritten in the file, and in its write-ahead log as soon as nobody reads there.

use std::collections::HashMap;

use accession_events::ids::SubjectId;
use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::{QueryBuilder, SqlitePool};

use super::{KeptKey, SubjectKeyStore};
use crate::error::{During, SecretsError};

/// SQLite takes 32,766 variables in a statement.
const AT_ONCE: usize = 5000;

pub(super) struct SqliteSubjectKeys(pub(super) SqlitePool);

#[async_trait]
impl SubjectKeyStore for SqliteSubjectKeys {
    async fn create_or_get(
        &self,
        subject: SubjectId,
        wrapped: &[u8],
    ) -> Result<KeptKey, SecretsError> {
        let doing = "making the key of a person";
        sqlx::query(
            "INSERT INTO subject_keys (subject, wrapped_key) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        )
        .bind(subject.to_string())
        .bind(wrapped)
        .execute(&self.0)
        .await
        .during(doing)?;
        let kept = sqlx::query_scalar("SELECT wrapped_key FROM subject_keys WHERE subject = ?1")
            .bind(subject.to_string())
            .fetch_one(&self.0)
            .await
            .during(doing)?;
        Ok(KeptKey::of(kept))
    }

    async fn get_many(&self, subjects: &[SubjectId]) -> Result<Vec<Option<KeptKey>>, SecretsError> {
        let mut kept: HashMap<String, KeptKey> = HashMap::with_capacity(subjects.len());
        for some in subjects.chunks(AT_ONCE) {
            let mut query = QueryBuilder::new(
                "SELECT subject, wrapped_key FROM subject_keys WHERE subject IN (",
            );
            let mut list = query.separated(", ");
            for subject in some {
                list.push_bind(subject.to_string());
            }
            list.push_unseparated(")");
            let rows: Vec<(String, Option<Vec<u8>>)> = query
                .build_query_as()
                .fetch_all(&self.0)
                .await
                .during("looking up the keys of persons")?;
            kept.extend(
                rows.into_iter()
                    .map(|(id, wrapped)| (id, KeptKey::of(wrapped))),
            );
        }
        let found = subjects
            .iter()
            .map(|subject| kept.get(&subject.to_string()).cloned());
        Ok(found.collect())
    }

    async fn destroy(&self, subject: SubjectId, at: Timestamp) -> Result<bool, SecretsError> {
        let doing = "destroying the key of a person";
        let done = sqlx::query(
            "INSERT INTO subject_keys (subject, destroyed_at) VALUES (?1, ?2) \
             ON CONFLICT (subject) DO UPDATE SET wrapped_key = NULL, destroyed_at = excluded.destroyed_at \
             WHERE subject_keys.destroyed_at IS NULL",
        )
        .bind(subject.to_string())
        .bind(at.as_microsecond())
        .execute(&self.0)
        .await
        .during(doing)?;
        // The key must not stay in the write-ahead log either. A reader in the way only puts it off: the next checkpoint
        // overwrites it.
        sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&self.0)
            .await
            .during(doing)?;
        Ok(done.rows_affected() > 0)
    }
}
