//! The subjects' keys in the table `subject_keys` beside the log.
//!
//! The table comes with the log's migrations; this never creates or changes it.

use std::collections::HashMap;

use accession_events::ids::SubjectId;
use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::PgPool;
use uuid::Uuid;

use super::{KeptKey, SubjectKeyStore};
use crate::error::{During, SecretsError};

pub(super) struct PostgresSubjectKeys(pub(super) PgPool);

#[async_trait]
impl SubjectKeyStore for PostgresSubjectKeys {
    async fn create_or_get(
        &self,
        subject: SubjectId,
        wrapped: &[u8],
    ) -> Result<KeptKey, SecretsError> {
        let doing = "making the key of a person";
        sqlx::query(
            "INSERT INTO subject_keys (subject, wrapped_key) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        )
        .bind(subject.as_uuid())
        .bind(wrapped)
        .execute(&self.0)
        .await
        .during(doing)?;
        let kept = sqlx::query_scalar("SELECT wrapped_key FROM subject_keys WHERE subject = $1")
            .bind(subject.as_uuid())
            .fetch_one(&self.0)
            .await
            .during(doing)?;
        Ok(KeptKey::of(kept))
    }

    async fn get_many(&self, subjects: &[SubjectId]) -> Result<Vec<Option<KeptKey>>, SecretsError> {
        let ids: Vec<Uuid> = subjects.iter().map(SubjectId::as_uuid).collect();
        let rows: Vec<(Uuid, Option<Vec<u8>>)> =
            sqlx::query_as("SELECT subject, wrapped_key FROM subject_keys WHERE subject = ANY($1)")
                .bind(&ids)
                .fetch_all(&self.0)
                .await
                .during("looking up the keys of persons")?;
        let kept: HashMap<Uuid, KeptKey> = rows
            .into_iter()
            .map(|(id, wrapped)| (id, KeptKey::of(wrapped)))
            .collect();
        Ok(ids.iter().map(|id| kept.get(id).cloned()).collect())
    }

    async fn destroy(&self, subject: SubjectId, at: Timestamp) -> Result<bool, SecretsError> {
        let done = sqlx::query(
            "INSERT INTO subject_keys (subject, destroyed_at) \
             VALUES ($1, to_timestamp($2::double precision / 1000000)) \
             ON CONFLICT (subject) DO UPDATE SET wrapped_key = NULL, destroyed_at = excluded.destroyed_at \
             WHERE subject_keys.destroyed_at IS NULL",
        )
        .bind(subject.as_uuid())
        .bind(at.as_microsecond())
        .execute(&self.0)
        .await
        .during("destroying the key of a person")?;
        Ok(done.rows_affected() > 0)
    }
}
