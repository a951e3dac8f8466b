//! The two databases that every suite runs over.
//!
//! Nothing of one is seen in another: each test has its own.

use accession_event_log::migrate;
use accession_secrets::PrivateDatabase;
use accession_testkit::{FreshDatabase, Stores, fresh_database};
use tempfile::TempDir;

/// A private database of a test, with what must live as long as it.
pub(crate) struct Room {
    pub(crate) database: PrivateDatabase,
    pub(crate) folder: TempDir,
    _postgres: Option<FreshDatabase>,
}

pub(crate) async fn embedded() -> Room {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("private.db");
    let database = PrivateDatabase::open_file(&path).await.unwrap();
    Room {
        database,
        folder,
        _postgres: None,
    }
}

pub(crate) async fn postgres() -> Room {
    let fresh = fresh_database(&Stores::shared().postgres_url).await;
    migrate::migrate(fresh.url()).await.unwrap();
    let database = PrivateDatabase::postgres(fresh.url(), 4).unwrap();
    Room {
        database,
        folder: tempfile::tempdir().unwrap(),
        _postgres: Some(fresh),
    }
}

/// Declares each test of a suite for both databases: data only.
macro_rules! over_both {
    ($($test:ident),* $(,)?) => {
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(crate::room::postgres().await).await;
            })*
        }
        mod in_a_file {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(crate::room::embedded().await).await;
            })*
        }
    };
}

pub(crate) use over_both;
