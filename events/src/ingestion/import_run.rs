//! What can happen to an import run: opened, checkpointed, completed or abandoned, undone, and what it rejected.

use serde::{Deserialize, Serialize};

use crate::claims::{ClaimChange, ClaimKey, ClaimKind};
use crate::event::LoggedEvent;
use crate::values::SourceName;

/// How many items went which way, over the whole run so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportCounts {
    /// Items that changed the catalog.
    pub accepted: u64,
    /// Items that said nothing new.
    pub unchanged: u64,
    /// Items that were refused, each with a reason.
    pub rejected: u64,
}

/// One item that an import refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RejectedItem {
    /// The record's id at its source, or its line in a file (`line 17`).
    pub record: String,
    /// Machine-readable reason, for example `bad_isbn`.
    pub code: String,
    /// What is wrong, for a person.
    pub detail: String,
}

/// What happened to an import run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImportRunEvent {
    /// An importer started to bring in one input of a source.
    ImportRunOpened {
        /// The source.
        source: SourceName,
        /// Which input, for example a file's name and content hash: one open run per source and input.
        input: String,
    },
    /// Everything before the cursor is done; a run that stops resumes here.
    ImportRunCheckpointed {
        /// The importer's own mark, for example a line number or a provider's cursor.
        cursor: String,
        /// Totals so far.
        counts: ImportCounts,
    },
    /// Items were refused; the run goes on.
    ImportItemsRejected {
        /// Which, and why.
        items: Vec<RejectedItem>,
    },
    /// All of the input has been brought in.
    ImportRunCompleted {
        /// Source, for the claim that ends here.
        source: SourceName,
        /// Input, for the claim that ends here.
        input: String,
        /// Totals.
        counts: ImportCounts,
    },
    /// The run was given up; what it brought in stays.
    ImportRunAbandoned {
        /// Source, for the claim that ends here.
        source: SourceName,
        /// Input, for the claim that ends here.
        input: String,
        /// Why.
        reason: String,
        /// Totals.
        counts: ImportCounts,
    },
    /// Everything that the ended run had brought in was taken back, but for what somebody has built upon since.
    ImportRunUndone {
        /// Why.
        reason: String,
    },
}

impl LoggedEvent for ImportRunEvent {
    const AGGREGATE: &'static str = "ingestion.import_run";

    fn name(&self) -> &'static str {
        match self {
            Self::ImportRunOpened { .. } => "ImportRunOpened",
            Self::ImportRunCheckpointed { .. } => "ImportRunCheckpointed",
            Self::ImportItemsRejected { .. } => "ImportItemsRejected",
            Self::ImportRunCompleted { .. } => "ImportRunCompleted",
            Self::ImportRunAbandoned { .. } => "ImportRunAbandoned",
            Self::ImportRunUndone { .. } => "ImportRunUndone",
        }
    }

    fn claims(&self) -> Vec<ClaimChange> {
        match self {
            Self::ImportRunOpened { source, input } => {
                vec![ClaimChange::Make(open_run(source, input))]
            }
            Self::ImportRunCompleted { source, input, .. }
            | Self::ImportRunAbandoned { source, input, .. } => {
                vec![ClaimChange::Release(open_run(source, input))]
            }
            _ => Vec::new(),
        }
    }
}

fn open_run(source: &SourceName, input: &str) -> ClaimKey {
    ClaimKey::new(ClaimKind::OpenImportRun, format!("{source}:{input}"))
}
