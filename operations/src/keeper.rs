//! The keeper: does in the projector's process what operators put on record, and goes on after a crash where it stood.
//!
//! It remembers nothing: what is to be done is read from the store each time, so that it may be killed at any moment.

mod parked;
mod tending;
mod workshop;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use accession_projector::{FeedFactory, Model, Projector};
use accession_read_store::ReadStoreError;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::read_models::ReadModels;
use workshop::Workshop;

/// How often the record is looked at.
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);
/// How long a store that is away is left alone.
const AFTER_TROUBLE: Duration = Duration::from_secs(1);

/// Keeps the read models of the projector that runs in this process.
pub struct Keeper {
    models: ReadModels,
    projector: Projector,
    feeds: FeedFactory,
}

impl Keeper {
    /// A keeper for this projector; generations beside the live ones read the log by these feeds.
    #[must_use]
    pub fn new(models: ReadModels, projector: Projector, feeds: FeedFactory) -> Self {
        Self {
            models,
            projector,
            feeds,
        }
    }

    /// Keeps until `shutdown` resolves.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) {
        let (stop, stopped) = watch::channel(false);
        let workshop = Arc::new(Workshop::beside(&self.projector, self.feeds));
        let mut rooms = JoinSet::new();
        for model in self.models.all() {
            let room = Room {
                model: model.clone(),
                models: self.models.clone(),
                projector: self.projector.clone(),
                workshop: Arc::clone(&workshop),
            };
            rooms.spawn(room.run(stopped.clone()));
        }
        shutdown.await;
        stop.send_replace(true);
        while rooms.join_next().await.is_some() {}
        workshop.close().await;
    }
}

/// What is kept of one model.
struct Room {
    model: Model,
    models: ReadModels,
    projector: Projector,
    /// Where its generation is built or held, beside those of the other models.
    workshop: Arc<Workshop>,
}

impl Room {
    async fn run(mut self, mut stopped: watch::Receiver<bool>) {
        loop {
            let tended = tokio::select! {
                biased;
                _ = stopped.wait_for(|stop| *stop) => break,
                tended = self.tend() => tended,
            };
            let pause = match tended {
                Ok(()) => BETWEEN_LOOKS,
                Err(error) => {
                    tracing::warn!(model = self.model.name(), %error, "keeper.interrupted");
                    AFTER_TROUBLE
                }
            };
            // Stopped or rested: the loop looks.
            let _ = tokio::time::timeout(pause, stopped.wait_for(|stop| *stop)).await;
        }
    }

    async fn tend(&mut self) -> Result<(), ReadStoreError> {
        self.tend_work().await?;
        self.tend_parked().await?;
        self.follow_readers().await
    }
}
