//! The port of the lock-out: how often somebody from one place, or on one known device, was wrong about one account.
//!
//! Never counts over places: who guesses elsewhere locks out nobody here.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use sqlx::{PgPool, SqlitePool};

use crate::database::PrivateDatabase;
use crate::error::{During, SecretsError};
use crate::steps::{step_of, sweep_postgres, sweep_sqlite};

/// Attempts that cost no waiting.
const FREE: i64 = 5;
/// The first wait; each further attempt doubles it, eight times at most (64 minutes).
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(15);
/// After so long without an attempt everything is forgotten.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(24);

/// Digest of an account's blind index and of the place or device that the guesses come from.
pub type GuesserKey = [u8; 32];

/// Where attempts are counted.
#[async_trait]
pub trait GuessStore: Send + Sync + 'static {
    /// Counts an attempt as a wrong one before it is looked at, so that many at once are counted, too. Until when the
    /// guesser has to wait instead, if so; then nothing is counted.
    async fn attempt(
        &self,
        key: &GuesserKey,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, SecretsError>;

    /// The attempt was right: everything is forgotten.
    async fn was_right(&self, key: &GuesserKey) -> Result<(), SecretsError>;

    /// Forgets what is too old to count. How many.
    async fn forget_old(&self, now: Timestamp) -> Result<u64, SecretsError>;
}

/// Guesses in this database.
#[must_use]
pub fn open(database: &PrivateDatabase) -> Arc<dyn GuessStore> {
    match database {
        PrivateDatabase::Postgres(pool) => Arc::new(PostgresGuesses(pool.clone())),
        PrivateDatabase::Sqlite(pool) => Arc::new(SqliteGuesses(pool.clone())),
    }
}

struct PostgresGuesses(PgPool);
struct SqliteGuesses(SqlitePool);

/// The one statement, whose words for "the smaller of two" and for a parameter differ: key, now, when older is forgotten,
/// free attempts, first wait.
macro_rules! attempt {
    ($least:literal, $mark:literal) => {
        concat!(
            "INSERT INTO sign_in_failures (key, failures, last_at, free_at) VALUES (",
            $mark,
            "1, 1, ",
            $mark,
            "2, ",
            $mark,
            "2) ON CONFLICT (key) DO UPDATE SET failures = CASE WHEN sign_in_failures.last_at < ",
            $mark,
            "3 THEN 1 ELSE sign_in_failures.failures + 1 END, last_at = ",
            $mark,
            "2, free_at = CASE WHEN sign_in_failures.last_at < ",
            $mark,
            "3 OR sign_in_failures.failures + 1 < ",
            $mark,
            "4 THEN ",
            $mark,
            "2 ELSE ",
            $mark,
            "2 + ",
            $mark,
            "5 * (1 << CAST(",
            $least,
            "(sign_in_failures.failures + 1 - ",
            $mark,
            "4, 8) AS integer)) END WHERE sign_in_failures.free_at <= ",
            $mark,
            "2"
        )
    };
}

const DOING: &str = "counting attempts to sign in";

/// Implements the port over one kind of database: the statements differ in nothing but the mark of a parameter.
macro_rules! guesses {
    ($store:ident, $least:literal, $mark:literal, $row:literal, $sweep:ident) => {
        #[async_trait]
        impl GuessStore for $store {
            async fn attempt(
                &self,
                key: &GuesserKey,
                now: Timestamp,
            ) -> Result<Option<Timestamp>, SecretsError> {
                let done = sqlx::query(attempt!($least, $mark))
                    .bind(key.as_slice())
                    .bind(now.as_microsecond())
                    .bind((now - FORGOTTEN).as_microsecond())
                    .bind(FREE)
                    .bind(i64::try_from(FIRST_WAIT.as_micros()).unwrap_or(i64::MAX))
                    .execute(&self.0)
                    .await
                    .during(DOING)?;
                if done.rows_affected() > 0 {
                    return Ok(None);
                }
                let free: Option<i64> = sqlx::query_scalar(concat!(
                    "SELECT free_at FROM sign_in_failures WHERE key = ",
                    $mark,
                    "1"
                ))
                .bind(key.as_slice())
                .fetch_optional(&self.0)
                .await
                .during(DOING)?;
                Ok(free.map(|micros| Timestamp::from_microsecond(micros).unwrap_or(now)))
            }

            async fn was_right(&self, key: &GuesserKey) -> Result<(), SecretsError> {
                sqlx::query(concat!(
                    "DELETE FROM sign_in_failures WHERE key = ",
                    $mark,
                    "1"
                ))
                .bind(key.as_slice())
                .execute(&self.0)
                .await
                .during(DOING)?;
                Ok(())
            }

            async fn forget_old(&self, now: Timestamp) -> Result<u64, SecretsError> {
                let step = step_of!($row, "sign_in_failures", "last_at < ", $mark, "1");
                let swept = $sweep(&self.0, step, now - FORGOTTEN).await;
                swept.during(DOING)
            }
        }
    };
}

guesses!(PostgresGuesses, "least", "$", "ctid", sweep_postgres);
guesses!(SqliteGuesses, "min", "?", "rowid", sweep_sqlite);
