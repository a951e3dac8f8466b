//! A log in a Postgres database of its own. The server is shared; nothing here leaves that database.

use std::sync::Arc;
use std::time::Duration;

use accession_event_log::{LogStore, PostgresLog, PostgresOptions, RegisterStore, migrate};
use accession_testkit::{FreshDatabase, Stores, fresh_database};
use async_trait::async_trait;

use crate::subject::Subject;

pub(crate) struct PostgresSubject {
    log: Arc<PostgresLog>,
    // Dropped last, with all that is in it.
    _database: FreshDatabase,
}

impl PostgresSubject {
    pub(crate) async fn fresh() -> Self {
        let database = fresh_database(&Stores::shared().postgres_url).await;
        migrate::migrate(database.url()).await.unwrap();
        let log = PostgresLog::connect(database.url(), PostgresOptions::default())
            .await
            .unwrap();
        Self {
            log: Arc::new(log),
            _database: database,
        }
    }
}

#[async_trait]
impl Subject for PostgresSubject {
    fn log(&self) -> Arc<dyn LogStore> {
        Arc::clone(&self.log) as Arc<dyn LogStore>
    }

    fn register(&self) -> Arc<dyn RegisterStore> {
        Arc::clone(&self.log) as Arc<dyn RegisterStore>
    }

    async fn age_keys(&self, by: Duration) {
        let seconds = by.as_secs_f64();
        sqlx::query(
            "UPDATE idempotency_keys SET created_at = created_at - make_interval(secs => $1)",
        )
        .bind(seconds)
        .execute(self.log.pool())
        .await
        .unwrap();
    }

    fn vandalism(&self) -> &'static [&'static str] {
        &[
            "UPDATE events SET payload = '{}'",
            "UPDATE events SET position = position + 1000",
            "DELETE FROM events WHERE position = 1",
            "DELETE FROM events",
            "TRUNCATE events",
            "TRUNCATE events, claims",
            "SET session_replication_role = replica; DELETE FROM events",
            "MERGE INTO events e USING (SELECT 1 AS position) AS one ON e.position = one.position \
             WHEN MATCHED THEN DELETE",
            "INSERT INTO events SELECT * FROM events WHERE position = 1 \
             ON CONFLICT (position) DO UPDATE SET payload = '{}'",
        ]
    }

    async fn run_as_owner(&self, statement: &'static str) -> Result<(), String> {
        sqlx::raw_sql(statement)
            .execute(self.log.pool())
            .await
            .map(|_| ())
            .map_err(|error| error.to_string())
    }
}
