//! Challenges in the private file of an embedded server.
//!
//! Times are microseconds since 1970.

use accession_events::ids::ChallengeId;
use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::SqlitePool;
use uuid::Uuid;

use super::{ChallengePurpose, ChallengeStore, KeptChallenge, TokenHash};
use crate::error::{During, SecretsError};
use crate::steps::{step_of, sweep_sqlite};

pub(super) struct SqliteChallenges(pub(super) SqlitePool);

#[async_trait]
impl ChallengeStore for SqliteChallenges {
    async fn keep(&self, token: &TokenHash, challenge: &KeptChallenge) -> Result<(), SecretsError> {
        sqlx::query(
            "INSERT INTO challenges (token_hash, challenge_id, purpose, about, expires_at) \
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
        )
        .bind(token.as_bytes().as_slice())
        .bind(challenge.id.to_string())
        .bind(challenge.purpose.as_str())
        .bind(challenge.about.to_string())
        .bind(challenge.expires_at.as_microsecond())
        .execute(&self.0)
        .await
        .during("keeping a challenge")?;
        Ok(())
    }

    async fn find(&self, token: &TokenHash) -> Result<Option<KeptChallenge>, SecretsError> {
        let row: Option<(String, String, String, i64)> = sqlx::query_as(
            "SELECT challenge_id, purpose, about, expires_at FROM challenges WHERE token_hash = ?1",
        )
        .bind(token.as_bytes().as_slice())
        .fetch_optional(&self.0)
        .await
        .during("looking up a challenge")?;
        row.map(|(id, purpose, about, expires)| {
            let unusable = || SecretsError::Unusable {
                reason: "a challenge cannot be read: restore their file from a backup".into(),
            };
            Ok(KeptChallenge {
                id: id.parse().map_err(|_| unusable())?,
                purpose: ChallengePurpose::kept(&purpose)?,
                about: about.parse().map_err(|_| unusable())?,
                expires_at: Timestamp::from_microsecond(expires).unwrap_or(Timestamp::MIN),
            })
        })
        .transpose()
    }

    async fn forget(&self, id: ChallengeId) -> Result<(), SecretsError> {
        sqlx::query("DELETE FROM challenges WHERE challenge_id = ?1")
            .bind(id.to_string())
            .execute(&self.0)
            .await
            .during("forgetting a challenge")?;
        Ok(())
    }

    async fn forget_about(&self, about: Uuid) -> Result<u64, SecretsError> {
        let done = sqlx::query("DELETE FROM challenges WHERE about = ?1")
            .bind(about.to_string())
            .execute(&self.0)
            .await
            .during("forgetting challenges")?;
        Ok(done.rows_affected())
    }

    async fn purge(&self, before: Timestamp) -> Result<u64, SecretsError> {
        let step = step_of!("rowid", "challenges", "expires_at < ?1");
        let swept = sweep_sqlite(&self.0, step, before).await;
        swept.during("forgetting old challenges")
    }
}
