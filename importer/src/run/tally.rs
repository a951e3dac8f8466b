//! The books of an import: counts, reasons, notes, and the file of rejected rows.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::path::PathBuf;

use accession_events::Position;
use accession_events::ingestion::items::ItemStatus;
use accession_events::ingestion::{ImportCounts, RejectedItem};

use super::ImportError;
use crate::pipeline::{Answer, ChunkAnswers};
use crate::record::{Note, Place};

/// How many losses the report names one by one.
const EXAMPLES: usize = 20;
/// Notes of this kind name a loss; all others are only counted.
const LOSS: &str = "isbn_unverified";

/// Everything that is counted while an import goes on.
pub(super) struct Tally {
    rejected_file: PathBuf,
    columns: Vec<String>,
    writer: Option<csv::Writer<File>>,
    resumed: bool,
    /// Totals over all attempts.
    pub(super) counts: ImportCounts,
    /// The last record that is done, with all before it.
    pub(super) done: Place,
    /// Records done in this attempt.
    pub(super) done_now: u64,
    /// The newest position heard of.
    pub(super) position: Position,
    pub(super) reasons: BTreeMap<String, u64>,
    pub(super) notes: BTreeMap<String, u64>,
    pub(super) examples: Vec<String>,
    /// Rejections that the server does not know of yet.
    pub(super) unreported: Vec<RejectedItem>,
}

impl Tally {
    pub(super) fn new(
        rejected_file: PathBuf,
        columns: Vec<String>,
        counts: ImportCounts,
        resumed_after: Option<Place>,
    ) -> Self {
        Self {
            rejected_file,
            columns,
            writer: None,
            resumed: resumed_after.is_some(),
            counts,
            done: resumed_after.unwrap_or_default(),
            done_now: 0,
            position: Position::START,
            reasons: BTreeMap::new(),
            notes: BTreeMap::new(),
            examples: Vec::new(),
            unreported: Vec::new(),
        }
    }

    /// Books the answers to a chunk.
    pub(super) fn take(&mut self, chunk: &ChunkAnswers) -> Result<(), ImportError> {
        self.position = self.position.max(chunk.position);
        for answer in &chunk.answers {
            self.done = Place {
                number: answer.number,
                byte: answer.end.unwrap_or(0),
            };
            self.done_now += 1;
            self.count(answer)?;
            for note in &answer.notes {
                self.note(note);
            }
        }
        Ok(())
    }

    /// Writes what is buffered.
    pub(super) fn flush(&mut self) -> Result<(), ImportError> {
        let flushed = self.writer.as_mut().map_or(Ok(()), csv::Writer::flush);
        flushed.map_err(|error| self.unwritable(&error))
    }

    /// Everything is booked: closes the file.
    pub(super) fn finish(&mut self) -> Result<(), ImportError> {
        self.flush()
    }

    /// The file of rejected rows, when there is one.
    pub(super) fn rejected_path(&self) -> Option<String> {
        self.writer
            .as_ref()
            .map(|_| self.rejected_file.display().to_string())
    }

    fn count(&mut self, answer: &Answer) -> Result<(), ImportError> {
        match answer.status {
            ItemStatus::Accepted => self.counts.accepted += 1,
            ItemStatus::Unchanged => self.counts.unchanged += 1,
            ItemStatus::Rejected => {
                self.counts.rejected += 1;
                self.reject(answer)?;
            }
        }
        Ok(())
    }

    fn reject(&mut self, answer: &Answer) -> Result<(), ImportError> {
        let (code, detail) = answer.reject.as_ref().map_or(("rejected", ""), |reject| {
            (reject.code.as_str(), reject.detail.as_str())
        });
        *self.reasons.entry(code.to_owned()).or_default() += 1;
        if answer.unsent {
            self.unreported.extend(answer.rejected_item());
        }
        let row: Vec<&str> = answer
            .raw
            .iter()
            .map(String::as_str)
            .chain([code, detail])
            .collect();
        let written = self
            .writer()
            .and_then(|writer| writer.write_record(row).map_err(std::io::Error::other));
        written.map_err(|error| self.unwritable(&error))
    }

    /// A later attempt on the same input adds to the file; a fresh run begins it anew.
    fn writer(&mut self) -> std::io::Result<&mut csv::Writer<File>> {
        if self.writer.is_none() {
            let mut options = OpenOptions::new();
            options.create(true).write(true);
            if self.resumed {
                options.append(true)
            } else {
                options.truncate(true)
            };
            let file = options.open(&self.rejected_file)?;
            let is_new = file.metadata()?.len() == 0;
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(file);
            if is_new {
                let header = self
                    .columns
                    .iter()
                    .map(String::as_str)
                    .chain(["rejected_code", "rejected_detail"]);
                writer.write_record(header).map_err(std::io::Error::other)?;
            }
            self.writer = Some(writer);
        }
        self.writer
            .as_mut()
            .ok_or_else(|| std::io::Error::other("the file was just opened"))
    }

    fn note(&mut self, note: &Note) {
        *self.notes.entry(note.code.to_owned()).or_default() += 1;
        if note.code == LOSS && self.examples.len() < EXAMPLES {
            self.examples.push(note.detail.clone());
        }
    }

    fn unwritable(&self, error: &std::io::Error) -> ImportError {
        ImportError::RejectedFile {
            path: self.rejected_file.display().to_string(),
            reason: error.to_string(),
        }
    }
}
