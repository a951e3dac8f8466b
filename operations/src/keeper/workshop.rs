//! Where generations are built and kept beside those that readers are sent to: one projector for all of them, so that
//! models that are rebuilt together read and decode the log once.
//!
//! It decides nothing: which generation of which model is wanted is said by the room of that model.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use accession_projector::{Besides, FeedFactory, Projector, ProjectorError};
use accession_read_store::Generation;
use tokio::sync::{Mutex, oneshot};
use tokio::task::JoinHandle;

/// The workshop of a keeper.
pub(super) struct Workshop {
    projector: Projector,
    wanted: Besides,
    feeds: FeedFactory,
    running: Mutex<Option<Running>>,
    /// Models that are not wanted any more, but may still be written.
    leaving: std::sync::Mutex<BTreeSet<String>>,
}

struct Running {
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), ProjectorError>>,
}

impl Workshop {
    /// A workshop beside this projector. Nothing runs before it is needed.
    pub(super) fn beside(projector: &Projector, feeds: FeedFactory) -> Self {
        let (projector, wanted) = projector.beside();
        Self {
            projector,
            wanted,
            feeds,
            running: Mutex::new(None),
            leaving: std::sync::Mutex::default(),
        }
    }

    /// Whether a generation is at work here.
    pub(super) async fn keeps(&self, model: &str, generation: Generation) -> bool {
        let running = self.running.lock().await;
        let runs = running
            .as_ref()
            .is_some_and(|running| !running.task.is_finished());
        let status = self.projector.status();
        let mut kept = status.iter();
        runs && self.wanted.of(model) == Some(generation)
            && kept.any(|kept| kept.name == model && kept.generation == generation)
    }

    /// Takes up a generation that is registered. Returns when it is at work, or will be as soon as the store answers.
    pub(super) async fn take_up(&self, model: &str, generation: Generation) {
        self.wanted.add(model, generation);
        self.leaving().remove(model);
        let mut running = self.running.lock().await;
        if let Some(ended) = running.take_if(|running| running.task.is_finished()) {
            ended.ended().await;
        }
        if running.is_none() {
            *running = Some(self.run());
        }
        drop(running);
        self.projector.regroup().await;
    }

    /// Leaves a model; whether it is certain that no step of it is written any more. If not, it is to be left again.
    pub(super) async fn leave(&self, model: &str) -> bool {
        if self.wanted.remove(model) {
            self.leaving().insert(model.to_owned());
        }
        if !self.leaving().contains(model) {
            return true;
        }
        let runs = {
            let running = self.running.lock().await;
            running
                .as_ref()
                .is_some_and(|running| !running.task.is_finished())
        };
        let left = !runs || self.projector.regroup().await;
        if left {
            self.leaving().remove(model);
        }
        left
    }

    /// How many events a model is behind the newest that is known; none when nothing is known of it.
    pub(super) fn lag(&self, model: &str) -> Option<u64> {
        let status = self.projector.status();
        let mut kept = status.iter();
        kept.find(|kept| kept.name == model).map(|kept| kept.lag)
    }

    /// Stops after the step in work.
    pub(super) async fn close(&self) {
        if let Some(running) = self.running.lock().await.take() {
            running.ended().await;
        }
    }

    fn leaving(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.leaving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) -> Running {
        let (stop, stopped) = oneshot::channel();
        let (running, feeds) = (self.projector.clone(), self.feeds.clone());
        let task = tokio::spawn(async move {
            let stopped = async move {
                stopped.await.ok();
            };
            running.run(feeds, stopped).await
        });
        Running { stop, task }
    }
}

impl Running {
    /// Stops it, or hears how it has ended.
    async fn ended(self) {
        // One that has ended by itself hears nothing any more.
        let _ = self.stop.send(());
        match self.task.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "keeper.workshop_stopped"),
            Err(error) => tracing::error!(%error, "keeper.workshop_died"),
        }
    }
}
