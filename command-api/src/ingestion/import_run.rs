//! The import run aggregate: where an import stands, so that it can go on there after a crash.
//!
//! It never touches the catalog.

pub mod abandon;
pub mod checkpoint;
pub mod complete;
pub mod mark_undone;
pub mod note_rejected;
pub mod open;

use std::collections::BTreeSet;

use accession_event_log::Decider;
use accession_events::LoggedEvent;
use accession_events::ingestion::{ImportCounts, ImportRunEvent};
use accession_events::values::SourceName;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

/// An import run: nothing is known of it, it goes on, or it has ended.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum ImportRun {
    /// There is no such run.
    #[default]
    Absent,
    /// It goes on.
    Open(OpenRun),
    /// It has ended.
    Ended(EndedRun),
}

/// A run that goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenRun {
    /// The source.
    pub source: SourceName,
    /// Which input of the source.
    pub input: String,
    /// The importer's mark: everything before it is done. None before the first checkpoint.
    pub cursor: Option<String>,
    /// Totals at the cursor.
    pub counts: ImportCounts,
    /// Digests of the rejections noted so far: a batch that is sent again notes nothing twice.
    pub noted: BTreeSet<u64>,
}

/// A run that has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndedRun {
    /// The source.
    pub source: SourceName,
    /// Which input of the source.
    pub input: String,
    /// How it ended.
    pub end: RunEnd,
    /// The importer's last mark.
    pub cursor: Option<String>,
    /// Totals.
    pub counts: ImportCounts,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunEnd {
    /// All of its input has been brought in.
    Completed,
    /// It was given up.
    Abandoned,
    /// What it had brought in was taken back.
    Undone,
}

/// What can be asked of an import run.
#[derive(Debug, Clone, PartialEq)]
pub enum ImportRunCommand {
    /// Start it.
    Open(open::OpenImport),
    /// Say how far it has come.
    Checkpoint(checkpoint::Checkpoint),
    /// Note items that were refused.
    NoteRejected(note_rejected::NoteRejected),
    /// All has been brought in.
    Complete(complete::Complete),
    /// Give it up.
    Abandon(abandon::Abandon),
    /// Say that what it had brought in was taken back.
    MarkUndone(mark_undone::MarkUndone),
}

/// Why an import run refuses a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImportRunError {
    /// There is no such run.
    #[error("there is no such import run")]
    Unknown,
    /// The id is taken.
    #[error("this import run was opened already")]
    AlreadyOpened,
    /// It has ended.
    #[error("this import run is {}: open a new one", .0.as_str())]
    Ended(RunEnd),
    /// It goes on: what it brings in cannot be taken back yet.
    #[error("this import run goes on: complete or abandon it first")]
    Open,
    /// Counts are totals of the whole run: they only grow.
    #[error(
        "counts are totals of the whole run and never go back: {} accepted, {} unchanged and {} rejected are on record",
        .0.accepted, .0.unchanged, .0.rejected
    )]
    CountsWentBack(ImportCounts),
}

impl RunEnd {
    /// The form in JSON and in sentences.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Abandoned => "abandoned",
            Self::Undone => "undone",
        }
    }
}

impl ImportRun {
    fn open(&self) -> Result<&OpenRun, ImportRunError> {
        match self {
            Self::Open(run) => Ok(run),
            Self::Ended(run) => Err(ImportRunError::Ended(run.end)),
            Self::Absent => Err(ImportRunError::Unknown),
        }
    }
}

impl OpenRun {
    fn refuse_counts_that_go_back(&self, to: ImportCounts) -> Result<(), ImportRunError> {
        let ImportCounts {
            accepted,
            unchanged,
            rejected,
        } = self.counts;
        if to.accepted < accepted || to.unchanged < unchanged || to.rejected < rejected {
            return Err(ImportRunError::CountsWentBack(self.counts));
        }
        Ok(())
    }

    fn ended(self, end: RunEnd, counts: ImportCounts) -> ImportRun {
        let Self {
            source,
            input,
            cursor,
            ..
        } = self;
        ImportRun::Ended(EndedRun {
            source,
            input,
            end,
            cursor,
            counts,
        })
    }

    fn after(mut self, event: ImportRunEvent) -> ImportRun {
        match event {
            // Opening is what made it known; a second one cannot happen and would change nothing. That its changes were
            // undone changes nothing about how it ran.
            ImportRunEvent::ImportRunOpened { .. } | ImportRunEvent::ImportRunUndone { .. } => {}
            ImportRunEvent::ImportRunCheckpointed { cursor, counts } => {
                (self.cursor, self.counts) = (Some(cursor), counts);
            }
            ImportRunEvent::ImportItemsRejected { items } => {
                self.noted.extend(items.iter().map(note_rejected::digest));
            }
            ImportRunEvent::ImportRunCompleted { counts, .. } => {
                return self.ended(RunEnd::Completed, counts);
            }
            ImportRunEvent::ImportRunAbandoned { counts, .. } => {
                return self.ended(RunEnd::Abandoned, counts);
            }
        }
        ImportRun::Open(self)
    }
}

impl Decider for ImportRun {
    const SCHEMA: &'static str = "import_run/1";

    fn decide(&self, command: &ImportRunCommand) -> Result<Vec<ImportRunEvent>, ImportRunError> {
        match command {
            ImportRunCommand::Open(command) => command.decide(self),
            ImportRunCommand::Checkpoint(command) => command.decide(self.open()?),
            ImportRunCommand::NoteRejected(command) => Ok(command.decide(self.open()?)),
            ImportRunCommand::Complete(command) => command.decide(self),
            ImportRunCommand::Abandon(command) => command.decide(self),
            ImportRunCommand::MarkUndone(command) => command.decide(self),
        }
    }
}

impl Aggregate for ImportRun {
    const TYPE: &'static str = ImportRunEvent::AGGREGATE;
    type Command = ImportRunCommand;
    type Event = ImportRunEvent;
    type Error = ImportRunError;
    type Services = ();

    async fn handle(
        &mut self,
        command: ImportRunCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), ImportRunError> {
        for event in self.decide(&command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: ImportRunEvent) {
        *self = match (std::mem::take(self), event) {
            (Self::Open(run), event) => run.after(event),
            (Self::Absent, ImportRunEvent::ImportRunOpened { source, input }) => {
                Self::Open(OpenRun {
                    source,
                    input,
                    cursor: None,
                    counts: ImportCounts::default(),
                    noted: BTreeSet::new(),
                })
            }
            (Self::Ended(run), ImportRunEvent::ImportRunUndone { .. }) => Self::Ended(EndedRun {
                end: RunEnd::Undone,
                ..run
            }),
            // No stream begins with another event, and nothing changes a run that has ended.
            (other, _) => other,
        };
    }
}
