//! A migrated database of one's own, and the log over it.

use std::sync::Arc;

use accession_event_log::{
    EventLog, LogStore, PostgresLog, PostgresOptions, WriterOptions, migrate,
};
use accession_testkit::{FreshDatabase, Stores, fresh_database};

/// What `append_events` takes first.
pub(crate) const APPEND_LOCK: &str = "SELECT pg_advisory_xact_lock(4702111234474983745)";

pub(crate) struct Ground {
    pub(crate) database: FreshDatabase,
    pub(crate) store: Arc<PostgresLog>,
    pub(crate) log: EventLog,
}

pub(crate) async fn ground() -> Ground {
    ground_with(WriterOptions::default()).await
}

pub(crate) async fn ground_with(options: WriterOptions) -> Ground {
    let database = fresh_database(&Stores::shared().postgres_url).await;
    migrate::migrate(database.url()).await.unwrap();
    let store = Arc::new(
        PostgresLog::connect(database.url(), PostgresOptions::default())
            .await
            .unwrap(),
    );
    let log = EventLog::start(Arc::clone(&store) as Arc<dyn LogStore>, options);
    Ground {
        database,
        store,
        log,
    }
}

impl Ground {
    /// A connection of the superuser, for looking under the hood.
    pub(crate) async fn raw(&self) -> sqlx::PgPool {
        sqlx::PgPool::connect(self.database.url()).await.unwrap()
    }

    /// The server's port, for a proxy.
    pub(crate) fn server_port(&self) -> u16 {
        let (_, rest) = self.database.url().rsplit_once(':').unwrap();
        rest.split('/').next().unwrap().parse().unwrap()
    }
}
