//! Follows the change feed of one lane: drops what changed, then publishes how far that reaches.
//!
//! Never goes on from a place it is not sure of: after any trouble everything is dropped and it starts at the end.

use std::sync::Arc;
use std::time::Duration;

use accession_events::Position;
use accession_read_store::{
    Change, ChangeCursor, ChangeRead, Generation, ModelRef, ReadStoreError,
};
use accession_service::shutdown::Shutdown;
use futures_util::future::try_join_all;

use super::lanes::LanePositions;
use super::{HotDocuments, Trouble, locked};
use crate::feed_health::FeedHealth;
use crate::models::Model;

/// How long one read of the feed waits for a change; also how soon a silent disconnection can be noticed.
const PATIENCE: Duration = Duration::from_secs(2);
const AT_ONCE: usize = 256;
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Follows a lane until the signal to stop.
pub(crate) async fn follow(
    cache: Arc<HotDocuments>,
    lane: u16,
    health: Arc<FeedHealth>,
    mut shutdown: Shutdown,
) {
    let follower = Follower {
        cache,
        lane,
        health,
    };
    tokio::select! {
        () = shutdown.wait() => {}
        () = follower.run() => {}
    }
    follower.cache.lose(lane);
}

struct Follower {
    cache: Arc<HotDocuments>,
    lane: u16,
    health: Arc<FeedHealth>,
}

impl Follower {
    async fn run(&self) {
        let mut pause = FIRST_PAUSE;
        loop {
            let ended = match self.cache.begin(self.lane).await {
                Ok(place) => {
                    pause = FIRST_PAUSE;
                    self.health.follows(self.lane);
                    self.go_on(place).await
                }
                Err(trouble) => Some(trouble),
            };
            self.cache.lose(self.lane);
            let Some(trouble) = ended else {
                tracing::warn!(
                    lane = self.lane,
                    "fell behind the change feed of documents; the cache starts anew"
                );
                continue;
            };
            if self.health.lost(self.lane, &trouble.to_string()) {
                tracing::warn!(lane = self.lane, error = %trouble,
                    "the change feed of documents cannot be followed; reads go to the store itself until it can");
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Follows from a place on; ends with the trouble, or with none when the place was lost.
    async fn go_on(&self, mut place: ChangeCursor) -> Option<Trouble> {
        let store = &self.cache.store;
        loop {
            match store.changes(self.lane, &place, AT_ONCE, PATIENCE).await {
                Ok(ChangeRead::Changes(changes)) => {
                    self.health.heard(self.lane, !changes.is_empty());
                    for change in changes {
                        if let Err(trouble) = self.cache.take(self.lane, &change).await {
                            return Some(trouble);
                        }
                        place = change.cursor;
                    }
                }
                Ok(ChangeRead::Lost { .. }) => return None,
                Err(error) => return Some(Arc::new(error)),
            }
        }
    }
}

impl HotDocuments {
    /// Starts to follow a lane: first a place in the feed, then the positions, so that whatever comes after the
    /// positions is in the feed after the place.
    pub(super) async fn begin(&self, lane: u16) -> Result<ChangeCursor, Trouble> {
        let place = self.store.newest_change(lane).await?;
        let mut positions = LanePositions::new();
        let mut live = Vec::with_capacity(Model::COUNT);
        // All models at once: until this is done readers go past the cache.
        let asked = Model::ALL.into_iter().map(|model| async move {
            let info = self.store.model(model.name()).await?;
            let mut at = Vec::with_capacity(info.generations.len());
            for (generation, _) in info.generations {
                let position = self.position(model, generation, lane).await?;
                at.push((generation, position));
            }
            Ok::<_, Trouble>((model, info.live, at))
        });
        for (model, generation, at) in try_join_all(asked).await? {
            live.push((model, generation));
            for (generation, position) in at {
                positions.insert((model, generation), position);
            }
        }
        let mut lanes = locked(&self.lanes);
        lanes.start(lane, positions);
        // Promotions are told in the feed of the first lane, so only who follows that one knows better than the others.
        if lane == 0 {
            for (model, generation) in live {
                lanes.set_live(model, generation);
            }
        }
        if lanes.complete() {
            for model in Model::ALL {
                self.keep(model, lanes.live(model));
                self.board.publish(model, lanes.published(model));
            }
        }
        Ok(place)
    }

    /// Nobody follows this lane now: nothing is kept and nothing is published.
    pub(super) fn lose(&self, lane: u16) {
        let mut lanes = locked(&self.lanes);
        lanes.lose(lane);
        for model in Model::ALL {
            self.board.publish(model, None);
            self.keep(model, None);
        }
    }

    /// Takes one change in: drops all its keys, then publishes.
    pub(super) async fn take(&self, lane: u16, change: &Change) -> Result<(), Trouble> {
        for (reference, position, keys) in &change.models {
            let Some(model) = Model::named(&reference.name) else {
                continue;
            };
            if keys.is_empty() && lane == 0 {
                self.heed_promotion(model, reference.generation).await?;
            }
            for key in keys {
                self.shard(key).changed(model, reference.generation, key);
            }
            locked(&self.lanes).advance(lane, model, reference.generation, *position);
        }
        let lanes = locked(&self.lanes);
        if lanes.complete() {
            for (reference, ..) in &change.models {
                if let Some(model) = Model::named(&reference.name) {
                    self.board.publish(model, lanes.published(model));
                }
            }
        }
        Ok(())
    }

    /// A step without keys of a generation that readers are not sent to may tell of a promotion: the store knows.
    async fn heed_promotion(&self, model: Model, generation: Generation) -> Result<(), Trouble> {
        let known = locked(&self.lanes).live(model);
        if known == Some(generation) {
            return Ok(());
        }
        let live = self.live(model).await?;
        if live == known {
            return Ok(());
        }
        if let Some(live) = live {
            let count = locked(&self.lanes).count();
            for lane in 0..count {
                let position = self.position(model, live, lane).await?;
                locked(&self.lanes).advance(lane, model, live, position);
            }
        }
        let mut lanes = locked(&self.lanes);
        lanes.set_live(model, live);
        if lanes.complete() {
            self.keep(model, live);
            self.board.publish(model, lanes.published(model));
        }
        Ok(())
    }

    fn keep(&self, model: Model, generation: Option<Generation>) {
        for shard in &self.shards {
            locked(shard).keep(model, generation);
        }
    }

    async fn position(
        &self,
        model: Model,
        generation: Generation,
        lane: u16,
    ) -> Result<Position, ReadStoreError> {
        let reference = ModelRef {
            name: model.name().to_owned(),
            generation,
        };
        Ok(self.store.checkpoint(&reference, lane).await?.position)
    }
}
