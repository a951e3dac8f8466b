//! The form of an export: JSON Lines. A first line that says what it is, then events in their order with checkpoints
//! between them, and a last line that says that it is whole.
//!
//! Nothing read here is trusted; a line that is not what it should be is named by its number.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use accession_transparency::StoredEvent;
use flate2::bufread::MultiGzDecoder;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::audit::Digested;

/// The version of the form that is written and read.
pub const VERSION: u32 = 1;
/// Lines decoded at a time.
const CHUNK: usize = 1_024;
/// Chunks decoded ahead.
const AHEAD: usize = 4;
/// What a gzip file begins with.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A line that says what the file is, that it is whole, or what was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(crate) enum Mark {
    /// The first line.
    Head {
        /// Version of the form.
        accession_log_export: u32,
        /// The events begin after this position.
        after: u64,
    },
    /// A signed checkpoint of the events so far.
    Checkpoint {
        /// The signed note.
        checkpoint: String,
        /// When it was signed.
        signed_at: Timestamp,
    },
    /// The last line.
    End {
        /// The last position.
        end: u64,
    },
}

/// What stands in an export.
#[derive(Debug)]
pub enum ExportItem {
    /// An event.
    Event(Box<StoredEvent>),
    /// A signed checkpoint over all events up to the one before it.
    Checkpoint {
        /// The signed note.
        note: String,
        /// When it was signed.
        signed_at: Timestamp,
    },
}

pub(crate) enum Decoded {
    Event(Box<Digested>),
    Mark(Mark),
}

/// An export that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file.
    #[error("{file}: {reason}")]
    File {
        /// Its path.
        file: String,
        /// What the system said.
        reason: String,
    },
    /// A line.
    #[error("{file}, line {line}: {reason}")]
    Line {
        /// The file.
        file: String,
        /// Number of the line, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
}

/// A decoded line with its number.
pub(crate) struct Line {
    pub(crate) number: u64,
    pub(crate) content: Decoded,
}

type Chunk = Result<Vec<Line>, ExportError>;

/// Reads an export on other threads, in its order.
pub(crate) struct Reading {
    file: String,
    chunks: mpsc::Receiver<Result<JoinHandle<Chunk>, ExportError>>,
}

impl Reading {
    /// Begins to read a file, plain or gzip.
    pub(crate) fn start(path: &Path) -> Self {
        let (sender, chunks) = mpsc::channel(AHEAD);
        let path = path.to_owned();
        let file = path.display().to_string();
        let runtime = tokio::runtime::Handle::current();
        tokio::task::spawn_blocking(move || {
            if let Err(error) = read_chunks(&path, &runtime, &sender) {
                // A reader who has stopped does not want to know.
                let _ = sender.blocking_send(Err(error));
            }
        });
        Self { file, chunks }
    }

    /// The next lines; nothing after the last.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<Line>>, ExportError> {
        let Some(chunk) = self.chunks.recv().await else {
            return Ok(None);
        };
        let decoded = chunk?.await.map_err(|error| ExportError::File {
            file: self.file.clone(),
            reason: format!("a reading thread ended early: {error}"),
        })?;
        decoded.map(Some)
    }

    /// An error of a line of this file.
    pub(crate) fn wrong(&self, line: u64, reason: impl Into<String>) -> ExportError {
        ExportError::Line {
            file: self.file.clone(),
            line,
            reason: reason.into(),
        }
    }
}

/// The file for reading, whether it is compressed or not.
pub(crate) fn open(path: &Path) -> std::io::Result<Box<dyn BufRead + Send>> {
    let mut file = BufReader::with_capacity(1 << 18, File::open(path)?);
    if file.fill_buf()?.starts_with(&GZIP) {
        return Ok(Box::new(BufReader::with_capacity(
            1 << 18,
            MultiGzDecoder::new(file),
        )));
    }
    Ok(Box::new(file))
}

fn read_chunks(
    path: &Path,
    runtime: &tokio::runtime::Handle,
    chunks: &mpsc::Sender<Result<JoinHandle<Chunk>, ExportError>>,
) -> Result<(), ExportError> {
    let unreadable = |error: std::io::Error| ExportError::File {
        file: path.display().to_string(),
        reason: error.to_string(),
    };
    let mut file = open(path).map_err(unreadable)?;
    let mut first = 1;
    loop {
        let mut lines = Vec::with_capacity(CHUNK);
        while lines.len() < CHUNK {
            let mut line = Vec::new();
            if file.read_until(b'\n', &mut line).map_err(unreadable)? == 0 {
                break;
            }
            lines.push(line);
        }
        if lines.is_empty() {
            return Ok(());
        }
        let (count, name) = (lines.len() as u64, path.to_owned());
        let chunk = runtime.spawn_blocking(move || decode(&name, first, lines));
        if chunks.blocking_send(Ok(chunk)).is_err() {
            return Ok(());
        }
        first += count;
    }
}

fn decode(file: &Path, first: u64, lines: Vec<Vec<u8>>) -> Chunk {
    (first..)
        .zip(lines)
        .map(|(number, line)| {
            let content = decoded(&line).map_err(|reason| ExportError::Line {
                file: file.display().to_string(),
                line: number,
                reason,
            })?;
            Ok(Line { number, content })
        })
        .collect()
}

pub(crate) fn decoded(line: &[u8]) -> Result<Decoded, String> {
    let line = line
        .strip_suffix(b"\n")
        .ok_or("the line does not end: the file was cut off")?;
    let line = std::str::from_utf8(line).map_err(|error| format!("not text: {error}"))?;
    if line.starts_with("{\"position\":") {
        let event = StoredEvent::from_line(line).map_err(|error| error.to_string())?;
        return Ok(Decoded::Event(Box::new(Digested::of(event))));
    }
    serde_json::from_str(line)
        .map(Decoded::Mark)
        .map_err(|_| "neither an event nor a checkpoint of an export of the log".to_owned())
}
