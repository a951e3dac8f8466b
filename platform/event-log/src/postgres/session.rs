//! How this process talks to the server: settings pinned on every connection, and what a server must be to hold a log.
//!
//! A server that could lose what it acknowledged is refused here; nothing later asks again.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Row};

use super::fault::classify;
use crate::error::LogError;

/// Oldest server version that we test with.
const OLDEST_SERVER: i32 = 150_000;

/// Pinned for the life of each connection, at no cost per statement. Durability and isolation are not left to the
/// server's defaults; plans are made once, and for look-ups by key, whatever the statistics say of a table that was
/// empty when the plan was made; nothing may wait or run for ever under the lock.
const PINNED: [(&str, &str); 9] = [
    ("synchronous_commit", "on"),
    ("default_transaction_isolation", r"read\ committed"),
    ("lock_timeout", "5s"),
    ("statement_timeout", "30s"),
    ("idle_in_transaction_session_timeout", "10s"),
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    ("enable_bitmapscan", "off"),
    ("jit", "off"),
];

/// Reads a `postgres://` URL and adds what every connection of the log pins.
pub(crate) fn connect_options(url: &str) -> Result<PgConnectOptions, LogError> {
    let options = PgConnectOptions::from_str(url).map_err(|error| LogError::Permanent {
        reason: format!("the log's address is not a Postgres URL such as postgres://user@host:5432/accession: {error}"),
    })?;
    Ok(options
        .application_name("accession event log")
        .options(PINNED))
}

/// A connection that is held for good by one task, with what is needed to end it from another one.
pub(crate) struct Session {
    pub(crate) connection: PgConnection,
    pub(crate) identity: Identity,
}

/// Tells one server process from all others, also from a later one under the same number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pid: i32,
    started: String,
}

impl Session {
    /// Connects, waiting at most `patience`.
    pub(crate) async fn open(
        options: &PgConnectOptions,
        patience: Duration,
    ) -> Result<Self, LogError> {
        tokio::time::timeout(patience, Self::connect(options))
            .await
            .map_err(|_| LogError::Transient {
                reason: format!("Postgres did not answer within {patience:?}"),
            })?
            .map_err(classify)
    }

    async fn connect(options: &PgConnectOptions) -> Result<Self, sqlx::Error> {
        let mut connection = options.connect().await?;
        let row = sqlx::query(
            "SELECT pid, backend_start::text AS started FROM pg_stat_activity WHERE pid = pg_backend_pid()",
        )
        .fetch_one(&mut connection)
        .await?;
        let identity = Identity {
            pid: row.try_get("pid")?,
            started: row.try_get("started")?,
        };
        Ok(Self {
            connection,
            identity,
        })
    }

    /// Makes sure that the server process behind a lost connection can no longer commit: ends it if it still runs and
    /// tells whether it is gone.
    pub(crate) async fn ended(&mut self, lost: &Identity) -> Result<bool, sqlx::Error> {
        let still_there = sqlx::query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND backend_start::text = $2",
        )
        .bind(lost.pid)
        .bind(&lost.started)
        .fetch_optional(&mut self.connection)
        .await?;
        Ok(still_there.is_none())
    }
}

/// Refuses a server that is too old, that could lose an acknowledged commit, or that is not the primary.
pub(crate) async fn check_server(connection: &mut PgConnection) -> Result<(), LogError> {
    let row = sqlx::query(
        "SELECT current_setting('server_version_num')::int AS version, pg_is_in_recovery() AS replica,
                current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
                current_setting('synchronous_commit') AS synchronous_commit,
                current_setting('transaction_isolation') AS isolation",
    )
    .fetch_one(connection)
    .await
    .map_err(classify)?;
    let version: i32 = row.try_get("version").map_err(classify)?;
    if version < OLDEST_SERVER {
        let reason = format!(
            "Postgres {} is too old: 15 or newer is needed",
            version / 10_000
        );
        return Err(LogError::Permanent { reason });
    }
    if row.try_get("replica").map_err(classify)? {
        let reason =
            "this Postgres is a replica: give the log the address of the primary".to_owned();
        return Err(LogError::Permanent { reason });
    }
    let expected = [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("isolation", "read committed"),
    ];
    for (setting, wanted) in expected {
        let found: String = row.try_get(setting).map_err(classify)?;
        if found != wanted {
            let reason = format!(
                "Postgres runs with {setting}={found}, so it could lose what it acknowledged or misjudge a conflict: \
                 set {setting}={wanted}"
            );
            return Err(LogError::Permanent { reason });
        }
    }
    Ok(())
}
