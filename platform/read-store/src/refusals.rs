//! Refusals that both stores word alike.
//! Never holds a refusal that only one store knows.

use accession_events::Position;

use crate::store::{ModelRef, ReadStoreError};

impl ReadStoreError {
    /// One word for it, as a metric's label.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } => "transient",
            Self::CheckpointMoved { .. } | Self::Fenced { .. } | Self::Behind { .. } => "overtaken",
            Self::Unusable { .. } => "permanent",
            Self::Corrupt { .. } => "corrupt",
        }
    }

    pub(crate) fn other_fold(model: &ModelRef, stored: &str, wanted: &str) -> Self {
        Self::Unusable {
            reason: format!(
                "{model} was built by fold version {stored:?}, not {wanted:?}; build a new generation beside it"
            ),
        }
    }

    pub(crate) fn unknown_generation(model: &ModelRef) -> Self {
        Self::Unusable {
            reason: format!("{model} cannot go live: it was never registered, or it was dropped"),
        }
    }

    pub(crate) fn behind(model: &ModelRef, lane: u16, position: Position, live: Position) -> Self {
        Self::Behind {
            model: model.to_string(),
            lane,
            position,
            live,
        }
    }

    pub(crate) fn still_live(model: &ModelRef) -> Self {
        Self::Unusable {
            reason: format!(
                "{model} cannot be dropped: readers use it; send them to another one first"
            ),
        }
    }
}
