//! The read models as an operator sees them: which generations there are, who is sent where, and how far each is.
//!
//! It never folds an event: that is the projector's work, wherever it runs.

pub(crate) mod http;
mod report;

use std::sync::Arc;

use accession_events::Position;
use accession_projector::{Model, parked_of};
use accession_read_store::{Generation, ModelInfo, ModelRef, ReadStore, ReadStoreError};

pub use report::{Condition, GenerationReport, GenerationState, ModelReport, ReadModelList};

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
                parked: parked_of(&*self.store, &reference, self.lanes).await?.len(),
            };
            if info.live == Some(*generation) {
                live = Some(report);
            } else {
                others.push(report);
            }
        }
        let condition = Condition::of(live.as_ref(), &others, &version);
        Ok(ModelReport {
            name: info.name,
            fold_version: version,
            condition,
            live,
            others,
        })
    }

    /// The last event that is in the documents of every lane.
    async fn position(&self, model: &ModelRef) -> Result<Position, ReadStoreError> {
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
        _ if !of_this_program => GenerationState::Outdated,
        Some(live) if generation < live => GenerationState::Previous,
        _ if caught_up => GenerationState::CaughtUp,
        _ => GenerationState::Building,
    }
}
