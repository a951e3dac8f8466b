//! The schema of the Postgres log: migrations that are part of this program, each checked by its checksum.
//!
//! Serving never migrates by itself: an operator does, as the owner of the database.

use sqlx::migrate::{Migrate, MigrateError, Migrator};
use sqlx::{ConnectOptions, PgConnection};

use crate::error::LogError;
use crate::postgres::{classify, connect_options};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/postgres");

/// Brings the schema to this program's version; two processes may call it at the same time. Returns how many
/// migrations were applied.
pub async fn migrate(url: &str) -> Result<usize, LogError> {
    let mut connection = connect_options(url)?.connect().await.map_err(classify)?;
    let before = applied(&mut connection).await?.len();
    MIGRATIONS
        .run(&mut connection)
        .await
        .map_err(of_migration)?;
    Ok(applied(&mut connection).await?.len().saturating_sub(before))
}

/// The migrations that this program knows and the database lacks, oldest first, as `<version> <description>`.
pub async fn pending(url: &str) -> Result<Vec<String>, LogError> {
    let mut connection = connect_options(url)?.connect().await.map_err(classify)?;
    let applied = applied(&mut connection).await?;
    Ok(MIGRATIONS
        .iter()
        .filter(|migration| !applied.contains(&migration.version))
        .map(|migration| format!("{:04} {}", migration.version, migration.description))
        .collect())
}

/// Refuses a database that lacks a migration, with a message that says what to do.
pub async fn ensure_migrated(url: &str) -> Result<(), LogError> {
    match pending(url).await?.as_slice() {
        [] => Ok(()),
        missing => Err(LogError::Permanent {
            reason: format!(
                "the database lacks {} migration(s), the first is `{}`: run `accession migrate`",
                missing.len(),
                missing.first().map_or("", String::as_str)
            ),
        }),
    }
}

/// Versions that the database has. Only reads, so that a user without the right to create tables may ask.
async fn applied(connection: &mut PgConnection) -> Result<Vec<i64>, LogError> {
    let any: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await
        .map_err(classify)?;
    if !any {
        return Ok(Vec::new());
    }
    if let Some(version) = connection.dirty_version().await.map_err(of_migration)? {
        return Err(of_migration(MigrateError::Dirty(version)));
    }
    let applied = connection
        .list_applied_migrations()
        .await
        .map_err(of_migration)?;
    for done in &applied {
        let known = MIGRATIONS
            .iter()
            .find(|migration| migration.version == done.version);
        if known.is_some_and(|known| known.checksum != done.checksum) {
            return Err(of_migration(MigrateError::VersionMismatch(done.version)));
        }
    }
    Ok(applied
        .into_iter()
        .map(|migration| migration.version)
        .collect())
}

fn of_migration(error: MigrateError) -> LogError {
    match error {
        MigrateError::Execute(error) => classify(error),
        error => LogError::Permanent {
            reason: format!("the schema cannot be migrated: {error}"),
        },
    }
}
