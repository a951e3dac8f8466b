//! The read models as an operator sees them: which generations there are, who is sent where, and how far each is.
//!
//! It never folds an event: that is the projector's work, wherever it runs.

mod commands;
mod compare;
pub(crate) mod http;
mod refused;
mod report;
pub(crate) mod work;

pub use work::{Stage, Work, WorkKind};

use std::sync::Arc;
use std::time::Duration;

use accession_events::Position;
use accession_projector::{Model, parked_of};
use accession_read_store::{Generation, ModelInfo, ModelRef, ReadStore, ReadStoreError};

pub use commands::Asker;
pub use compare::{Comparison, Difference, Side, compare};
pub use refused::Refused;
pub use report::{
    Condition, Dropped, GenerationReport, GenerationState, ModelReport, ReadModelList,
};

/// How long one side of a comparison waits for the other.
const COMPARE_PATIENCE: Duration = Duration::from_secs(30);
/// A generation that has not moved for so long is not kept up by anybody.
const RESTING: Duration = Duration::from_secs(5);
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// The read models of one read store, known by the code of this program. Cheap to clone.
#[derive(Clone)]
pub struct ReadModels {
    store: Arc<dyn ReadStore>,
    models: Arc<[Model]>,
    lanes: u16,
}

impl ReadModels {
    /// These models in a store whose keys are shared among so many lanes.
    #[must_use]
    pub fn new(store: Arc<dyn ReadStore>, models: Vec<Model>, lanes: u16) -> Self {
        Self {
            store,
            models: models.into(),
            lanes: lanes.max(1),
        }
    }

    /// Where every model stands; lags are counted from this end of the log.
    pub async fn list(&self, head: Position) -> Result<Vec<ModelReport>, ReadStoreError> {
        let mut reports = Vec::with_capacity(self.models.len());
        for model in self.models.iter() {
            reports.push(self.report(model, head).await?);
        }
        Ok(reports)
    }

    /// Where one model stands.
    pub async fn one(&self, name: &str, head: Position) -> Result<ModelReport, Refused> {
        let model = self.named(name)?;
        Ok(self.report(model, head).await?)
    }

    /// Compares the live generation of a model with another one that is kept up; with the newest unless told.
    pub async fn compare(&self, name: &str, with: Option<u32>) -> Result<Comparison, Refused> {
        let info = self.store.model(self.named(name)?.name()).await?;
        let model = || name.to_owned();
        let live = info
            .live
            .ok_or_else(|| Refused::NotBuilt { model: model() })?;
        let others = info.generations.iter().map(|(generation, _)| *generation);
        let mut others = others.filter(|generation| *generation != live).rev();
        let other = match with {
            None => others
                .next()
                .ok_or_else(|| Refused::NothingToCompare { model: model() })?,
            Some(number) if live.0 == number => {
                return Err(Refused::NothingToCompare { model: model() });
            }
            Some(number) => others
                .find(|generation| generation.0 == number)
                .ok_or_else(|| unknown_generation(&info, number))?,
        };
        let reference = |generation| ModelRef {
            name: model(),
            generation,
        };
        let (live, other) = (reference(live), reference(other));
        self.wait_until_kept_up(&live, &other).await?;
        let side = |model| Side {
            store: &*self.store,
            model,
            lanes: self.lanes,
        };
        Ok(compare(side(&live), side(&other), COMPARE_PATIENCE).await?)
    }

    /// A generation that rests would never reach what the live one has: said at once instead of after long waiting.
    async fn wait_until_kept_up(&self, live: &ModelRef, other: &ModelRef) -> Result<(), Refused> {
        let target = self.position(live).await?;
        let (mut last, mut rested) = (self.position(other).await?, Duration::ZERO);
        while last < target {
            tokio::time::sleep(BETWEEN_LOOKS).await;
            let now = self.position(other).await?;
            rested = if now > last {
                Duration::ZERO
            } else {
                rested + BETWEEN_LOOKS
            };
            last = now;
            if rested >= RESTING {
                return Err(Refused::Resting {
                    generation: other.to_string(),
                    position: last.get(),
                    live: target.get(),
                });
            }
        }
        Ok(())
    }

    /// All models that this program knows.
    pub(crate) fn all(&self) -> &[Model] {
        &self.models
    }

    pub(crate) fn store(&self) -> &dyn ReadStore {
        &*self.store
    }

    pub(crate) fn lanes(&self) -> u16 {
        self.lanes
    }

    /// How many keys are parked in a generation.
    pub(crate) async fn parked_count(&self, model: &ModelRef) -> Result<usize, ReadStoreError> {
        Ok(parked_of(&*self.store, model, self.lanes).await?.len())
    }

    pub(crate) fn named(&self, name: &str) -> Result<&Model, Refused> {
        let found = self.models.iter().find(|model| model.name() == name);
        found.ok_or_else(|| Refused::UnknownModel {
            name: name.chars().take(100).collect(),
            known: self
                .models
                .iter()
                .map(Model::name)
                .collect::<Vec<_>>()
                .join(", "),
        })
    }

    async fn report(&self, model: &Model, head: Position) -> Result<ModelReport, ReadStoreError> {
        let info = self.store.model(model.name()).await?;
        let version = model.fold_version();
        let mut live = None;
        let mut others = Vec::new();
        for (generation, fold_version) in &info.generations {
            let reference = ModelRef {
                name: info.name.clone(),
                generation: *generation,
            };
            let position = self.position(&reference).await?;
            let report = GenerationReport {
                generation: generation.0,
                fold_version: fold_version.clone(),
                state: state_of(
                    &info,
                    *generation,
                    fold_version == &version,
                    position >= head,
                ),
                position: position.get(),
                lag_events: head.get().saturating_sub(position.get()),
                parked: self.parked_count(&reference).await?,
            };
            if info.live == Some(*generation) {
                live = Some(report);
            } else {
                others.push(report);
            }
        }
        let work = work::read(&*self.store, model.name()).await?.work;
        let condition = Condition::of(live.as_ref(), &others, &version);
        Ok(ModelReport {
            name: info.name,
            fold_version: version,
            condition,
            live,
            others,
            work,
        })
    }

    /// The last event that is in the documents of every lane.
    pub(crate) async fn position(&self, model: &ModelRef) -> Result<Position, ReadStoreError> {
        let mut slowest = None;
        for lane in 0..self.lanes {
            let position = self.store.checkpoint(model, lane).await?.position;
            slowest = Some(slowest.map_or(position, |slowest: Position| slowest.min(position)));
        }
        Ok(slowest.unwrap_or_default())
    }
}

fn state_of(
    info: &ModelInfo,
    generation: Generation,
    of_this_program: bool,
    caught_up: bool,
) -> GenerationState {
    match info.live {
        Some(live) if live == generation => GenerationState::Live,
        _ if info.previous == Some(generation) => GenerationState::Previous,
        _ if !of_this_program || Some(generation) <= info.newest_live => GenerationState::Outdated,
        _ if caught_up => GenerationState::CaughtUp,
        _ => GenerationState::Building,
    }
}

pub(super) fn unknown_generation(info: &ModelInfo, generation: u32) -> Refused {
    let known = info.generations.iter().map(|(there, _)| there.to_string());
    Refused::UnknownGeneration {
        model: info.name.clone(),
        generation,
        known: known.collect::<Vec<_>>().join(", "),
    }
}
