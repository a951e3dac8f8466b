//! The operators' port over a log in a SQLite file.
//!
//! Every answer is as of one transaction; what changes something goes through the one writing thread.

use accession_transparency::{FullTile, Hash, StoredEvent};
use async_trait::async_trait;

use super::{SqliteLog, claims, importing, sealing};
use crate::claim_book::{ClaimBook, ClaimReport};
use crate::error::LogError;
use crate::register::RegisterStore;
use crate::seal::{LogImport, NewSeal, Seal};

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

    async fn read_stored(&self, after: u64, limit: usize) -> Result<Vec<StoredEvent>, LogError> {
        self.readers
            .read(move |connection| importing::stored(connection, after, limit))
            .await
    }

    async fn seals_after(&self, size: u64, limit: usize) -> Result<Vec<Seal>, LogError> {
        self.readers
            .read(move |connection| sealing::seals(connection, sealing::SEALS_AFTER, size, limit))
            .await
    }

    async fn last_seal(&self) -> Result<Option<Seal>, LogError> {
        let newest = self
            .readers
            .read(|connection| sealing::seals(connection, sealing::LAST_SEALS, 0, 1))
            .await?;
        Ok(newest.into_iter().next())
    }

    async fn tiles(&self, level: u8, first: u64, count: usize) -> Result<Vec<FullTile>, LogError> {
        self.readers
            .read(move |connection| sealing::tiles(connection, level, first, count))
            .await
    }

    async fn tile_roots(
        &self,
        level: u8,
        first: u64,
        count: usize,
    ) -> Result<Vec<(u64, Hash)>, LogError> {
        self.readers
            .read(move |connection| sealing::tile_roots(connection, level, first, count))
            .await
    }

    async fn add_seal(&self, seal: &NewSeal) -> Result<bool, LogError> {
        let seal = seal.clone();
        self.write(move |transaction| sealing::add(transaction, &seal))
            .await
    }

    async fn log_import(&self) -> Result<Option<LogImport>, LogError> {
        self.readers.read(importing::noted).await
    }

    async fn begin_import(&self, root: Hash, size: u64) -> Result<u64, LogError> {
        self.write(move |transaction| importing::begin(transaction, root, size))
            .await
    }

    async fn import_events(&self, after: u64, events: &[StoredEvent]) -> Result<(), LogError> {
        let events = events.to_vec();
        self.write(move |transaction| importing::add(transaction, after, &events))
            .await
    }

    async fn finish_import(&self, root: Hash) -> Result<(), LogError> {
        self.write(move |transaction| importing::finish(transaction, root))
            .await
    }
}
