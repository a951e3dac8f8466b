//! Challenges in the table `challenges` beside the log.
//!
//! The table comes with the log's migrations; this never creates or changes it.

use accession_events::ids::ChallengeId;
use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::PgPool;
use uuid::Uuid;

use super::{ChallengePurpose, ChallengeStore, KeptChallenge, TokenHash};
use crate::error::{During, SecretsError};
use crate::steps::{step_of, sweep_postgres};

pub(super) struct PostgresChallenges(pub(super) PgPool);

#[async_trait]
impl ChallengeStore for PostgresChallenges {
    async fn keep(&self, token: &TokenHash, challenge: &KeptChallenge) -> Result<(), SecretsError> {
        sqlx::query(
            "INSERT INTO challenges (token_hash, challenge_id, purpose, about, expires_at) \
             VALUES ($1, $2, $3, $4, to_timestamp($5::double precision / 1000000)) ON CONFLICT DO NOTHING",
        )
        .bind(token.as_bytes().as_slice())
        .bind(challenge.id.as_uuid())
        .bind(challenge.purpose.as_str())
        .bind(challenge.about)
        .bind(challenge.expires_at.as_microsecond())
        .execute(&self.0)
        .await
        .during("keeping a challenge")?;
        Ok(())
    }

    async fn find(&self, token: &TokenHash) -> Result<Option<KeptChallenge>, SecretsError> {
        let row: Option<(Uuid, String, Uuid, i64)> = sqlx::query_as(
            "SELECT challenge_id, purpose, about, (extract(epoch FROM expires_at) * 1000000)::bigint \
             FROM challenges WHERE token_hash = $1",
        )
        .bind(token.as_bytes().as_slice())
        .fetch_optional(&self.0)
        .await
        .during("looking up a challenge")?;
        row.map(|(id, purpose, about, expires)| {
            Ok(KeptChallenge {
                id: ChallengeId::new(id),
                purpose: ChallengePurpose::kept(&purpose)?,
                about,
                expires_at: Timestamp::from_microsecond(expires).unwrap_or(Timestamp::MIN),
            })
        })
        .transpose()
    }

    async fn forget(&self, id: ChallengeId) -> Result<(), SecretsError> {
        sqlx::query("DELETE FROM challenges WHERE challenge_id = $1")
            .bind(id.as_uuid())
            .execute(&self.0)
            .await
            .during("forgetting a challenge")?;
        Ok(())
    }

    async fn forget_about(&self, about: Uuid) -> Result<u64, SecretsError> {
        let done = sqlx::query("DELETE FROM challenges WHERE about = $1")
            .bind(about)
            .execute(&self.0)
            .await
            .during("forgetting challenges")?;
        Ok(done.rows_affected())
    }

    async fn purge(&self, before: Timestamp) -> Result<u64, SecretsError> {
        let step = step_of!(
            "ctid",
            "challenges",
            "expires_at < to_timestamp($1::double precision / 1000000)"
        );
        let swept = sweep_postgres(&self.0, step, before).await;
        swept.during("forgetting old challenges")
    }
}
