//! The projector as the binary sees it: run it, ask how it is, wait for a position, retry what is parked.
//!
//! It never stops because of an event; only losing its fence, a defect or an unusable store ends it.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use accession_events::Position;
use accession_read_store::{ReadStore, ReadStoreError, lane_of};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::besides::Besides;
use super::board::{Board, StoppedError};
use super::erased::Model;
use super::error::{ProjectorError, RetryError, Trouble};
use super::generations::{self, Before, Kept};
use super::lane::{Lane, LaneContext};
use super::options::{FeedFactory, ProjectorOptions};
use super::parking::{self, ParkedKey};
use super::plan::LaneOf;
use super::retry::{Retried, RetryRequest};
use super::status::ModelStatus;
use super::stop::{self, Stop};
use super::wish::Wish;

/// Steps of what is built beside write about so many bytes: readers of the live generations wait for each of them.
const BESIDE_BYTES: usize = 1024 * 1024;

/// Keeps read models up to date with the log. Cheap to clone; all clones are the same projector.
#[derive(Clone)]
pub struct Projector {
    shared: Arc<Shared>,
}

struct Shared {
    store: Arc<dyn ReadStore>,
    options: ProjectorOptions,
    board: Arc<Board>,
    /// One a lane, while it runs.
    wishes: Mutex<Vec<mpsc::Sender<Wish>>>,
}

impl Projector {
    /// A projector over a read store. It does nothing before it is run.
    #[must_use]
    pub fn new(store: Arc<dyn ReadStore>, options: ProjectorOptions) -> Self {
        let shared = Shared {
            store,
            board: Arc::new(Board::new(options.beside.is_some())),
            options,
            wishes: Mutex::default(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Runs until `shutdown` resolves, finishing the step in work, or until it cannot go on.
    ///
    /// Dropping the future stops it at once; that loses nothing either.
    pub async fn run(
        &self,
        feeds: FeedFactory,
        shutdown: impl Future<Output = ()> + Send,
    ) -> Result<(), ProjectorError> {
        let (stop, stopped) = stop::stop();
        let working = self.work(feeds, stopped);
        tokio::pin!(working, shutdown);
        let ended = tokio::select! {
                // In this order, so that a simulation takes the same turn every time.
                biased;
            ended = &mut working => ended,
            () = &mut shutdown => {
                stop.stop();
                working.await
            }
        };
        self.shared.board.end();
        self.senders().clear();
        ended
    }

    /// Where every model stands.
    #[must_use]
    pub fn status(&self) -> Vec<ModelStatus> {
        self.shared.board.status()
    }

    /// Waits until every model has taken in everything up to a position; for tests and for a graceful shutdown.
    /// Fails when the projector has ended; waits for one that has not begun.
    pub async fn settle(&self, position: Position) -> Result<(), StoppedError> {
        self.shared.board.settle(position).await
    }

    /// What is parked in a model, over all lanes, each key once.
    pub async fn parked(&self, model: &str) -> Result<Vec<ParkedKey>, ReadStoreError> {
        let Shared { store, options, .. } = &*self.shared;
        for kept in generations::ensure(&**store, options, &Before::new()).await? {
            if kept.reference.name == model {
                return parking::parked_of(&**store, &kept.reference, options.lanes).await;
            }
        }
        Ok(Vec::new())
    }

    /// Takes the parked events of a key in again, in order, without touching the checkpoint. The lane pauses meanwhile.
    pub async fn retry_parked(&self, model: &str, key: &str) -> Result<Retried, RetryError> {
        let name = self.model_name(model)?;
        let senders = self.senders().clone();
        if senders.is_empty() {
            return Err(RetryError::NotRunning);
        }
        // A stream is parked in every lane, any other key in its own.
        let of_stream = key.starts_with("stream:");
        let lanes = self.shared.options.lanes.max(1);
        let wanted = senders
            .iter()
            .zip(0u16..)
            .filter(|(_, lane)| of_stream || lane_of(key, lanes) == *lane);
        let mut retried = Retried::default();
        for (sender, _) in wanted {
            let (reply, answer) = oneshot::channel();
            let request = RetryRequest {
                model: name,
                key: key.to_owned(),
                reply,
            };
            sender
                .send(Wish::Retry(request))
                .await
                .map_err(|_| RetryError::NotRunning)?;
            let one = answer.await.map_err(|_| RetryError::NotRunning)??;
            retried.taken_in = retried.taken_in.max(one.taken_in);
        }
        Ok(retried)
    }

    /// A projector to be run beside this one, over the same store: it builds or keeps the generations that are in its
    /// list, reading the log once for all of them. After a change of the list, [`Self::regroup`] it.
    #[must_use]
    pub fn beside(&self) -> (Self, Besides) {
        let Shared { store, options, .. } = &*self.shared;
        let besides = Besides::default();
        let options = ProjectorOptions {
            beside: Some(besides.clone()),
            max_bytes: options.max_bytes.min(BESIDE_BYTES),
            ..options.clone()
        };
        (Self::new(Arc::clone(store), options), besides)
    }

    /// Asks the store again which generations to keep, for an operator has decided otherwise. The lanes pause
    /// meanwhile. Whether all of them have done so; they have nothing to do so with while it does not run.
    pub async fn regroup(&self) -> bool {
        let senders = self.senders().clone();
        let mut all = !senders.is_empty();
        for sender in senders {
            let (done, is_done) = oneshot::channel();
            // A lane that has ended asks at its next beginning.
            all &= sender.send(Wish::Regroup(done)).await.is_ok() && is_done.await.is_ok();
        }
        all
    }

    fn model_name(&self, name: &str) -> Result<&'static str, RetryError> {
        let names = || self.shared.options.models.iter().map(Model::name);
        names()
            .find(|known| *known == name)
            .ok_or_else(|| RetryError::UnknownModel {
                name: name.to_owned(),
                known: names().collect::<Vec<_>>().join(", "),
            })
    }

    fn senders(&self) -> std::sync::MutexGuard<'_, Vec<mpsc::Sender<Wish>>> {
        self.shared
            .wishes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    async fn work(&self, feeds: FeedFactory, mut stopped: Stop) -> Result<(), ProjectorError> {
        if !self.prepare(&mut stopped).await? {
            return Ok(());
        }
        let (halt, halted) = stop::stop();
        let mut lanes = JoinSet::new();
        self.senders().clear();
        for number in 0..self.shared.options.lanes.max(1) {
            let (sender, requests) = mpsc::channel(8);
            self.senders().push(sender);
            let lane = Lane::new(self.context(&feeds, number), requests);
            lanes.spawn(lane.run(halted.clone()));
        }
        let mut first_error = Ok(());
        loop {
            let ended = tokio::select! {
                // In this order, so that a simulation takes the same turn every time.
                biased;
                ended = lanes.join_next() => ended,
                () = stopped.given(), if !halt.is_given() => {
                    halt.stop();
                    continue;
                }
            };
            let Some(ended) = ended else {
                return first_error;
            };
            // One lane that cannot go on stops all: half a model that moves on would look like a whole one.
            halt.stop();
            let ended = ended.unwrap_or_else(|error| {
                Err(ProjectorError::Defect {
                    reason: error.to_string(),
                })
            });
            first_error = first_error.and(ended);
        }
    }

    fn context(&self, feeds: &FeedFactory, lane: u16) -> LaneContext {
        LaneContext {
            store: Arc::clone(&self.shared.store),
            feeds: Arc::clone(feeds),
            options: self.shared.options.clone(),
            board: Arc::clone(&self.shared.board),
            lane: LaneOf {
                lane,
                lanes: self.shared.options.lanes.max(1),
            },
        }
    }

    /// Checks the store and registers generations, waiting for a store that is not there yet. False when stopped.
    async fn prepare(&self, stopped: &mut Stop) -> Result<bool, ProjectorError> {
        let Shared {
            store,
            options,
            board,
            ..
        } = &*self.shared;
        let mut pause = options.backoff;
        loop {
            let ready = async {
                store.check().await?;
                generations::ensure(&**store, options, &Before::new()).await
            };
            match ready.await.map_err(Trouble::from) {
                Ok(kept) => {
                    note_outdated(&kept);
                    board.begin(&kept, options.lanes);
                    return Ok(true);
                }
                Err(Trouble::Fatal(error)) => return Err(error),
                Err(problem) => {
                    let problem = problem.to_string();
                    tracing::warn!(problem, "projector.waiting_for_the_read_store");
                }
            }
            let stopping = stopped.given();
            if tokio::time::timeout(pause, stopping).await.is_ok() {
                return Ok(false);
            }
            pause = (pause * 2).min(options.backoff * 10);
        }
    }
}

/// Says once at the start which models readers see by an old fold for now.
fn note_outdated(kept: &[Kept]) {
    for model in kept.iter().filter(|kept| kept.readers.outdated) {
        tracing::warn!(
            model = model.model.name(),
            generation = model.reference.generation.0,
            live = model.readers.live,
            "projector.model_outdated"
        );
    }
}
