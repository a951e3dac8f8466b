//! The private file: how it is opened, and how its tables come to be.
//!
//! Migrations are told by their numbers; one that comes later than a higher one is applied all the same.

use std::path::Path;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{SqliteConnection, SqlitePool};

use crate::error::{During, SecretsError};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/private-sqlite");

/// One writes at a time anyway; the others read beside it.
const CONNECTIONS: u32 = 4;
/// How long a writer waits for another, such as an operator's command beside the server.
const BUSY: Duration = Duration::from_secs(10);

pub(super) async fn open(path: &Path) -> Result<SqlitePool, SecretsError> {
    make_private(path).during("making their file")?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // What is deleted is overwritten: a destroyed key must not stay in a free page.
        .pragma("secure_delete", "ON")
        .foreign_keys(true);
    let pool = SqlitePoolOptions::new()
        .max_connections(CONNECTIONS)
        .connect_with(options)
        .await
        .during("opening their file")?;
    let mut connection = pool.acquire().await.during("opening their file")?;
    migrate(&mut connection).await?;
    drop(connection);
    Ok(pool)
}

fn make_private(path: &Path) -> Result<(), sqlx::Error> {
    match accession_service::keys::write_private(path, &[]) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map_err(sqlx::Error::Io),
    }
}

/// Applies what is missing. Two processes may do it at the same time: the second finds it done.
async fn migrate(connection: &mut SqliteConnection) -> Result<(), SecretsError> {
    let doing = "bringing their file up to date";
    sqlx::raw_sql(
        "CREATE TABLE IF NOT EXISTS private_migrations (number INTEGER NOT NULL PRIMARY KEY, checksum BLOB NOT NULL) STRICT",
    )
    .execute(&mut *connection)
    .await
    .during(doing)?;
    for migration in MIGRATIONS.iter() {
        run(connection, "BEGIN IMMEDIATE").await?;
        let done = apply(connection, migration).await;
        let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
        let ended = run(connection, end).await;
        done?;
        ended?;
    }
    Ok(())
}

async fn apply(
    connection: &mut SqliteConnection,
    migration: &sqlx::migrate::Migration,
) -> Result<(), SecretsError> {
    let doing = "bringing their file up to date";
    let applied: Option<Vec<u8>> =
        sqlx::query_scalar("SELECT checksum FROM private_migrations WHERE number = ?1")
            .bind(migration.version)
            .fetch_optional(&mut *connection)
            .await
            .during(doing)?;
    match applied {
        Some(checksum) if checksum == *migration.checksum => return Ok(()),
        Some(_) => {
            let number = migration.version;
            return Err(SecretsError::Unusable {
                reason: format!(
                    "migration {number} of their file is not the one of this program: use the program that made the file"
                ),
            });
        }
        None => {}
    }
    run(connection, &migration.sql).await?;
    sqlx::query("INSERT INTO private_migrations (number, checksum) VALUES (?1, ?2)")
        .bind(migration.version)
        .bind(&*migration.checksum)
        .execute(&mut *connection)
        .await
        .during(doing)?;
    Ok(())
}

async fn run(connection: &mut SqliteConnection, statements: &str) -> Result<(), SecretsError> {
    sqlx::raw_sql(statements)
        .execute(connection)
        .await
        .during("bringing their file up to date")?;
    Ok(())
}
