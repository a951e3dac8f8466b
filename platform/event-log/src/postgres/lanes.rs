//! Connections held for good by the loads of aggregates, the hottest reads there are.
//!
//! The pool tests a connection after each use, which is a second round trip for the server; these are never tested: a
//! load that meets a broken one opens another and asks again. Nothing is written over them.

use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use tokio::sync::{Mutex, MutexGuard};

use super::fault::{classify, is_broken_connection};
use crate::error::LogError;

/// As many as the loader has loads on their way.
const LANES: usize = 2;

/// The streams of one query: types, ids, and the schemas of which snapshots would help.
pub(crate) struct Wanted<'a> {
    pub(crate) types: Vec<&'a str>,
    pub(crate) ids: Vec<&'a str>,
    pub(crate) schemas: Vec<&'a str>,
}

/// The held connections.
pub(crate) struct Lanes {
    options: PgConnectOptions,
    patience: Duration,
    held: [Mutex<Option<PgConnection>>; LANES],
}

impl Lanes {
    pub(crate) fn new(options: PgConnectOptions, patience: Duration) -> Self {
        let held = [Mutex::new(None), Mutex::new(None)];
        Self {
            options,
            patience,
            held,
        }
    }

    /// Runs `sql` with the wanted streams as its three arrays.
    pub(crate) async fn fetch(
        &self,
        sql: &'static str,
        wanted: &Wanted<'_>,
    ) -> Result<Vec<PgRow>, LogError> {
        let mut lane = self.free().await;
        loop {
            // Taken out, so that a caller who stops waiting leaves no half-read answer behind.
            let (mut connection, held) = match lane.take() {
                Some(connection) => (connection, true),
                None => (self.connect().await?, false),
            };
            let query = sqlx::query(sql)
                .bind(&wanted.types)
                .bind(&wanted.ids)
                .bind(&wanted.schemas);
            match query.fetch_all(&mut connection).await {
                Err(error) if held && is_broken_connection(&error) => {}
                answer => {
                    if answer
                        .as_ref()
                        .err()
                        .is_none_or(|error| !is_broken_connection(error))
                    {
                        *lane = Some(connection);
                    }
                    return answer.map_err(classify);
                }
            }
        }
    }

    async fn free(&self) -> MutexGuard<'_, Option<PgConnection>> {
        let [first, second] = &self.held;
        if let Ok(lane) = first.try_lock() {
            return lane;
        }
        second.lock().await
    }

    async fn connect(&self) -> Result<PgConnection, LogError> {
        tokio::time::timeout(self.patience, self.options.connect())
            .await
            .map_err(|_| LogError::Transient {
                reason: format!("Postgres did not answer within {:?}", self.patience),
            })?
            .map_err(classify)
    }
}
