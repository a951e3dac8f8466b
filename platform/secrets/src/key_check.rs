//! Recognises a wrong root key at the start, before anything is sealed under it.
//!
//! What is stored for it is derived one way: the key cannot be found from it.

use crate::database::PrivateDatabase;
use crate::error::{During, SecretsError};
use crate::root_key::{Purpose, RootKey};

/// Compares the key with the one that the tables were begun with; the first key of all is noted.
pub async fn check_root_key(database: &PrivateDatabase, key: &RootKey) -> Result<(), SecretsError> {
    let value = key.derive(Purpose::KeyCheck);
    let kept = match database {
        PrivateDatabase::Postgres(pool) => postgres(pool, &value).await,
        PrivateDatabase::Sqlite(pool) => sqlite(pool, &value).await,
    };
    let kept = kept.during("checking the root key")?;
    if kept == value {
        Ok(())
    } else {
        Err(SecretsError::WrongRootKey)
    }
}

async fn postgres(pool: &sqlx::PgPool, value: &[u8]) -> Result<Vec<u8>, sqlx::Error> {
    sqlx::query(
        "INSERT INTO root_key_check (single, value) VALUES (true, $1) ON CONFLICT DO NOTHING",
    )
    .bind(value)
    .execute(pool)
    .await?;
    sqlx::query_scalar("SELECT value FROM root_key_check")
        .fetch_one(pool)
        .await
}

async fn sqlite(pool: &sqlx::SqlitePool, value: &[u8]) -> Result<Vec<u8>, sqlx::Error> {
    sqlx::query("INSERT INTO root_key_check (single, value) VALUES (1, ?1) ON CONFLICT DO NOTHING")
        .bind(value)
        .execute(pool)
        .await?;
    sqlx::query_scalar("SELECT value FROM root_key_check")
        .fetch_one(pool)
        .await
}
