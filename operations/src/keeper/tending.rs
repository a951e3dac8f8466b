//! Building, comparing, promoting: one step of the work on one model at a time.
//!
//! Each step is put on record before the next one begins; readers are sent on only to what has everything they saw.

use std::time::Duration;

use accession_read_store::{Generation, ModelRef, ReadStoreError};
use jiff::Timestamp;

use super::Room;
use crate::read_models::work::{self, Recorded, Stage, Work, WorkKind};
use crate::read_models::{Side, compare};

/// A generation that is so many events behind the live one has caught up, but for what is written at this moment.
const CLOSE: u64 = 200;
/// How long one side of a comparison may wait for the other.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often, and how long apart, a promotion is tried before the record is looked at again.
const TRIES: usize = 200;
const BETWEEN_TRIES: Duration = Duration::from_millis(5);

impl Room {
    /// Takes the work on record one step further.
    pub(super) async fn tend_work(&mut self) -> Result<(), ReadStoreError> {
        let recorded = work::read(self.models.store(), self.model.name()).await?;
        let ours = self.model.fold_version();
        let active = recorded.active().filter(|work| work.fold_version == ours);
        let Some(work) = active.cloned() else {
            self.workshop.leave(self.model.name()).await;
            return Ok(());
        };
        self.build(&work).await?;
        match work.stage {
            Stage::Building if self.is_close(&work).await? => {
                let stage = match work.what {
                    WorkKind::Rebuild => Stage::Comparing,
                    WorkKind::Rollback => Stage::Promoting,
                };
                self.note(&recorded, Work { stage, ..work }).await
            }
            Stage::Comparing => self.compare(&recorded, work).await,
            Stage::Promoting => self.promote(&recorded, work).await,
            Stage::Building | Stage::Held | Stage::Done | Stage::Cancelled => Ok(()),
        }
    }

    /// Sees to it that the generation is there and that somebody keeps it up.
    async fn build(&mut self, work: &Work) -> Result<(), ReadStoreError> {
        let (name, generation) = (self.model.name(), Generation(work.generation));
        if self.workshop.keeps(name, generation).await {
            return Ok(());
        }
        let reference = self.reference(generation);
        let store = self.models.store();
        store.register(&reference, &work.fold_version).await?;
        self.workshop.take_up(name, generation).await;
        tracing::info!(
            model = name,
            generation = generation.0,
            "keeper.generation_begun"
        );
        Ok(())
    }

    /// Whether a generation has all but what is being written at this moment.
    async fn is_close(&self, work: &Work) -> Result<bool, ReadStoreError> {
        let Some(live) = self.live().await? else {
            return Ok(false);
        };
        let reference = self.reference(Generation(work.generation));
        let ahead = self.models.position(&live).await?.get();
        let position = self.models.position(&reference).await?.get();
        let lag = self.workshop.lag(self.model.name());
        let is_behind_the_log = lag.is_none_or(|lag| lag > CLOSE);
        Ok(!is_behind_the_log && position + CLOSE >= ahead)
    }

    async fn compare(&self, recorded: &Recorded, work: Work) -> Result<(), ReadStoreError> {
        let Some(live) = self.live().await? else {
            return Ok(());
        };
        let other = self.reference(Generation(work.generation));
        let side = |model| Side {
            store: self.models.store(),
            model,
            lanes: self.models.lanes(),
        };
        let comparison = compare(side(&live), side(&other), PATIENCE).await?;
        let parked = self.models.parked_count(&other).await?;
        let more = parked.saturating_sub(self.models.parked_count(&live).await?);
        let problem = (more > 0).then(|| {
            format!(
                "{more} more key(s) are parked in generation {} than in the live one: see `parked list`, retry them, \
                 then promote it or drop it",
                work.generation
            )
        });
        let held = work.hold || problem.is_some();
        tracing::info!(
            model = self.model.name(),
            generation = work.generation,
            documents = comparison.documents,
            different = comparison.different,
            "keeper.compared"
        );
        let stage = if held { Stage::Held } else { Stage::Promoting };
        let work = Work {
            stage,
            comparison: Some(comparison),
            problem,
            ..work
        };
        self.note(recorded, work).await
    }

    /// Sends readers on as soon as the generation has everything that they may have seen.
    async fn promote(&mut self, recorded: &Recorded, work: Work) -> Result<(), ReadStoreError> {
        let reference = self.reference(Generation(work.generation));
        for _ in 0..TRIES {
            match self.models.store().promote(&reference).await {
                Err(ReadStoreError::Behind { .. }) => tokio::time::sleep(BETWEEN_TRIES).await,
                Err(error) => return Err(error),
                Ok(()) => {
                    tracing::info!(
                        model = self.model.name(),
                        generation = work.generation,
                        "keeper.promoted"
                    );
                    let ended = Some(now());
                    let work = Work {
                        stage: Stage::Done,
                        ended,
                        ..work
                    };
                    return self.note(recorded, work).await;
                }
            }
        }
        Ok(())
    }

    /// Lets the projector take the generation over that readers are sent to, once nobody keeps it up beside.
    pub(super) async fn follow_readers(&mut self) -> Result<(), ReadStoreError> {
        let Some(live) = self.live().await? else {
            return Ok(());
        };
        let status = self.projector.status();
        let kept = status.iter().find(|status| status.name == live.name);
        let keeps_another = kept.is_some_and(|kept| kept.generation != live.generation);
        if !keeps_another || !self.is_ours(&live).await? {
            return Ok(());
        }
        // Two that write one generation would fence each other off.
        if self.workshop.leave(self.model.name()).await {
            self.projector.regroup().await;
        }
        Ok(())
    }

    async fn is_ours(&self, model: &ModelRef) -> Result<bool, ReadStoreError> {
        let info = self.models.store().model(&model.name).await?;
        let ours = self.model.fold_version();
        let mut known = info.generations.iter();
        Ok(known.any(|(generation, by)| *generation == model.generation && *by == ours))
    }

    async fn live(&self) -> Result<Option<ModelRef>, ReadStoreError> {
        let info = self.models.store().model(self.model.name()).await?;
        Ok(info.live.map(|generation| self.reference(generation)))
    }

    fn reference(&self, generation: Generation) -> ModelRef {
        ModelRef {
            name: self.model.name().to_owned(),
            generation,
        }
    }

    /// Puts a step on record. Should an operator have changed the record meanwhile, the next look sees that.
    async fn note(&self, recorded: &Recorded, work: Work) -> Result<(), ReadStoreError> {
        work::replace(self.models.store(), &self.model, recorded, &work).await?;
        Ok(())
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the keeper is an edge of the process: what it notes needs a time"
)]
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}
