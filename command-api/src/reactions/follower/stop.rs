//! Why a follower starts over, or does not.
//!
//! Never mends anything: the follower decides what comes of it.

use accession_event_log::LogError;
use accession_secrets::SecretsError;

use crate::reactions::failure::ReactionError;

/// Why a follower starts over.
pub(super) enum Stop {
    /// Somebody else moved the checkpoint: two hold the lease for a moment.
    Rival,
    Failed(ReactionError),
    /// By its policy it does nothing more.
    ForGood(String),
}

impl From<ReactionError> for Stop {
    fn from(error: ReactionError) -> Self {
        Self::Failed(error)
    }
}

impl From<SecretsError> for Stop {
    fn from(error: SecretsError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<LogError> for Stop {
    fn from(error: LogError) -> Self {
        Self::Failed(error.into())
    }
}
