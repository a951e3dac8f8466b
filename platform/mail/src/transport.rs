//! The port by which a letter leaves.
//!
//! What a failure says never contains an address, a token or what a server answered about one.

use async_trait::async_trait;

use crate::letter::Letter;

/// Why a letter did not leave, or may not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It may work later: the server is away, busy, or does not let us in. After a broken connection it is not known
    /// whether the letter left.
    #[error("{reason}")]
    Later {
        /// What went wrong.
        reason: String,
    },
    /// It will never work with this letter.
    #[error("{reason}")]
    Never {
        /// What is wrong with it.
        reason: String,
    },
}

/// How letters leave.
#[async_trait]
pub trait Transport: Send + Sync + 'static {
    /// Hands a letter over. Ok: somebody else answers for it now.
    async fn send(&self, letter: &Letter) -> Result<(), SendError>;

    /// One word for health and metrics.
    fn name(&self) -> &'static str;

    /// Whether letters only go into the log.
    fn only_logs(&self) -> bool {
        false
    }
}
