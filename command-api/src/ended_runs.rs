//! Import runs that have ended, for whoever takes back what one of them brought in.
//!
//! Never knows what a run changed: that is read from the log by whose it is.

use accession_event_log::{Given, Repository};
use accession_events::Position;
use accession_events::ids::{IdError, ImportRunId};
use accession_service::problem::Problem;

use crate::http::failure::{Refusal as _, from_log, from_repository, problem_of};
use crate::ingestion::import_run::mark_undone::MarkUndone;
use crate::ingestion::import_run::{ImportRun, ImportRunCommand, ImportRunError};

/// Finds runs that have ended, and marks them as undone.
#[derive(Clone)]
pub struct EndedRuns {
    runs: Repository<ImportRun>,
}

/// A run that can be undone.
pub(crate) struct EndedRun {
    /// Its id, as its stream is named.
    pub(crate) id: String,
    /// Where it was opened: nothing of it stands before.
    pub(crate) opened: Position,
}

impl EndedRuns {
    /// The runs of this repository.
    #[must_use]
    pub fn of(runs: Repository<ImportRun>) -> Self {
        Self { runs }
    }

    /// The run with this id; a problem when there is none, or when it still goes on.
    pub(crate) async fn find(&self, id: &str) -> Result<EndedRun, Problem> {
        let id: ImportRunId = id
            .parse()
            .map_err(|error: IdError| Problem::not_found(error.to_string()))?;
        let id = id.to_string();
        let loaded = self.runs.load(&id).await;
        match *loaded.map_err(|error| from_repository(&error))?.state {
            ImportRun::Absent => {
                return Err(Problem::not_found(format!("there is no import run {id}")));
            }
            ImportRun::Open(_) => return Err(ImportRunError::Open.problem()),
            ImportRun::Ended(_) => {}
        }
        let store = self.runs.log().store();
        let first = store.read_stream(&self.runs.stream(&id), 0, 1).await;
        let first = first.map_err(|error| from_log(&error))?;
        let opened = first
            .first()
            .map_or(Position::START, |first| first.position);
        Ok(EndedRun { id, opened })
    }

    /// Notes that what the run brought in was taken back.
    pub(crate) async fn mark_undone(
        &self,
        run: &EndedRun,
        given: &Given,
        reason: String,
    ) -> Result<(), Problem> {
        let command = ImportRunCommand::MarkUndone(MarkUndone { reason });
        let marked = self.runs.execute(&run.id, given, &command).await;
        marked.map_err(problem_of).map(|_| ())
    }
}
