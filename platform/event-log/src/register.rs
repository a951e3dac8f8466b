//! The port of a log that operators use beyond what serving needs: to compare, prove, export and import it.
//!
//! Nothing here changes an event. Postgres and SQLite implement it behind the same tests.

use async_trait::async_trait;

use crate::claim_book::{ClaimBook, ClaimReport};
use crate::error::LogError;
use crate::store::LogStore;

/// A database that keeps the log, as operators see it.
#[async_trait]
pub trait RegisterStore: LogStore {
    /// Applies the rest of the log to `book` and compares it with the claims table, both as of one moment. With `mend`
    /// the table is made to say what the events say, in the same transaction, under the lock of the appends.
    async fn reconcile_claims(&self, book: ClaimBook, mend: bool) -> Result<ClaimReport, LogError>;
}
