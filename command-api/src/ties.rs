//! Ties: what holds somebody who wants to end their account. Whoever holds people says so here, and identity asks.
//!
//! Never names a context: whoever asks knows this page, and not who answers.

use accession_events::ids::AccountId;
use accession_service::problem::Problem;
use async_trait::async_trait;

/// Asks whether somebody can be spared.
#[async_trait]
pub trait Ties: Send + Sync {
    /// Refuses to let an account end without whom something could not go on, and says what.
    async fn spare(&self, account: AccountId) -> Result<(), Problem>;
}
