//! The operators' port over a log in Postgres.
//!
//! What changes something does it in one transaction, under the lock of the appends or that of the sealer.

use accession_transparency::{FullTile, Hash, StoredEvent};
use async_trait::async_trait;

use super::{PostgresLog, claims, importing, sealing};
use crate::claim_book::{ClaimBook, ClaimReport};
use crate::error::LogError;
use crate::register::RegisterStore;
use crate::seal::{LogImport, NewSeal, Seal};

#[async_trait]
impl RegisterStore for PostgresLog {
    async fn reconcile_claims(&self, book: ClaimBook, mend: bool) -> Result<ClaimReport, LogError> {
        claims::reconcile(&self.readers, book, mend).await
    }

    async fn read_stored(&self, after: u64, limit: usize) -> Result<Vec<StoredEvent>, LogError> {
        importing::stored(&self.readers, after, limit).await
    }

    async fn seals_after(&self, size: u64, limit: usize) -> Result<Vec<Seal>, LogError> {
        sealing::seals(&self.readers, sealing::SEALS_AFTER, size, limit).await
    }

    async fn last_seal(&self) -> Result<Option<Seal>, LogError> {
        let newest = sealing::seals(&self.readers, sealing::LAST_SEALS, 0, 1).await?;
        Ok(newest.into_iter().next())
    }

    async fn tiles(&self, level: u8, first: u64, count: usize) -> Result<Vec<FullTile>, LogError> {
        sealing::tiles(&self.readers, level, first, count).await
    }

    async fn tile_roots(
        &self,
        level: u8,
        first: u64,
        count: usize,
    ) -> Result<Vec<(u64, Hash)>, LogError> {
        sealing::tile_roots(&self.readers, level, first, count).await
    }

    async fn add_seal(&self, seal: &NewSeal) -> Result<bool, LogError> {
        sealing::add(&self.readers, seal).await
    }

    async fn log_import(&self) -> Result<Option<LogImport>, LogError> {
        importing::import(&self.readers).await
    }

    async fn begin_import(&self, root: Hash, size: u64) -> Result<u64, LogError> {
        importing::begin(&self.readers, root, size).await
    }

    async fn import_events(&self, after: u64, events: &[StoredEvent]) -> Result<(), LogError> {
        importing::add(&self.readers, after, events).await
    }

    async fn finish_import(&self, root: Hash) -> Result<(), LogError> {
        importing::finish(&self.readers, root).await
    }
}
