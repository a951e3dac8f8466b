//! The port of a log that operators use beyond what serving needs: to compare, prove, export and import it.
//!
//! Nothing here changes an event. Postgres and SQLite implement it behind the same tests.

use accession_transparency::{FullTile, Hash, StoredEvent};
use async_trait::async_trait;

use crate::claim_book::{ClaimBook, ClaimReport};
use crate::error::LogError;
use crate::seal::{LogImport, NewSeal, Seal};
use crate::store::LogStore;

/// A database that keeps the log, as operators see it.
#[async_trait]
pub trait RegisterStore: LogStore {
    /// Applies the rest of the log to `book` and compares it with the claims table, both as of one moment. With `mend`
    /// the table is made to say what the events say, in the same transaction, under the lock of the appends.
    async fn reconcile_claims(&self, book: ClaimBook, mend: bool) -> Result<ClaimReport, LogError>;

    /// Rows of the table of events after a position, in its order, byte for byte, at most `limit`. Promises nothing
    /// about holes: whoever verifies wants to see them.
    async fn read_stored(&self, after: u64, limit: usize) -> Result<Vec<StoredEvent>, LogError>;

    /// Checkpoints of more than `size` events, the smallest first, at most `limit`.
    async fn seals_after(&self, size: u64, limit: usize) -> Result<Vec<Seal>, LogError>;

    /// The newest checkpoint.
    async fn last_seal(&self) -> Result<Option<Seal>, LogError>;

    /// Tiles of a level from a number on, in order, at most `count`; only those that are kept.
    async fn tiles(&self, level: u8, first: u64, count: usize) -> Result<Vec<FullTile>, LogError>;

    /// The roots of such tiles with their numbers, without their hashes.
    async fn tile_roots(
        &self,
        level: u8,
        first: u64,
        count: usize,
    ) -> Result<Vec<(u64, Hash)>, LogError>;

    /// Keeps a checkpoint and its tiles. False, and nothing is kept, if the newest one is not that before it: another
    /// process seals as well.
    async fn add_seal(&self, seal: &NewSeal) -> Result<bool, LogError>;

    /// The import that this log came from or is coming from.
    async fn log_import(&self) -> Result<Option<LogImport>, LogError>;

    /// Notes that an export of this size and root is being imported. Refused unless the log is empty or this very
    /// import has begun already; answers how many events are there.
    async fn begin_import(&self, root: Hash, size: u64) -> Result<u64, LogError>;

    /// Writes events of an unfinished import as they are, after those that are there: positions, times and ids stay.
    async fn import_events(&self, after: u64, events: &[StoredEvent]) -> Result<(), LogError>;

    /// Notes that the import is whole.
    async fn finish_import(&self, root: Hash) -> Result<(), LogError>;
}
