//! Hot documents in memory, true because the change feed of documents says so and never because of a clock.
//!
//! The rules by which no reader sees an older document after a newer one, nor a position that its answer lacks:
//! a change first drops its keys and then publishes its position; a reader first takes the published position and
//! then the document; a read that raced with a change of its key is not kept; while nobody follows the changes
//! nothing is kept and nothing is published, and readers ask the store for both.

mod board;
mod flight;
mod follower;
mod held;
mod lanes;
mod lookup;
mod numbers;
mod packed;
mod shard;
mod shelf;
#[cfg(test)]
mod tests;

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use accession_events::Position;
use accession_read_store::{Generation, IndexRange, ListedEntry, ModelInfo, ModelRef, ReadStore};

use crate::models::Model;
pub(crate) use board::Standing;
pub(crate) use follower::follow;
pub(crate) use held::{Held, Merged};
pub(crate) use lookup::{LookUp, Shape};
pub(crate) use packed::Kept;
pub(crate) use shard::Fetched;

use board::Board;
use flight::{Flight, landed};
use lanes::Lanes;
use lookup::Side;
use numbers::Numbers;
use shard::{Look, Shard};
use shelf::Shelf;

/// Few, so that a share is larger than any document; more than the cores that ask at once.
const SHARDS: usize = 8;
/// What is made from documents (look-ups, other shapes) gets one part in so many.
const SIDE_SHARE: usize = 8;
/// How often a read that raced with a change is tried again before it is answered without being kept.
const TRIES: usize = 3;

/// The trouble of a store, shared by all who waited for the same read.
pub(crate) type Trouble = Arc<accession_read_store::ReadStoreError>;

/// The cache and the store behind it.
pub(crate) struct HotDocuments {
    store: Arc<dyn ReadStore>,
    board: Board,
    shards: [Mutex<Shard>; SHARDS],
    hasher: RandomState,
    side: Mutex<Shelf<Side, { lookup::ROOMS }>>,
    lanes: Mutex<Lanes>,
    numbers: Numbers,
}

impl HotDocuments {
    /// A cache of so many bytes over a store whose keys are shared among so many lanes.
    pub(crate) fn new(store: Arc<dyn ReadStore>, bytes: usize, lanes: u16) -> Self {
        let side = bytes / SIDE_SHARE;
        let share = (bytes - side) / SHARDS;
        Self {
            store,
            board: Board::new(),
            shards: std::array::from_fn(|_| Mutex::new(Shard::new(share))),
            hasher: RandomState::new(),
            side: Mutex::new(Shelf::new(side)),
            lanes: Mutex::new(Lanes::new(lanes)),
            numbers: Numbers::new(),
        }
    }

    /// What is published of a model; none when the store has to be asked.
    pub(crate) fn standing(&self, model: Model) -> Option<Arc<Standing>> {
        self.board.standing(model)
    }

    /// Where the store itself says that a model stands; none when it was never built.
    pub(crate) async fn ask_standing(
        &self,
        model: Model,
    ) -> Result<Option<Arc<Standing>>, Trouble> {
        let Some(generation) = self.live(model).await? else {
            return Ok(None);
        };
        let reference = ModelRef {
            name: model.name().to_owned(),
            generation,
        };
        let lanes = locked(&self.lanes).count();
        let mut position = None;
        for lane in 0..lanes {
            let at = self.store.checkpoint(&reference, lane).await?.position;
            position = Some(position.map_or(at, |known: Position| known.min(at)));
        }
        let position = position.unwrap_or_default();
        Ok(Some(Arc::new(Standing::told(
            model,
            Arc::new(reference),
            position,
        ))))
    }

    /// The generation that readers are sent to, as the store says.
    pub(crate) async fn live(&self, model: Model) -> Result<Option<Generation>, Trouble> {
        Ok(self.known(model).await?.live)
    }

    /// What the store knows of a model.
    pub(crate) async fn known(&self, model: Model) -> Result<ModelInfo, Trouble> {
        Ok(self.store.model(model.name()).await?)
    }

    /// Waits until a model is published at this position or later; none when the patience ends before.
    pub(crate) async fn wait_for(
        &self,
        model: Model,
        position: Position,
        patience: Duration,
    ) -> Option<Arc<Standing>> {
        let mut published = self.board.watch(model)?;
        let reached = |standing: &Option<Arc<Standing>>| {
            standing
                .as_ref()
                .is_some_and(|standing| standing.position >= position)
        };
        let found = tokio::time::timeout(patience, published.wait_for(reached)).await;
        found.ok()?.ok()?.clone()
    }

    /// One document.
    pub(crate) async fn document(&self, standing: &Standing, key: &str) -> Fetched {
        for _ in 0..TRIES {
            let look = self.look(standing, key);
            match look {
                Look::Hit(held) => {
                    self.numbers.hit();
                    return Ok(Some(held));
                }
                Look::Join(landing) => {
                    if let Some(fetched) = landed(landing).await {
                        return fetched;
                    }
                }
                Look::Lead(sender) => {
                    self.numbers.miss();
                    return Flight::new(self, standing, key, sender).fly().await;
                }
                Look::Aside => break,
            }
        }
        self.numbers.aside();
        self.past_the_cache(standing, key).await
    }

    /// Many documents, in the order asked for; those that are not kept come in one round trip.
    pub(crate) async fn documents(
        &self,
        standing: &Standing,
        keys: &[String],
    ) -> Result<Vec<Option<Arc<Held>>>, Trouble> {
        let (model, generation) = (standing.model, standing.generation());
        let mut found: Vec<Option<Arc<Held>>> =
            keys.iter().map(|key| self.peek(standing, key)).collect();
        let missing: Vec<(usize, &String)> = (keys.iter().enumerate())
            .filter(|(place, _)| found.get(*place).is_some_and(Option::is_none))
            .collect();
        self.numbers.hits(keys.len() - missing.len());
        if missing.is_empty() {
            return Ok(found);
        }
        self.numbers.misses(missing.len());
        let flights: Vec<_> = missing
            .iter()
            .map(|(_, key)| self.take_off(standing, key))
            .collect();
        let wanted: Vec<String> = missing.iter().map(|(_, key)| (*key).clone()).collect();
        let read = self.store.documents(&standing.reference, &wanted).await?;
        for (((place, key), flight), document) in missing.iter().zip(flights).zip(read) {
            let held =
                document.map(|document| Arc::new(Held::of(model, generation, key, document)));
            match flight {
                Some(flight) => flight.arrive(held.as_ref()),
                None => self.note_seen(standing, key, held.as_ref()),
            }
            if let Some(slot) = found.get_mut(*place) {
                *slot = held;
            }
        }
        Ok(found)
    }

    /// A part of an index, as the store has it now.
    pub(crate) async fn scan(
        &self,
        standing: &Standing,
        range: &IndexRange,
    ) -> Result<Vec<ListedEntry>, Trouble> {
        Ok(self.store.scan(&standing.reference, range).await?)
    }

    /// How many entries of an index have a sort below this, as the store has it now.
    pub(crate) async fn count_below(
        &self,
        standing: &Standing,
        index: &str,
        below: &str,
    ) -> Result<u64, Trouble> {
        let counted = self.store.count_below(&standing.reference, index, below);
        Ok(counted.await?)
    }

    /// Bytes and number of the documents that are kept.
    pub(crate) fn size(&self) -> (usize, usize) {
        let sizes = self.shards.iter().map(|shard| locked(shard).size());
        sizes.fold((0, 0), |sum, size| (sum.0 + size.0, sum.1 + size.1))
    }

    /// What is there for a reader.
    fn look(&self, standing: &Standing, key: &str) -> Look {
        if standing.published {
            self.shard(key)
                .look(standing.model, standing.generation(), key)
        } else {
            Look::Aside
        }
    }

    /// The document, if it is kept for such a reader.
    fn peek(&self, standing: &Standing, key: &str) -> Option<Arc<Held>> {
        let kept = || {
            self.shard(key)
                .peek(standing.model, standing.generation(), key)
        };
        standing.published.then(kept).flatten()
    }

    /// Becomes the one who reads this key, unless somebody does or it is not kept at all.
    fn take_off<'a>(&'a self, standing: &'a Standing, key: &'a str) -> Option<Flight<'a>> {
        match self.look(standing, key) {
            Look::Lead(sender) => Some(Flight::new(self, standing, key, sender)),
            Look::Hit(_) | Look::Join(_) | Look::Aside => None,
        }
    }

    async fn read(&self, standing: &Standing, key: &str) -> Fetched {
        let read = self.store.document(&standing.reference, key).await?;
        Ok(read.map(|document| {
            Arc::new(Held::of(
                standing.model,
                standing.generation(),
                key,
                document,
            ))
        }))
    }

    async fn past_the_cache(&self, standing: &Standing, key: &str) -> Fetched {
        let held = self.read(standing, key).await?;
        self.note_seen(standing, key, held.as_ref());
        Ok(held)
    }

    fn note_seen(&self, standing: &Standing, key: &str, held: Option<&Arc<Held>>) {
        let position = held.map(|held| held.position);
        self.shard(key)
            .seen(standing.model, standing.generation(), key, position);
    }

    fn shard(&self, key: &str) -> MutexGuard<'_, Shard> {
        let hash = usize::try_from(self.hasher.hash_one(key) % SHARDS as u64).unwrap_or_default();
        let [first, ..] = &self.shards;
        locked(self.shards.get(hash).unwrap_or(first))
    }
}

/// A lock whose holder panicked protects plain data that is whole between two calls.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
