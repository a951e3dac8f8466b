//! A lease as a session-level advisory lock on a Postgres connection of its own.
//!
//! It never waits inside a statement: a waiting statement holds a snapshot, and that would keep vacuum from cleaning
//! the whole cluster for as long as another relay lives.

use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};

use super::{Lease, LeaseError};

/// A server that takes longer is taken for gone.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// The advisory lock of one name, unique in a database.
pub struct PostgresLease {
    options: PgConnectOptions,
    key: i64,
    connection: Option<PgConnection>,
}

impl PostgresLease {
    /// A lease called `name` (the name of the stream that is relayed to) in the database at `url`. The connection must
    /// not go through a transaction pooler: session locks do not survive there, which [`Lease::is_held`] notices.
    pub fn new(url: &str, name: &str) -> Result<Self, LeaseError> {
        let options = PgConnectOptions::from_str(url).map_err(|error| LeaseError {
            reason: format!("the log's URL cannot be read: {error}"),
        })?;
        Ok(Self {
            // If this machine vanishes, the server must notice soon, or nobody else can take over.
            options: options.application_name("accession-relay").options([
                ("tcp_keepalives_idle", "5"),
                ("tcp_keepalives_interval", "2"),
                ("tcp_keepalives_count", "3"),
            ]),
            key: key_of(name),
            connection: None,
        })
    }

    async fn ask(&mut self, question: &'static str) -> Result<bool, LeaseError> {
        let Some(connection) = self.connection.as_mut() else {
            return Ok(false);
        };
        let query = sqlx::query_scalar::<_, bool>(question)
            .bind(self.key)
            .fetch_one(connection);
        match within(query).await {
            Ok(answer) => Ok(answer),
            Err(error) => {
                // Whatever happened, the session may be gone and the lock with it: start over.
                self.connection = None;
                Err(error)
            }
        }
    }
}

#[async_trait]
impl Lease for PostgresLease {
    async fn try_acquire(&mut self) -> Result<bool, LeaseError> {
        if self.connection.is_none() {
            self.connection = Some(within(self.options.connect()).await?);
        }
        self.ask("SELECT pg_try_advisory_lock($1)").await
    }

    async fn is_held(&mut self) -> Result<bool, LeaseError> {
        // Asks for this very session's lock: behind a pooler another session would answer, and say no.
        self.ask(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
               AND pid = pg_backend_pid() AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
               AND (classid::bigint << 32 | objid::bigint) = $1)",
        )
        .await
    }

    async fn release(&mut self) {
        // Asked for, because a session that is closed ends in its own time.
        let _ = self.ask("SELECT pg_advisory_unlock($1)").await;
        if let Some(connection) = self.connection.take() {
            let _ = within(connection.close()).await;
        }
    }
}

async fn within<T>(asked: impl Future<Output = sqlx::Result<T>>) -> Result<T, LeaseError> {
    match tokio::time::timeout(ANSWER_WITHIN, asked).await {
        Ok(answer) => answer.map_err(|error| LeaseError {
            reason: error.to_string(),
        }),
        Err(_) => Err(LeaseError {
            reason: format!("Postgres did not answer within {ANSWER_WITHIN:?}"),
        }),
    }
}

/// The same for every version of the server and of ours.
fn key_of(name: &str) -> i64 {
    let text = format!("accession relay {name}");
    crate::bus::checksum(&[text.as_bytes()]).cast_signed()
}
