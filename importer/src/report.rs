//! What an import came to, for a person and for a program.

use std::collections::BTreeMap;

use accession_events::Position;
use accession_events::ingestion::ImportCounts;
use serde::Serialize;

/// Exit code of an import (design §11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitCode {
    /// Everything is in.
    AllWell,
    /// The command itself is wrong.
    Usage,
    /// Some rows were rejected.
    SomeRejected,
    /// Nothing was imported.
    NothingImported,
    /// Server or provider out of reach.
    OutOfReach,
    /// Another import of the same source is under way.
    UnderWay,
}

impl ExitCode {
    /// The number that the process exits with.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::AllWell => 0,
            Self::Usage => 2,
            Self::SomeRejected => 3,
            Self::NothingImported => 4,
            Self::OutOfReach => 5,
            Self::UnderWay => 6,
        }
    }
}

/// Where an import stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Progress {
    /// Records done, over all attempts on this input.
    pub records: u64,
    /// Totals.
    #[serde(flatten)]
    pub counts: ImportCounts,
    /// Records a second since this attempt began.
    pub records_per_second: f64,
    /// Bytes of the input read, as they lie on disk.
    pub bytes_read: u64,
    /// Size of the input on disk.
    pub bytes_total: u64,
}

/// The final report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The source.
    pub source: String,
    /// The input: name and content hash.
    pub input: String,
    /// The run, as the server knows it; none when the input said nothing new.
    pub run_id: Option<String>,
    /// Whether readers of this server see all of it. False where another server answers them.
    pub readable: bool,
    /// The record after which this attempt went on, when an earlier one had stopped.
    pub resumed_after: Option<u64>,
    /// Records in the input.
    pub records: u64,
    /// Totals.
    #[serde(flatten)]
    pub counts: ImportCounts,
    /// How many records of this attempt were rejected for each reason.
    pub reasons: BTreeMap<String, u64>,
    /// How many records of this attempt carry a note of each kind, for example `isbn_recovered`.
    pub notes: BTreeMap<String, u64>,
    /// The first notes that name a loss, for example an ISBN that could not be recovered.
    pub examples: Vec<String>,
    /// The file with the rejected rows, when there are some.
    pub rejected_file: Option<String>,
    /// The newest position that this attempt wrote or found.
    pub position: Position,
    /// How long this attempt took.
    pub seconds: f64,
    /// Records a second in this attempt.
    pub records_per_second: f64,
}

impl Report {
    /// The exit code that says the same.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        if self.counts.accepted + self.counts.unchanged == 0 {
            ExitCode::NothingImported
        } else if self.counts.rejected > 0 {
            ExitCode::SomeRejected
        } else {
            ExitCode::AllWell
        }
    }

    /// The report as lines for a person.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!(
            "{}: {} records in {:.1} s ({:.0} a second): {} accepted, {} unchanged, {} rejected",
            self.source,
            self.records,
            self.seconds,
            self.records_per_second,
            self.counts.accepted,
            self.counts.unchanged,
            self.counts.rejected
        )];
        if let Some(after) = self.resumed_after {
            lines.push(format!(
                "  resumed after record {after} of an earlier attempt"
            ));
        }
        lines.extend(
            self.reasons
                .iter()
                .map(|(code, count)| format!("  rejected, {code}: {count}")),
        );
        lines.extend(
            self.notes
                .iter()
                .map(|(code, count)| format!("  {code}: {count}")),
        );
        lines.extend(self.examples.iter().map(|example| format!("    {example}")));
        if let Some(file) = &self.rejected_file {
            lines.push(format!("  rejected rows, to fix and send again: {file}"));
        }
        lines.push(match &self.run_id {
            Some(run) => format!("  run {run}, log position {}", self.position),
            None => "  nothing new: no run was opened and nothing was written".into(),
        });
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(accepted: u64, unchanged: u64, rejected: u64) -> Report {
        Report {
            source: "goodbooks".into(),
            input: "books.csv#0".into(),
            run_id: Some("r".into()),
            readable: true,
            resumed_after: None,
            records: accepted + unchanged + rejected,
            counts: ImportCounts {
                accepted,
                unchanged,
                rejected,
            },
            reasons: BTreeMap::new(),
            notes: BTreeMap::new(),
            examples: Vec::new(),
            rejected_file: None,
            position: Position::START,
            seconds: 1.0,
            records_per_second: 1.0,
        }
    }

    #[test]
    fn the_exit_code_follows_the_counts() {
        assert_eq!(report(1, 0, 0).exit_code().number(), 0);
        assert_eq!(report(0, 5, 0).exit_code().number(), 0);
        assert_eq!(report(1, 0, 1).exit_code().number(), 3);
        assert_eq!(report(0, 0, 9).exit_code().number(), 4);
        assert_eq!(report(0, 0, 0).exit_code().number(), 4);
    }
}
