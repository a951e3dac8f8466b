//! Why a projector ends, and why it only pauses.
//!
//! An event that cannot be folded is neither: it is parked.

use std::fmt;

use accession_events::Position;
use accession_feed::FeedError;
use accession_read_store::ReadStoreError;

/// Why a projector has stopped for good. What it wrote until then stands.
#[derive(Debug, thiserror::Error)]
pub enum ProjectorError {
    /// Another projector took over; exactly one may write.
    #[error(
        "another projector has taken over {model}: its fence is {actual}, ours is {ours}; this one stops"
    )]
    Fenced {
        /// Name and generation.
        model: String,
        /// Our token.
        ours: u64,
        /// The newest token.
        actual: u64,
    },
    /// The read store's settings, or what was to be written, make going on pointless.
    #[error("the projector stops: {0}")]
    Store(ReadStoreError),
    /// The feed contradicts the log or the checkpoint; going on would write a lie.
    #[error("the projector stops: {0}")]
    Feed(FeedError),
    /// A part of the projector ended unexpectedly: a defect.
    #[error("the projector stops: {reason}")]
    Defect {
        /// What was found.
        reason: String,
    },
}

/// What ends a track: everything is dropped and begun again from the stored checkpoints, or given up.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Try again after a pause; what is wrong is for the log.
    Pause(String),
    /// Read the checkpoints again at once: something else moved them.
    Moved(String),
    /// Nothing is wrong: models that were behind have caught up, and are to be grouped anew.
    Regroup,
    /// Stop.
    Fatal(ProjectorError),
}

impl From<ReadStoreError> for Trouble {
    fn from(error: ReadStoreError) -> Self {
        match error {
            ReadStoreError::Unavailable { .. } => Self::Pause(error.to_string()),
            ReadStoreError::CheckpointMoved { .. } | ReadStoreError::Behind { .. } => {
                Self::Moved(error.to_string())
            }
            // An older token than ours means that the store was wiped or went back: take it over again.
            ReadStoreError::Fenced { ours, actual, .. } if actual < ours => {
                Self::Moved(error.to_string())
            }
            ReadStoreError::Fenced {
                model,
                ours,
                actual,
            } => Self::Fatal(ProjectorError::Fenced {
                model,
                ours,
                actual,
            }),
            ReadStoreError::Unusable { .. } | ReadStoreError::Corrupt { .. } => {
                Self::Fatal(ProjectorError::Store(error))
            }
        }
    }
}

impl From<FeedError> for Trouble {
    fn from(error: FeedError) -> Self {
        match error {
            FeedError::Interrupted { .. } => Self::Pause(error.to_string()),
            FeedError::Corrupt { .. } => Self::Fatal(ProjectorError::Feed(error)),
        }
    }
}

/// Why parked events were not taken in.
#[derive(Debug, thiserror::Error)]
pub enum RetryError {
    /// The projector does not run, so nobody can fold.
    #[error("the projector is not running; start it and try again")]
    NotRunning,
    /// There is no such model.
    #[error("there is no read model `{name}`; the models are {known}")]
    UnknownModel {
        /// What was asked for.
        name: String,
        /// All names.
        known: String,
    },
    /// Nothing is parked under this key.
    #[error("nothing is parked under `{key}` in {model}")]
    NotParked {
        /// Model.
        model: String,
        /// Key.
        key: String,
    },
    /// An event could not be taken in again; it and the later ones stay parked.
    #[error("event {position} still cannot be taken in: {reason}")]
    StillFailing {
        /// Which event.
        position: Position,
        /// Why.
        reason: String,
    },
    /// The store or the log could not be used just now; nothing has changed.
    #[error("not now: {reason}")]
    Interrupted {
        /// What was said.
        reason: String,
    },
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pause(reason) | Self::Moved(reason) => f.write_str(reason),
            Self::Regroup => f.write_str("the read models are being grouped anew"),
            Self::Fatal(error) => error.fmt(f),
        }
    }
}

impl From<Trouble> for RetryError {
    fn from(trouble: Trouble) -> Self {
        Self::Interrupted {
            reason: trouble.to_string(),
        }
    }
}
