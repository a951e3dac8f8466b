//! What counts calls. Two do: one in the process and one in Redis.
//!
//! Never lets a blocked call cost anything.

use async_trait::async_trait;

use crate::limit::{Asked, Verdict};

/// The limiter cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the shared rate limiter cannot be asked: {reason}")]
pub struct LimiterAway {
    /// What was said.
    pub reason: String,
}

/// Counts calls.
#[async_trait]
pub trait Limiter: Send + Sync + 'static {
    /// Asks each limit in order and counts one call against it, up to the first that blocks: that one counts nothing, and
    /// those after it are not asked. Answers one verdict for each that was asked.
    async fn ask(&self, asked: &[Asked<'_>]) -> Result<Vec<Verdict>, LimiterAway>;
}
