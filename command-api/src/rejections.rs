//! Where an import's rejected items are noted: the door between the catalog, which rejects, and the run, which reports.
//!
//! Neither room knows the other; both know this.

use accession_events::Metadata;
use accession_events::ids::ImportRunId;
use accession_events::ingestion::RejectedItem;
use accession_service::problem::Problem;
use async_trait::async_trait;

/// Notes what was rejected.
#[async_trait]
pub trait RejectionLog: Send + Sync + 'static {
    /// Refuses a run that is not there or has ended, before anything is imported in its name.
    async fn require_open(&self, run: ImportRunId) -> Result<(), Problem>;

    /// Notes items on a run.
    async fn note(
        &self,
        run: ImportRunId,
        items: Vec<RejectedItem>,
        metadata: Metadata,
    ) -> Result<(), Problem>;
}
