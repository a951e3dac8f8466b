//! Stores for tests, and everything that a store holds as one value that can be compared.
//!
//! Checkpoints and fences are not part of it: they tell how documents were made, not what they are.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use accession_events::Position;
use accession_read_store::{
    EmbeddedOptions, EmbeddedStore, IndexRange, ModelInfo, ModelRef, ReadStore, RedisOptions,
    RedisStore, lane_of,
};
use tempfile::TempDir;

use super::History;
use crate::runner::{FeedFactory, Model, Projector, ProjectorError, ProjectorOptions};

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// An embedded store that is gone with the test.
pub(crate) struct TestStore {
    pub(crate) store: Arc<EmbeddedStore>,
    _directory: TempDir,
}

pub(crate) fn embedded(lanes: u16) -> TestStore {
    let directory = tempfile::tempdir().expect("a directory");
    let options = EmbeddedOptions {
        lanes,
        ..EmbeddedOptions::new(directory.path())
    };
    let store = Arc::new(EmbeddedStore::open_with(&options).expect("a store"));
    TestStore {
        store,
        _directory: directory,
    }
}

/// A Redis store under a name of its own.
pub(crate) async fn redis(lanes: u16) -> RedisStore {
    let options = RedisOptions {
        namespace: accession_testkit::unique_name("projector"),
        lanes,
        ..RedisOptions::new(&accession_testkit::Stores::shared().redis_url)
    };
    RedisStore::open(&options).await.expect("a Redis")
}

/// Options that make trouble pass quickly.
pub(crate) fn quick(models: Vec<Model>) -> ProjectorOptions {
    let mut options = ProjectorOptions::new(models);
    options.backoff = Duration::from_millis(1);
    options.heartbeat = Duration::from_millis(20);
    options
}

/// Runs a projector until everything up to a position is in its documents.
pub(crate) async fn run_to(
    store: Arc<dyn ReadStore>,
    options: ProjectorOptions,
    feeds: FeedFactory,
    position: Position,
) -> Result<Projector, ProjectorError> {
    let projector = Projector::new(store, options);
    let settled = projector.clone();
    let running = projector.run(feeds, async move { until(&settled, position).await });
    tokio::time::timeout(PATIENCE, running)
        .await
        .expect("the projector settles in time")?;
    Ok(projector)
}

/// Waits until a projector that is just being started has settled and all its models are live.
pub(crate) async fn until(projector: &Projector, position: Position) {
    accession_testkit::eventually(PATIENCE, || async {
        let settled = projector.settle(position).await.is_ok();
        settled && projector.status().iter().all(|status| status.live)
    })
    .await;
}

/// Runs a projector with all models over a history.
pub(crate) async fn project(
    store: Arc<dyn ReadStore>,
    options: ProjectorOptions,
    history: &History,
) -> Projector {
    let feeds = super::feeds_of(history.events());
    run_to(store, options, feeds, history.head())
        .await
        .expect("the projector ends well")
}

/// The live generation of a model.
pub(crate) async fn live(store: &dyn ReadStore, name: &str) -> ModelRef {
    let info: ModelInfo = store.model(name).await.expect("the store answers");
    ModelRef {
        name: name.to_owned(),
        generation: info.live.expect("the model is live"),
    }
}

/// Every document under these keys, every leaf that the indexes lead to, and every entry of these indexes.
pub(crate) async fn contents(
    store: &dyn ReadStore,
    models: &[Model],
    keys: &[String],
    lanes: u16,
) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for model in models {
        let reference = live(store, model.name()).await;
        for key in keys {
            let states = store
                .states(&reference, lane_of(key, lanes), std::slice::from_ref(key))
                .await
                .unwrap();
            let document = store.document(&reference, key).await.unwrap();
            if let Some(document) = document {
                let body = String::from_utf8_lossy(&document.body).into_owned();
                let text = format!("{} hidden={} {body}", document.position, document.hidden);
                found.insert(format!("{}/{key}", model.name()), text);
            }
            if let Some(state) = states.into_iter().flatten().next() {
                found.insert(
                    format!("{}/{key}/state", model.name()),
                    String::from_utf8_lossy(&state).into_owned(),
                );
            }
        }
        for index in indexes(keys) {
            for (place, entry) in entries(store, &reference, &index)
                .await
                .into_iter()
                .enumerate()
            {
                let name = format!("{}/{index}/{place:04}", model.name());
                if let Some((_, leaf)) = entry.rsplit_once(" → ")
                    && leaf.contains('#')
                {
                    let leaf = store.document(&reference, leaf).await.unwrap();
                    let body = leaf.expect("an entry leads to a leaf").body;
                    let body = String::from_utf8_lossy(&body).into_owned();
                    found.insert(format!("{name}/leaf"), body);
                }
                found.insert(name, entry);
            }
        }
    }
    found
}

/// Every index that the models keep.
fn indexes(keys: &[String]) -> Vec<String> {
    let lists = ["all", "book", "series", "film", "video"].into_iter();
    let mut indexes: Vec<String> = lists
        .flat_map(|list| [format!("{list}:newest"), format!("{list}:title")])
        .collect();
    indexes.extend(["slug", "isbn", "!parked", "source:a:newest", "all"].map(str::to_owned));
    indexes.extend(["status:active", "status:disabled", "status:deleted"].map(str::to_owned));
    for key in keys {
        indexes.extend(
            ["by_title", "editions", "episodes", "part", "title"]
                .map(|list| format!("{list}:{key}")),
        );
        indexes.extend(["account", "library"].map(|list| format!("{list}:{key}")));
        indexes.extend(["by_name", "words"].map(|list| format!("library:{key}:{list}")));
    }
    indexes
}

/// All entries of an index, in order.
pub(crate) async fn entries(store: &dyn ReadStore, model: &ModelRef, index: &str) -> Vec<String> {
    let range = IndexRange {
        index: index.to_owned(),
        prefix: String::new(),
        after: None,
        descending: false,
        skip: 0,
        limit: 10_000,
    };
    let found = store.scan(model, &range).await.expect("the store answers");
    found
        .into_iter()
        .map(|entry| format!("{} → {}", entry.sort, entry.key))
        .collect()
}
