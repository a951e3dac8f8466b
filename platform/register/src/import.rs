//! Importing a whole log into an empty one, of whichever kind: positions, times, ids and hashes stay as they are.
//!
//! The file is verified as a whole before anything is written; an import that was killed goes on where it stopped.

use std::path::Path;
use std::sync::Arc;

use accession_event_log::{ClaimBook, ClaimReport, LogError, NewSeal, RegisterStore, Seal};
use accession_transparency::{Checkpoint, Hash, StoredEvent, TiledTree};
use jiff::Timestamp;

use crate::audit::Finding;
use crate::export_file::{Decoded, ExportError, Mark, Reading};
use crate::sealing::added_leaves;
use crate::verify::{Progress, Report, VerifyOptions};
use crate::verify_export::Check;

/// Events written in one transaction.
const BATCH: usize = 2_000;

/// Why an import has ended early.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file.
    #[error(transparent)]
    File(#[from] ExportError),
    /// The database.
    #[error(transparent)]
    Log(#[from] LogError),
    /// What the file says contradicts itself or its checkpoints.
    #[error("the export is not a whole and unchanged log, nothing was imported: {0}")]
    Content(Finding),
    /// The file has changed while it was imported.
    #[error("the export was changed while it was being imported")]
    Changed,
}

/// What was imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// How many events the log has now.
    pub events: u64,
    /// How many were there from an interrupted import.
    pub resumed_at: u64,
    /// How many checkpoints came with them.
    pub checkpoints: u64,
    /// The position up to which they cover the log.
    pub sealed: u64,
    /// The claims, made anew from the events.
    pub claims: ClaimReport,
}

/// Imports an export. With keys its checkpoints must be signed by them; without, only the roots are compared.
pub async fn import(
    store: Arc<dyn RegisterStore>,
    path: &Path,
    options: &VerifyOptions,
    claims: ClaimBook,
    progress: Progress<'_>,
) -> Result<Imported, ImportError> {
    // Before the long look at the file: whether this log may take it at all.
    let (root, report) = checked(path, options, &|done, _| progress(done, 0)).await?;
    let resumed_at = store.begin_import(root, report.events).await?;
    let sealed = store.last_seal().await?.map_or(0, |seal| seal.size);
    let mut writing = Writing {
        store: Arc::clone(&store),
        tree: TiledTree::new(),
        waiting: Vec::with_capacity(BATCH),
        written: resumed_at,
        previous: 0,
        sealed,
    };
    writing
        .file(path, &|done| progress(done, report.events))
        .await?;
    if writing.tree.root() != root {
        return Err(ImportError::Changed);
    }
    let claims = store.reconcile_claims(claims, true).await?;
    store.finish_import(root).await?;
    Ok(Imported {
        events: report.events,
        resumed_at,
        checkpoints: report.checkpoints,
        sealed: report.sealed,
        claims,
    })
}

/// Looks at the whole file first.
async fn checked(
    path: &Path,
    options: &VerifyOptions,
    progress: Progress<'_>,
) -> Result<(Hash, Report), ImportError> {
    let mut check = if options.keys.is_empty() {
        Check::without_signatures()
    } else {
        Check::new(options)
    };
    // What is wrong is in the report either way.
    let _ = check.file(path, progress).await?;
    let root = check.root();
    let report = check.finish();
    match report.findings.first() {
        Some(finding) => Err(ImportError::Content(finding.clone())),
        None => Ok((root, report)),
    }
}

struct Writing {
    store: Arc<dyn RegisterStore>,
    tree: TiledTree,
    waiting: Vec<StoredEvent>,
    /// The last position in the log.
    written: u64,
    /// Size of the last checkpoint passed in the file.
    previous: u64,
    /// Size of the last checkpoint in the log.
    sealed: u64,
}

impl Writing {
    async fn file(
        &mut self,
        path: &Path,
        progress: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<(), ImportError> {
        let mut reading = Reading::start(path);
        while let Some(lines) = reading.next().await? {
            for line in lines {
                match line.content {
                    Decoded::Event(event) => {
                        self.tree.push(event.leaf);
                        if self.tree.size() > self.written {
                            self.waiting.push(event.event);
                        }
                        if self.waiting.len() >= BATCH {
                            self.flush().await?;
                        }
                    }
                    Decoded::Mark(Mark::Checkpoint {
                        checkpoint,
                        signed_at,
                    }) => self.checkpoint(checkpoint, signed_at).await?,
                    Decoded::Mark(_) => {}
                }
            }
            progress(self.tree.size());
        }
        self.flush().await
    }

    async fn flush(&mut self) -> Result<(), ImportError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let events = std::mem::take(&mut self.waiting);
        self.store.import_events(self.written, &events).await?;
        self.written += events.len() as u64;
        Ok(())
    }

    /// A checkpoint is kept only after its events, so that a killed import never promises what it lacks.
    async fn checkpoint(&mut self, note: String, signed_at: Timestamp) -> Result<(), ImportError> {
        let size = Checkpoint::unverified(&note).map_or(0, |checkpoint| checkpoint.size);
        let tiles = self.tree.take_full();
        if size > self.sealed {
            self.flush().await?;
            let new = NewSeal {
                previous: self.previous,
                seal: Seal {
                    size,
                    note,
                    leaves: added_leaves(&self.tree, self.previous),
                    signed_at,
                },
                tiles,
            };
            if !self.store.add_seal(&new).await? {
                return Err(ImportError::Changed);
            }
            self.sealed = size;
        }
        self.previous = size;
        Ok(())
    }
}
