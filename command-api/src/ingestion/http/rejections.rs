//! Rejected items, noted on their run.
//!
//! Never decides what is rejected: it is told.

use accession_event_log::{Given, Repository};
use accession_events::Metadata;
use accession_events::ids::ImportRunId;
use accession_events::ingestion::RejectedItem;
use accession_service::problem::Problem;
use async_trait::async_trait;

use super::at;
use crate::http::failure::{from_repository, problem_of};
use crate::ingestion::import_run::note_rejected::NoteRejected;
use crate::ingestion::import_run::{ImportRun, ImportRunCommand, ImportRunError};
use crate::rejections::RejectionLog;

/// Import runs as the place where rejected items are noted.
#[derive(Clone)]
pub struct RunRejections {
    runs: Repository<ImportRun>,
}

impl RunRejections {
    /// Notes on these runs.
    #[must_use]
    pub fn new(runs: Repository<ImportRun>) -> Self {
        Self { runs }
    }
}

#[async_trait]
impl RejectionLog for RunRejections {
    async fn require_open(&self, run: ImportRunId) -> Result<(), Problem> {
        let loaded = self
            .runs
            .load(&run.to_string())
            .await
            .map_err(|error| from_repository(&error))?;
        match &*loaded.state {
            ImportRun::Open(_) => Ok(()),
            ImportRun::Absent => Err(at(
                "run_id",
                "unknown_run",
                format!("there is no import run {run}: open one first"),
            )),
            ImportRun::Ended(ended) => Err(at(
                "run_id",
                "import_run_ended",
                ImportRunError::Ended(ended.end).to_string(),
            )),
        }
    }

    async fn note(
        &self,
        run: ImportRunId,
        items: Vec<RejectedItem>,
        metadata: Metadata,
    ) -> Result<(), Problem> {
        let given = Given {
            metadata: Metadata {
                import_run: Some(run.to_string()),
                ..metadata
            },
            ..Given::default()
        };
        let command = ImportRunCommand::NoteRejected(NoteRejected { items });
        self.runs
            .execute(&run.to_string(), &given, &command)
            .await
            .map(|_| ())
            .map_err(problem_of)
    }
}
