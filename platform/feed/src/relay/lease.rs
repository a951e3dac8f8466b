//! Who may relay: one process at a time, by a lease it keeps checking.
//!
//! A lease only keeps two relays from wasting work. What keeps a relay that has lost its lease unawares from doing harm
//! is the fence on every message, never this.

use async_trait::async_trait;

mod postgres;

pub use postgres::PostgresLease;

/// Why nothing is known about a lease: the one who grants it does not answer. Taken as not held.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the relay's lease cannot be checked: {reason}")]
pub struct LeaseError {
    /// What was said.
    pub reason: String,
}

/// The right to relay.
#[async_trait]
pub trait Lease: Send {
    /// Tries to get it once, without waiting for whoever holds it. True: it is ours.
    async fn try_acquire(&mut self) -> Result<bool, LeaseError>;

    /// Whether it is still ours.
    async fn is_held(&mut self) -> Result<bool, LeaseError>;

    /// Gives it back, so that another need not wait.
    async fn release(&mut self);
}

/// The lease of a set-up that has a single process: always held.
#[derive(Debug, Clone, Copy, Default)]
pub struct AlwaysHeld;

#[async_trait]
impl Lease for AlwaysHeld {
    async fn try_acquire(&mut self) -> Result<bool, LeaseError> {
        Ok(true)
    }

    async fn is_held(&mut self) -> Result<bool, LeaseError> {
        Ok(true)
    }

    async fn release(&mut self) {}
}
