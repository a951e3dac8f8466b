//! Several models rebuilt at once, in one workshop: none of them disturbs another.
//!
//! What one rebuild does is tested beside.

use std::sync::Arc;
use std::time::Duration;

use accession_event_log::LogStore;
use accession_events::{Event, Position, RecordedEvent};
use accession_feed::{Feed, LogFeed};
use accession_operations::Keeper;
use accession_operations::read_models::ReadModels;
use accession_projector::{
    FeedFactory, FoldError, Model, Projector, ProjectorOptions, ReadModel, Rendered,
};
use accession_read_store::{EmbeddedStore, Generation, ModelRef, ReadStore};
use accession_testkit::eventually;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::site::{SOON, Site, key};

/// Lists the positions of every stream's events, under another name than its twin.
struct Lists<const NUMBER: usize>;

const NAMES: [&str; 3] = ["lists_0", "lists_1", "lists_2"];

impl<const NUMBER: usize> ReadModel for Lists<NUMBER> {
    type State = Vec<u64>;

    const NAME: &'static str = NAMES[NUMBER];
    const FOLD_VERSION: &'static str = "1";

    fn keys(&self, _event: &Event, recorded: &RecordedEvent) -> Vec<String> {
        vec![recorded.stream.aggregate_id.to_string()]
    }

    fn fold(
        &self,
        _key: &str,
        state: &mut Vec<u64>,
        _event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        state.push(recorded.position.get());
        Ok(())
    }

    fn render(&self, _key: &str, state: &Vec<u64>) -> Rendered {
        Rendered {
            body: serde_json::to_vec(state).ok(),
            ..Rendered::default()
        }
    }
}

fn models() -> Vec<Model> {
    vec![
        Model::of(Lists::<0>),
        Model::of(Lists::<1>),
        Model::of(Lists::<2>),
    ]
}

/// A running projector with its keeper, over the log of a site and a store of its own.
struct Three {
    site: Site,
    store: Arc<dyn ReadStore>,
    read_models: ReadModels,
    tasks: tokio::task::JoinSet<()>,
    _folder: tempfile::TempDir,
}

impl Three {
    async fn over(events: u64) -> Self {
        let site = Site::with(events).await;
        let folder = tempfile::tempdir().unwrap();
        let store = EmbeddedStore::open(folder.path().join("read-store")).unwrap();
        let store: Arc<dyn ReadStore> = Arc::new(store);
        let read_models = ReadModels::new(Arc::clone(&store), models(), 1);
        let mut options = ProjectorOptions::new(models());
        options.heartbeat = Duration::from_millis(20);
        let projector = Projector::new(Arc::clone(&store), options);
        let log = Arc::clone(&site.app.log);
        let feeds: FeedFactory = Arc::new(move || {
            let wake = watch::channel(Position::START).1;
            let log: Arc<dyn LogStore> = Arc::clone(&log);
            Box::new(LogFeed::new(log, wake, Duration::from_millis(5))) as Box<dyn Feed>
        });
        let keeper = Keeper::new(read_models.clone(), projector.clone(), Arc::clone(&feeds));
        let mut tasks = tokio::task::JoinSet::new();
        tasks.spawn(keeper.run(std::future::pending()));
        tasks.spawn(async move {
            let ended = projector.run(feeds, std::future::pending()).await;
            panic!("the projector ended: {ended:?}");
        });
        let three = Self {
            site,
            store,
            read_models,
            tasks,
            _folder: folder,
        };
        for name in NAMES {
            three.live(name, 1, events).await;
        }
        three
    }

    async fn rebuild(&self, name: &str, hold: bool) {
        let asker = accession_operations::read_models::Asker {
            by: "ana".into(),
            at: jiff::Timestamp::UNIX_EPOCH,
        };
        self.read_models.rebuild(name, hold, asker).await.unwrap();
    }

    /// Waits until readers of a model are sent to a generation that stands at a position.
    async fn live(&self, name: &str, generation: u32, position: u64) {
        eventually(SOON, || async {
            let info = self.store.model(name).await.unwrap();
            let reference = reference(name, generation);
            let at = self.store.checkpoint(&reference, 0).await.unwrap().position;
            let found = (info.live.map(|live| live.0), at.get());
            (found == (Some(generation), position))
                .then_some(())
                .ok_or(format!("{name}: {found:?}"))
        })
        .await;
    }

    async fn stage(&self, name: &str, stage: &str) {
        eventually(SOON, || async {
            let report = self.read_models.one(name, Position::START).await.unwrap();
            let work = serde_json::to_value(report.work).unwrap();
            (work["stage"] == stage).then_some(()).ok_or(work)
        })
        .await;
    }

    async fn shown(&self, name: &str, generation: u32) -> Value {
        let found = self
            .store
            .document(&reference(name, generation), &key(0))
            .await;
        serde_json::from_slice(&found.unwrap().unwrap().body).unwrap()
    }
}

fn reference(name: &str, generation: u32) -> ModelRef {
    ModelRef {
        name: name.to_owned(),
        generation: Generation(generation),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn models_that_are_rebuilt_together_are_built_and_left_one_by_one() {
    let three = Three::over(30).await;
    three.rebuild(NAMES[0], true).await;
    three.rebuild(NAMES[1], false).await;
    three.rebuild(NAMES[2], false).await;
    // Two leave the workshop; the third one is still kept up in it.
    three.live(NAMES[1], 2, 30).await;
    three.live(NAMES[2], 2, 30).await;
    three.stage(NAMES[0], "held").await;
    three.site.happen(10).await;
    for (name, generation) in [(NAMES[0], 1), (NAMES[1], 2), (NAMES[2], 2)] {
        three.live(name, generation, 40).await;
    }
    three.read_models.promote(NAMES[0]).await.unwrap();
    three.live(NAMES[0], 2, 40).await;
    three.site.happen(10).await;
    for name in NAMES {
        three.live(name, 2, 50).await;
        assert_eq!(three.shown(name, 2).await, json!([1, 11, 21, 31, 41]));
    }
    assert_eq!(three.tasks.len(), 2, "the projector and the keeper go on");
}
