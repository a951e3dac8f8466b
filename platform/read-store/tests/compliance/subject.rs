//! The stores under test, each fresh, and the macro that runs a test over all of them.
//! Never shared between two tests: each has a directory or a namespace of its own.

use std::sync::Arc;

use accession_read_store::{EmbeddedOptions, EmbeddedStore, ReadStore, RedisOptions, RedisStore};
use accession_testkit::{Stores, unique_name};
use tempfile::TempDir;

/// A store, and what has to live as long as it.
pub(crate) struct Subject {
    pub(crate) store: Arc<dyn ReadStore>,
    directory: Option<TempDir>,
}

impl std::ops::Deref for Subject {
    type Target = Arc<dyn ReadStore>;

    fn deref(&self) -> &Self::Target {
        &self.store
    }
}

/// An embedded store in a directory of its own.
pub(crate) fn embedded(lanes: u16) -> Subject {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let options = EmbeddedOptions {
        lanes,
        ..EmbeddedOptions::new(directory.path())
    };
    let store = EmbeddedStore::open_with(&options).expect("an embedded store");
    Subject {
        store: Arc::new(store),
        directory: Some(directory),
    }
}

/// A namespace of its own in the shared Redis.
pub(crate) async fn redis(lanes: u16) -> Subject {
    let usual = RedisOptions::new("redis://unused").transactions_from;
    redis_with(lanes, usual).await
}

/// The same, writing every step as a transaction, however small it is.
pub(crate) async fn redis_in_transactions(lanes: u16) -> Subject {
    redis_with(lanes, 0).await
}

async fn redis_with(lanes: u16, transactions_from: usize) -> Subject {
    let options = RedisOptions {
        namespace: unique_name("test"),
        lanes,
        transactions_from,
        ..RedisOptions::new(&Stores::shared().redis_url)
    };
    let store = RedisStore::open(&options).await.expect("a Redis store");
    Subject {
        store: Arc::new(store),
        directory: None,
    }
}

/// Another store of the same kind that holds nothing yet.
pub(crate) async fn like(subject: &Subject) -> Subject {
    match subject.directory {
        Some(_) => embedded(1),
        None => redis(1).await,
    }
}

/// Makes one test per store of each sentence: `async fn sentence(store: Subject)`, with one lane or as many as told.
macro_rules! over_every_store {
    ($($sentence:ident),+ $(,)?) => { over_every_store!(lanes = 1; $($sentence),+); };
    (lanes = $lanes:literal; $($sentence:ident),+ $(,)?) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $sentence() {
                super::$sentence(crate::subject::embedded($lanes)).await;
            })+
        }
        mod redis {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $sentence() {
                super::$sentence(crate::subject::redis($lanes).await).await;
            })+
        }
        mod redis_in_transactions {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $sentence() {
                super::$sentence(crate::subject::redis_in_transactions($lanes).await).await;
            })+
        }
    };
}
pub(crate) use over_every_store;
