//! Password hashes in the private file of an embedded server.
//!
//! What is forgotten is overwritten in the file: it is opened with `secure_delete`.

use accession_events::ids::{AccountId, PasswordId};
use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::SqlitePool;

use super::{KeptPassword, PasswordStore};
use crate::error::{During, SecretsError};

pub(super) struct SqlitePasswords(pub(super) SqlitePool);

#[async_trait]
impl PasswordStore for SqlitePasswords {
    async fn keep(
        &self,
        id: PasswordId,
        password: &KeptPassword,
        at: Timestamp,
    ) -> Result<(), SecretsError> {
        sqlx::query(
            "INSERT INTO passwords (password_id, account_id, hash, created_at) VALUES (?1, ?2, ?3, ?4)",
        )
        .bind(id.to_string())
        .bind(password.account.to_string())
        .bind(&password.hash)
        .bind(at.as_microsecond())
        .execute(&self.0)
        .await
        .during("keeping a password")?;
        Ok(())
    }

    async fn find(&self, id: PasswordId) -> Result<Option<KeptPassword>, SecretsError> {
        let row: Option<(String, String)> =
            sqlx::query_as("SELECT account_id, hash FROM passwords WHERE password_id = ?1")
                .bind(id.to_string())
                .fetch_optional(&self.0)
                .await
                .during("looking up a password")?;
        row.map(|(account, hash)| {
            let account = account.parse().map_err(|_| SecretsError::Unusable {
                reason: format!("password {id} names no account: restore their file from a backup"),
            })?;
            Ok(KeptPassword { account, hash })
        })
        .transpose()
    }

    async fn rehash(&self, id: PasswordId, former: &str, hash: &str) -> Result<bool, SecretsError> {
        let done =
            sqlx::query("UPDATE passwords SET hash = ?3 WHERE password_id = ?1 AND hash = ?2")
                .bind(id.to_string())
                .bind(former)
                .bind(hash)
                .execute(&self.0)
                .await
                .during("replacing a password's hash")?;
        Ok(done.rows_affected() > 0)
    }

    async fn forget(&self, id: PasswordId) -> Result<(), SecretsError> {
        sqlx::query("DELETE FROM passwords WHERE password_id = ?1")
            .bind(id.to_string())
            .execute(&self.0)
            .await
            .during("forgetting a password")?;
        Ok(())
    }

    async fn forget_account(&self, account: AccountId) -> Result<u64, SecretsError> {
        let done = sqlx::query("DELETE FROM passwords WHERE account_id = ?1")
            .bind(account.to_string())
            .execute(&self.0)
            .await
            .during("forgetting the passwords of an account")?;
        Ok(done.rows_affected())
    }
}
