//! Exporting: the whole log, or what comes after a position, as JSON Lines with its checkpoints.
//!
//! A file grows under a name of its own and gets its real one when it is whole; an export that was killed goes on
//! where it stopped.

mod target;

use std::sync::Arc;

use accession_event_log::{LogError, RegisterStore, Seal};
use accession_transparency::StoredEvent;

pub use self::target::{Target, TargetError};
use crate::export_file::{Mark, VERSION};
use crate::verify::Progress;

/// Events read at a time.
const PAGE: usize = 2_048;
/// Checkpoints read at a time.
const SEALS: usize = 200;

/// What to export.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ExportOptions {
    /// Only events after this position; 0 for the whole log, which alone can be imported.
    pub after: u64,
}

/// What was exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// The position before the first event of the file.
    pub after: u64,
    /// The last position in it.
    pub upto: u64,
    /// The position up to which its checkpoints cover it.
    pub sealed: u64,
    /// The position that an earlier, interrupted export had reached.
    pub resumed_at: Option<u64>,
}

/// Why an export has ended early.
#[derive(Debug, thiserror::Error)]
pub enum ExportFailure {
    /// The database.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The file.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// A position that does not exist.
    #[error("there is nothing after position {after}: the log ends at {head}")]
    Beyond {
        /// Asked for.
        after: u64,
        /// The last position.
        head: u64,
    },
    /// The log is not whole.
    #[error(
        "position {expected} is missing in the log, the next event is {found}: run `accession log verify`"
    )]
    Hole {
        /// The position that is due.
        expected: u64,
        /// What came.
        found: i64,
    },
    /// An event that is no text.
    #[error("position {position} cannot be exported: {reason}: run `accession log verify`")]
    Event {
        /// Where it stands.
        position: u64,
        /// What is wrong with it.
        reason: String,
    },
}

/// Exports up to the present head.
pub async fn export(
    store: Arc<dyn RegisterStore>,
    mut target: Target,
    options: ExportOptions,
    progress: Progress<'_>,
) -> Result<Exported, ExportFailure> {
    let head = store.head().await?.get();
    if options.after > head {
        return Err(ExportFailure::Beyond {
            after: options.after,
            head,
        });
    }
    let resumed_at = target.resumed_at(options.after)?;
    if resumed_at.is_none() {
        target
            .write(line(&Mark::Head {
                accession_log_export: VERSION,
                after: options.after,
            })?)
            .await?;
    }
    let mut work = Work {
        after: options.after,
        at: resumed_at.unwrap_or(options.after),
        sealed: target.sealed(),
        store,
        target,
        head,
    };
    let sealed = work.events(progress).await?;
    let target = work.target;
    target.finish(line(&Mark::End { end: head })?).await?;
    Ok(Exported {
        after: options.after,
        upto: head,
        sealed,
        resumed_at,
    })
}

struct Work {
    store: Arc<dyn RegisterStore>,
    target: Target,
    after: u64,
    at: u64,
    /// Size of the last checkpoint in the file.
    sealed: u64,
    head: u64,
}

impl Work {
    async fn events(&mut self, progress: Progress<'_>) -> Result<u64, ExportFailure> {
        let mut seals = self.seals().await?;
        loop {
            seals = self.due_checkpoints(seals).await?;
            if self.at >= self.head {
                return Ok(self.sealed);
            }
            let next = seals
                .first()
                .map_or(self.head, |seal| seal.size.min(self.head));
            let limit = usize::try_from(next - self.at).unwrap_or(PAGE).min(PAGE);
            let events = self.store.read_stored(self.at, limit).await?;
            if events.is_empty() {
                return Err(ExportFailure::Hole {
                    expected: self.at + 1,
                    found: 0,
                });
            }
            let written = self.page(events).await?;
            self.at += written;
            progress(self.at, self.head);
        }
    }

    /// Writes the checkpoints of exactly the events so far; answers those that are still ahead.
    async fn due_checkpoints(&mut self, mut seals: Vec<Seal>) -> Result<Vec<Seal>, ExportFailure> {
        while let Some(seal) = seals.first() {
            if seal.size > self.at {
                break;
            }
            let seal = seals.remove(0);
            if seal.size == self.at {
                self.sealed = seal.size;
                let mark = Mark::Checkpoint {
                    checkpoint: seal.note,
                    signed_at: seal.signed_at,
                };
                self.target.write(line(&mark)?).await?;
            }
            if seals.is_empty() {
                seals = self.store.seals_after(seal.size, SEALS).await?;
            }
        }
        Ok(seals)
    }

    /// The checkpoints that are not in the file yet. One of the position where it begins is left to the file before.
    async fn seals(&self) -> Result<Vec<Seal>, ExportFailure> {
        let from = if self.sealed == self.at || self.at == self.after {
            self.at
        } else {
            self.at - 1
        };
        Ok(self.store.seals_after(from, SEALS).await?)
    }

    async fn page(&mut self, events: Vec<StoredEvent>) -> Result<u64, ExportFailure> {
        let after = self.at;
        let lines = tokio::task::spawn_blocking(move || lines(after, &events));
        let (lines, count) = lines.await.map_err(|error| LogError::Transient {
            reason: format!("a writing thread ended early: {error}"),
        })??;
        self.target.write(lines).await?;
        Ok(count)
    }
}

fn lines(after: u64, events: &[StoredEvent]) -> Result<(Vec<u8>, u64), ExportFailure> {
    let mut text = Vec::with_capacity(events.len() * 1_024);
    for (expected, event) in (after + 1..).zip(events) {
        if u64::try_from(event.position) != Ok(expected) {
            return Err(ExportFailure::Hole {
                expected,
                found: event.position,
            });
        }
        let line = event.to_line().map_err(|error| ExportFailure::Event {
            position: expected,
            reason: error.to_string(),
        })?;
        text.extend_from_slice(line.as_bytes());
        text.push(b'\n');
    }
    Ok((text, events.len() as u64))
}

fn line(mark: &Mark) -> Result<Vec<u8>, ExportFailure> {
    let mut line = serde_json::to_vec(mark).map_err(|error| LogError::Permanent {
        reason: error.to_string(),
    })?;
    line.push(b'\n');
    Ok(line)
}
