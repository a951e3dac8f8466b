//! The operators' port over a log in Postgres.
//!
//! What changes something does it in one transaction, under the lock of the appends.

use async_trait::async_trait;

use super::{PostgresLog, claims};
use crate::claim_book::{ClaimBook, ClaimReport};
use crate::error::LogError;
use crate::register::RegisterStore;

#[async_trait]
impl RegisterStore for PostgresLog {
    async fn reconcile_claims(&self, book: ClaimBook, mend: bool) -> Result<ClaimReport, LogError> {
        claims::reconcile(&self.readers, book, mend).await
    }
}
