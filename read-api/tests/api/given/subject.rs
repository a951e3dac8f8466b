//! The stores under test, each fresh, and the macro that runs a test over all of them.
//!
//! Never shared between two tests: each has a directory or a namespace of its own.

use std::sync::Arc;

use accession_read_store::{EmbeddedStore, ReadStore, RedisOptions, RedisStore};
use accession_testkit::{Stores, unique_name};
use tempfile::TempDir;

/// A store, and what has to live as long as it.
pub(crate) struct Subject {
    pub(crate) store: Arc<dyn ReadStore>,
    _directory: Option<TempDir>,
}

/// An embedded store in a directory of its own.
pub(crate) async fn embedded() -> Subject {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let store = EmbeddedStore::open(directory.path()).expect("an embedded store");
    Subject {
        store: Arc::new(store),
        _directory: Some(directory),
    }
}

/// A namespace of its own in the shared Redis.
pub(crate) async fn redis() -> Subject {
    redis_at(&Stores::shared().redis_url)
}

/// A namespace of its own in a Redis.
pub(crate) fn redis_at(url: &str) -> Subject {
    let options = RedisOptions {
        namespace: unique_name("read"),
        ..RedisOptions::new(url)
    };
    let store = RedisStore::new(&options).expect("a Redis store");
    Subject {
        store: Arc::new(store),
        _directory: None,
    }
}

/// Makes one test per store of each sentence: `async fn sentence(subject: Subject)`.
macro_rules! over_every_store {
    ($($sentence:ident),+ $(,)?) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $sentence() {
                super::$sentence(crate::given::embedded().await).await;
            })+
        }
        mod redis {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $sentence() {
                super::$sentence(crate::given::redis().await).await;
            })+
        }
    };
}
pub(crate) use over_every_store;
