//! A whole site in one process: log, read store, projector, keeper and the operators' routes.
//!
//! It ends with its value; what it kept may be opened by the next one.

use std::sync::Arc;
use std::time::Duration;

use accession_event_log::{Append, LogStore, NewEvent, Outcome, StreamWrite};
use accession_events::ids::EventId;
use accession_events::{Position, StreamName};
use accession_feed::{Feed, LogFeed};
use accession_operations::Keeper;
use accession_operations::read_models::ReadModels;
use accession_projector::{FeedFactory, Model, Projector, ProjectorOptions};
use accession_read_store::{EmbeddedOptions, EmbeddedStore, Generation, ModelRef, ReadStore};
use accession_testkit::eventually;
use serde_json::{Value, json};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::app::App;
use crate::fragile::Fragile;

pub(crate) const SOON: Duration = Duration::from_mins(1);
pub(crate) const MODELS: &str = "/api/v1/admin/read-models/fragile";

/// A site.
pub(crate) struct Site {
    pub(crate) app: App,
    pub(crate) store: Arc<dyn ReadStore>,
    pub(crate) model: Fragile,
    lanes: u16,
    process: Option<Process>,
}

/// What dies with a process.
struct Process {
    tasks: Vec<JoinHandle<()>>,
    stop: oneshot::Sender<()>,
}

impl Site {
    /// A site with one read model and so many events over ten streams, all taken in.
    pub(crate) async fn with(events: u64) -> Self {
        Self::in_lanes(events, 1).await
    }

    /// The same with its keys shared among so many lanes.
    pub(crate) async fn in_lanes(events: u64, lanes: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = EmbeddedOptions {
            lanes,
            ..EmbeddedOptions::new(folder.path().join("read-store"))
        };
        let store = EmbeddedStore::open_with(&options).unwrap();
        let store: Arc<dyn ReadStore> = Arc::new(store);
        let model = Fragile::default();
        let models = vec![Model::of(model.clone())];
        let app = App::of(folder, Some(Arc::clone(&store)), models, lanes).await;
        let mut site = Self {
            app,
            store,
            model,
            lanes,
            process: None,
        };
        site.happen(events).await;
        site.start();
        site.settled(events).await;
        site
    }

    /// Starts projector and keeper.
    pub(crate) fn start(&mut self) {
        self.start_slowly(2000);
    }

    /// Starts them with steps of at most so many events.
    pub(crate) fn start_slowly(&mut self, max_events: usize) {
        let models = vec![Model::of(self.model.clone())];
        let read_models = ReadModels::new(Arc::clone(&self.store), models.clone(), self.lanes);
        let mut options = ProjectorOptions::new(models);
        (options.heartbeat, options.max_events) = (Duration::from_millis(20), max_events);
        options.lanes = self.lanes;
        let projector = Projector::new(Arc::clone(&self.store), options);
        let log = Arc::clone(&self.app.log);
        let feeds: FeedFactory = Arc::new(move || {
            let wake = watch::channel(Position::START).1;
            let log: Arc<dyn LogStore> = Arc::clone(&log);
            Box::new(LogFeed::new(log, wake, Duration::from_millis(5))) as Box<dyn Feed>
        });
        let keeper = Keeper::new(read_models, projector.clone(), Arc::clone(&feeds));
        let (stop, stopped) = oneshot::channel::<()>();
        let keeping = tokio::spawn(keeper.run(async move {
            stopped.await.ok();
        }));
        let projecting = tokio::spawn(async move {
            let ended = projector.run(feeds, std::future::pending()).await;
            panic!("the projector ended: {ended:?}");
        });
        self.process = Some(Process {
            tasks: vec![keeping, projecting],
            stop,
        });
    }

    /// The process is gone from one moment to the next.
    pub(crate) async fn kill(&mut self) {
        if let Some(Process { tasks, stop }) = self.process.take() {
            // The projector dies at once; the keeper takes what it keeps beside with it.
            tasks.last().unwrap().abort();
            stop.send(()).ok();
            for task in tasks {
                task.await.ok();
            }
        }
    }

    /// So many more events, over ten streams in turn.
    pub(crate) async fn happen(&self, count: u64) {
        let head = self.app.log.head().await.unwrap().get();
        for number in head..head + count {
            let stream = StreamName::new("ingestion.import_run", key(number % 10));
            let append = Append {
                writes: vec![StreamWrite {
                    stream,
                    expected_version: number / 10,
                    events: vec![NewEvent {
                        id: EventId::new(Uuid::now_v7()),
                        event_type: "ImportRunOpened".into(),
                        event_version: 1,
                        payload: json!({ "ImportRunOpened": { "source": "a", "input": "x" } })
                            .to_string(),
                    }],
                    claims: Vec::new(),
                }],
                ..Append::default()
            };
            let outcome = self.app.log.append(&[append]).await.unwrap().remove(0);
            assert!(matches!(outcome, Outcome::Committed(_)), "{outcome:?}");
        }
    }

    /// Waits until readers see everything up to a position.
    pub(crate) async fn settled(&self, position: u64) {
        eventually(SOON, || async {
            let info = self.store.model("fragile").await.unwrap();
            let live = info.live.ok_or("nothing is live")?;
            let mut slowest = u64::MAX;
            for lane in 0..self.lanes {
                let at = self.store.checkpoint(&reference(live.0), lane).await;
                slowest = slowest.min(at.unwrap().position.get());
            }
            (slowest >= position).then_some(()).ok_or("it is behind")
        })
        .await;
    }

    /// Waits until the work on record is at a stage, and returns it.
    pub(crate) async fn stage(&self, stage: &str) -> Value {
        eventually(SOON, || async {
            let work = self.app.get(MODELS).await.json["work"].clone();
            if work["stage"] == stage {
                Ok(work)
            } else {
                Err(work.to_string())
            }
        })
        .await
    }

    /// What a generation shows under the number of a stream.
    pub(crate) async fn shown(&self, generation: u32, number: u64) -> Value {
        let found = self
            .store
            .document(&reference(generation), &key(number))
            .await;
        let document = found.unwrap();
        document.map_or(Value::Null, |document| {
            serde_json::from_slice(&document.body).unwrap()
        })
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> crate::app::Answered {
        self.app.post(&format!("{MODELS}/{path}"), &body).await
    }
}

/// The key of a stream.
pub(crate) fn key(number: u64) -> String {
    Uuid::from_u128(u128::from(number) + 1).to_string()
}

pub(crate) fn reference(generation: u32) -> ModelRef {
    ModelRef {
        name: "fragile".into(),
        generation: Generation(generation),
    }
}
