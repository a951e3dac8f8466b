//! Attempts in the private file of an embedded server.
//!
//! Never read without being deleted.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::SqlitePool;

use super::{AttemptKey, SignInAttemptStore};
use crate::error::{During, SecretsError};
use crate::steps::{step_of, sweep_sqlite};

pub(super) struct SqliteAttempts(pub(super) SqlitePool);

#[async_trait]
impl SignInAttemptStore for SqliteAttempts {
    async fn keep(
        &self,
        key: AttemptKey,
        contents: &[u8],
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), SecretsError> {
        self.forget_expired(now).await?;
        sqlx::query(
            "INSERT INTO sign_in_attempts (token_hash, browser_hash, contents, expires_at) VALUES (?1, ?2, ?3, ?4)",
        )
        .bind(key.token.as_slice())
        .bind(key.browser.as_slice())
        .bind(contents)
        .bind(expires_at.as_microsecond())
        .execute(&self.0)
        .await
        .during("keeping an attempt to sign in")?;
        Ok(())
    }

    async fn take(&self, key: AttemptKey, now: Timestamp) -> Result<Option<Vec<u8>>, SecretsError> {
        sqlx::query_scalar(
            "DELETE FROM sign_in_attempts WHERE token_hash = ?1 AND browser_hash = ?2 AND expires_at > ?3 \
             RETURNING contents",
        )
        .bind(key.token.as_slice())
        .bind(key.browser.as_slice())
        .bind(now.as_microsecond())
        .fetch_optional(&self.0)
        .await
        .during("taking up an attempt to sign in")
    }

    async fn forget_expired(&self, now: Timestamp) -> Result<u64, SecretsError> {
        let step = step_of!("rowid", "sign_in_attempts", "expires_at <= ?1");
        let swept = sweep_sqlite(&self.0, step, now).await;
        swept.during("forgetting attempts to sign in")
    }
}
