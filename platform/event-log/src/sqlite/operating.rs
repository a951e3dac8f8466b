//! The operators' port over a log in a SQLite file.
//!
//! Every answer is as of one transaction; what changes something goes through the one writing thread.

use async_trait::async_trait;

use super::{SqliteLog, claims};
use crate::claim_book::{ClaimBook, ClaimReport};
use crate::error::LogError;
use crate::register::RegisterStore;

#[async_trait]
impl RegisterStore for SqliteLog {
    async fn reconcile_claims(&self, book: ClaimBook, mend: bool) -> Result<ClaimReport, LogError> {
        if !mend {
            return self
                .readers
                .read(move |connection| claims::compare(connection, book))
                .await;
        }
        self.write(move |transaction| {
            let report = claims::compare(transaction.connection, book)?;
            claims::mend(transaction.connection, &report.differences)?;
            Ok(report)
        })
        .await
    }
}
