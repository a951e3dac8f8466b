//! What an operator is told about a read model, the same words over HTTP and on the command line.
//!
//! Only what was found in the store; nothing is guessed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::work::Work;

/// All read models.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReadModelList {
    /// The newest position of the log.
    pub head: u64,
    /// The models.
    pub items: Vec<ModelReport>,
}

/// What was dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Dropped {
    /// The numbers of the generations.
    pub dropped: Vec<u32>,
}

/// A read model and all its generations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModelReport {
    /// Its name.
    pub name: String,
    /// The fold of the program that answers; a generation of any other is outdated to it.
    pub fold_version: String,
    /// How the model does.
    pub condition: Condition,
    /// The generation that readers are sent to; none while it was never built.
    pub live: Option<GenerationReport>,
    /// All other generations, the oldest first.
    pub others: Vec<GenerationReport>,
    /// What is being done to it, or was last.
    pub work: Option<Work>,
}

/// How a read model does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Readers are sent to a generation of this program's fold.
    Current,
    /// Readers are sent to a generation of this program's fold, and another one is being built beside it.
    Rebuilding,
    /// Readers are sent to a generation that another fold built; one of this program's is built beside it.
    Outdated,
    /// It has never been live.
    NotBuilt,
}

/// One build of a read model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GenerationReport {
    /// Its number.
    pub generation: u32,
    /// The fold that builds it.
    pub fold_version: String,
    /// What it is for now.
    pub state: GenerationState,
    /// The last event that is in its documents.
    pub position: u64,
    /// How many events of the log are not.
    pub lag_events: u64,
    /// How many keys are parked in it.
    pub parked: usize,
}

/// What a generation is for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GenerationState {
    /// It takes the log in, and is not at its end yet.
    Building,
    /// It has everything, and waits to be compared and promoted.
    CaughtUp,
    /// Readers are sent to it.
    Live,
    /// Readers were sent to it before; it is kept for a rollback.
    Previous,
    /// Another fold built it, or it was live longer ago: nobody needs it.
    Outdated,
}

impl Condition {
    pub(super) fn of(
        live: Option<&GenerationReport>,
        others: &[GenerationReport],
        version: &str,
    ) -> Self {
        let building = |report: &GenerationReport| {
            matches!(
                report.state,
                GenerationState::Building | GenerationState::CaughtUp
            )
        };
        match live {
            None => Self::NotBuilt,
            Some(live) if live.fold_version != version => Self::Outdated,
            Some(_) if others.iter().any(building) => Self::Rebuilding,
            Some(_) => Self::Current,
        }
    }
}
