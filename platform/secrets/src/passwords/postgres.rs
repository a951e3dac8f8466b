//! Password hashes in the table `passwords` beside the log.
//!
//! The table comes with the log's migrations; this never creates or changes it.

use accession_events::ids::{AccountId, PasswordId};
use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::PgPool;
use uuid::Uuid;

use super::{KeptPassword, PasswordStore};
use crate::error::{During, SecretsError};

pub(super) struct PostgresPasswords(pub(super) PgPool);

#[async_trait]
impl PasswordStore for PostgresPasswords {
    async fn keep(
        &self,
        id: PasswordId,
        password: &KeptPassword,
        at: Timestamp,
    ) -> Result<(), SecretsError> {
        sqlx::query(
            "INSERT INTO passwords (password_id, account_id, hash, created_at) \
             VALUES ($1, $2, $3, to_timestamp($4::double precision / 1000000))",
        )
        .bind(id.as_uuid())
        .bind(password.account.as_uuid())
        .bind(&password.hash)
        .bind(at.as_microsecond())
        .execute(&self.0)
        .await
        .during("keeping a password")?;
        Ok(())
    }

    async fn find(&self, id: PasswordId) -> Result<Option<KeptPassword>, SecretsError> {
        let row: Option<(Uuid, String)> =
            sqlx::query_as("SELECT account_id, hash FROM passwords WHERE password_id = $1")
                .bind(id.as_uuid())
                .fetch_optional(&self.0)
                .await
                .during("looking up a password")?;
        Ok(row.map(|(account, hash)| KeptPassword {
            account: AccountId::new(account),
            hash,
        }))
    }

    async fn rehash(&self, id: PasswordId, former: &str, hash: &str) -> Result<bool, SecretsError> {
        let done =
            sqlx::query("UPDATE passwords SET hash = $3 WHERE password_id = $1 AND hash = $2")
                .bind(id.as_uuid())
                .bind(former)
                .bind(hash)
                .execute(&self.0)
                .await
                .during("replacing a password's hash")?;
        Ok(done.rows_affected() > 0)
    }

    async fn forget(&self, id: PasswordId) -> Result<(), SecretsError> {
        sqlx::query("DELETE FROM passwords WHERE password_id = $1")
            .bind(id.as_uuid())
            .execute(&self.0)
            .await
            .during("forgetting a password")?;
        Ok(())
    }

    async fn forget_account(&self, account: AccountId) -> Result<u64, SecretsError> {
        let done = sqlx::query("DELETE FROM passwords WHERE account_id = $1")
            .bind(account.as_uuid())
            .execute(&self.0)
            .await
            .during("forgetting the passwords of an account")?;
        Ok(done.rows_affected())
    }
}
