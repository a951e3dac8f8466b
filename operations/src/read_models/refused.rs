//! Why an operator's wish is not fulfilled: as things stand, and with nothing changed.
//!
//! Every text says what was found and what to do.

use accession_read_store::ReadStoreError;
use jiff::Timestamp;

/// An operator's wish that is not fulfilled; nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// There is no such model.
    #[error("there is no read model `{name}`; the models are {known}")]
    UnknownModel {
        /// What was asked for.
        name: String,
        /// All names.
        known: String,
    },
    /// There is no such generation.
    #[error("{model} has no generation {generation}; it has {known}")]
    UnknownGeneration {
        /// The model.
        model: String,
        /// What was asked for.
        generation: u32,
        /// All numbers.
        known: String,
    },
    /// It was never built.
    #[error("{model} is being built for the first time: there is nothing to build it beside")]
    NotBuilt {
        /// The model.
        model: String,
    },
    /// The live generation is another fold's.
    #[error(
        "{model} is outdated: readers are sent to a generation of fold {live}, this program's is {ours}; \
         a projector of this version builds a new one beside it by itself and sends readers there"
    )]
    Outdated {
        /// The model.
        model: String,
        /// The fold of the live generation.
        live: String,
        /// The fold of this program.
        ours: String,
    },
    /// Somebody is at it.
    #[error(
        "{model} is being worked on: generation {generation}, asked for by {by} at {begun}; wait for it, \
         or give it up with `drop-old {model} --generation {generation}`"
    )]
    Running {
        /// The model.
        model: String,
        /// The generation in work.
        generation: u32,
        /// Who asked for it.
        by: String,
        /// When.
        begun: Timestamp,
    },
    /// No generation waits to be promoted.
    #[error(
        "there is nothing to promote: no generation of {model} is held; build one with `rebuild {model} --hold`"
    )]
    NothingHeld {
        /// The model.
        model: String,
    },
    /// No generation is kept to go back to.
    #[error("there is nothing to roll back to: no earlier generation of {model} is kept")]
    NothingKept {
        /// The model.
        model: String,
    },
    /// Nobody here can bring it up to date.
    #[error(
        "generation {generation} of {model} is of fold {version}, and this program's is {ours}, so it cannot be brought \
         up to date here: start the program that built it and roll back with that, or accept that readers see older \
         documents with --accept-older"
    )]
    OtherFold {
        /// The model.
        model: String,
        /// The generation.
        generation: u32,
        /// Its fold.
        version: String,
        /// The fold of this program.
        ours: String,
    },
    /// Readers use it.
    #[error(
        "generation {generation} of {model} is live: readers use it; send them to another one first"
    )]
    Live {
        /// The model.
        model: String,
        /// The generation.
        generation: u32,
    },
    /// There are not two generations that can be compared.
    #[error(
        "{model} has no generation beside the live one to compare it with; build one with `rebuild {model} --hold`"
    )]
    NothingToCompare {
        /// The model.
        model: String,
    },
    /// One of the generations is not kept up.
    #[error(
        "{generation} stands at {position} and does not move, while the live one stands at {live}: only a generation that \
         is being built or held can be compared"
    )]
    Resting {
        /// Model and generation.
        generation: String,
        /// Where it stands.
        position: u64,
        /// Where the live one stands.
        live: u64,
    },
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] ReadStoreError),
}

impl Refused {
    /// A stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownModel { .. } => "unknown_read_model",
            Self::UnknownGeneration { .. } => "unknown_generation",
            Self::NotBuilt { .. } => "read_model_not_built",
            Self::Outdated { .. } => "read_model_outdated",
            Self::Running { .. } => "work_in_progress",
            Self::NothingHeld { .. } => "nothing_to_promote",
            Self::NothingKept { .. } => "nothing_to_roll_back_to",
            Self::OtherFold { .. } => "fold_of_another_version",
            Self::Live { .. } => "generation_live",
            Self::NothingToCompare { .. } => "nothing_to_compare",
            Self::Resting { .. } => "generation_not_kept_up",
            Self::Store(_) => "read_store",
        }
    }
}
