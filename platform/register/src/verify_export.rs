//! Verifying exported files alone: no database, no network, only the files and a key.
//!
//! A directory of exports is one history if each begins where the one before it ended.

mod files;

use std::collections::VecDeque;
use std::path::Path;

use accession_transparency::{Checkpoint, Hash, NoteVerifier, TiledTree};

use self::files::files_of;
use crate::audit::{Digested, Finding, Ledger, Walk};
use crate::export_file::{Decoded, ExportError, Mark, Reading, VERSION};
use crate::verify::{Progress, Report, VerifyOptions};

/// Verifies an export, or all exports in a directory. Findings are about its content; an error is about reading it.
pub async fn verify_export(
    path: &Path,
    options: &VerifyOptions,
    progress: Progress<'_>,
) -> Result<Report, ExportError> {
    let files = files_of(path)?;
    let mut check = Check::new(options);
    for file in &files {
        match check.file(file, progress).await {
            Ok(Ok(())) => {}
            Ok(Err(Wrong)) => break,
            // A line that is not what it should be is what one looks for.
            Err(error @ ExportError::Line { .. }) => {
                check
                    .report
                    .findings
                    .push(Finding::about(error.to_string()));
                break;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(check.finish())
}

/// What is told of the content of an export while it is read.
pub(crate) struct Check {
    keys: Vec<NoteVerifier>,
    kept: VecDeque<(u64, Hash)>,
    walk: Option<Walk>,
    tree: TiledTree,
    /// Whether the history begins at its first event, without which there is no tree.
    whole: bool,
    agreed: u64,
    report: Report,
    /// Whether signatures are to be checked.
    signed: bool,
}

pub(crate) struct Wrong;

impl Check {
    pub(crate) fn new(options: &VerifyOptions) -> Self {
        let mut report = Report::default();
        let mut kept = Vec::new();
        for note in &options.kept {
            match Checkpoint::verified(note, &options.keys) {
                Ok(checkpoint) if checkpoint.size == 0 => {}
                Ok(checkpoint) => kept.push((checkpoint.size, checkpoint.root)),
                Err(error) => report
                    .findings
                    .push(Finding::about(format!("the checkpoint you kept: {error}"))),
            }
        }
        kept.sort_unstable();
        Self {
            keys: options.keys.clone(),
            signed: true,
            kept: kept.into(),
            walk: None,
            tree: TiledTree::new(),
            whole: true,
            agreed: 0,
            report,
        }
    }

    /// Compares roots and believes every signature: for an import without a key.
    pub(crate) fn without_signatures() -> Self {
        Self {
            signed: false,
            ..Self::new(&VerifyOptions::default())
        }
    }

    /// The root over all events so far.
    pub(crate) fn root(&self) -> Hash {
        self.tree.root()
    }

    /// How many events so far.
    pub(crate) fn at(&self) -> u64 {
        self.walk.as_ref().map_or(0, Walk::at)
    }

    /// Reads one file on. Wrong: there is a finding, after which nothing can be judged.
    pub(crate) async fn file(
        &mut self,
        path: &Path,
        progress: Progress<'_>,
    ) -> Result<Result<(), Wrong>, ExportError> {
        let mut reading = Reading::start(path);
        let mut ended = None;
        let mut last = 0;
        while let Some(lines) = reading.next().await? {
            for line in lines {
                last = line.number;
                if let Some(end) = ended {
                    return Err(reading.wrong(
                        line.number,
                        format!("the export has ended with position {end} already"),
                    ));
                }
                let done = match line.content {
                    Decoded::Event(event) => self.event(&event),
                    Decoded::Mark(Mark::Head {
                        accession_log_export,
                        after,
                    }) if line.number == 1 => {
                        self.head(accession_log_export, after)
                            .map_err(|reason| reading.wrong(line.number, reason))?;
                        Ok(())
                    }
                    Decoded::Mark(Mark::Checkpoint { checkpoint, .. }) => {
                        self.checkpoint(&checkpoint)
                    }
                    Decoded::Mark(Mark::End { end }) if end == self.at() => {
                        ended = Some(end);
                        Ok(())
                    }
                    Decoded::Mark(_) => {
                        return Err(reading.wrong(line.number, "this line does not belong here"));
                    }
                };
                if let Err(finding) = done {
                    let what = format!("line {}: {}", line.number, finding.what);
                    self.report.findings.push(Finding { what, ..finding });
                    return Ok(Err(Wrong));
                }
            }
            progress(self.at(), 0);
        }
        if ended.is_none() {
            return Err(reading.wrong(
                last + 1,
                "the file ends without its last line: it was cut off",
            ));
        }
        Ok(Ok(()))
    }

    fn head(&mut self, version: u32, after: u64) -> Result<(), String> {
        if version != VERSION {
            return Err(format!(
                "this is version {version} of the form, and version {VERSION} can be read"
            ));
        }
        match &self.walk {
            None => {
                self.whole = after == 0;
                self.walk = Some(Walk::after(after, Ledger::new(0, 1, self.whole)));
                Ok(())
            }
            Some(walk) if walk.at() == after => Ok(()),
            Some(walk) => Err(format!(
                "it begins after position {after}, and the export before it ends with {}",
                walk.at()
            )),
        }
    }

    fn event(&mut self, event: &Digested) -> Result<(), Finding> {
        let Some(walk) = &mut self.walk else {
            return Err(Finding::about("the first line of the export is missing"));
        };
        walk.step(event)?;
        self.tree.push(event.leaf);
        // Tiles are of no use here.
        drop(self.tree.take_full());
        let at = self.at();
        while let Some((_, root)) = self.kept.pop_front_if(|(size, _)| *size <= at) {
            self.compare(at, root, "the checkpoint you kept")?;
        }
        Ok(())
    }

    fn checkpoint(&mut self, note: &str) -> Result<(), Finding> {
        let checkpoint = if self.signed {
            Checkpoint::verified(note, &self.keys)
        } else {
            Checkpoint::unverified(note)
        };
        let checkpoint = checkpoint.map_err(|error| {
            Finding::about(format!(
                "the checkpoint after position {}: {error}",
                self.at()
            ))
        })?;
        if checkpoint.size != self.at() {
            return Err(Finding::about(format!(
                "a checkpoint of {} events stands after position {}: events are missing, or it was moved",
                checkpoint.size,
                self.at()
            )));
        }
        self.compare(checkpoint.size, checkpoint.root, "the checkpoint")
    }

    fn compare(&mut self, size: u64, signed: Hash, which: &str) -> Result<(), Finding> {
        if !self.whole {
            return Ok(());
        }
        let root = self.tree.root();
        if root == signed {
            self.agreed = size;
            self.report.checkpoints += 1;
            self.report.sealed = size;
            return Ok(());
        }
        Err(Finding {
            position: Some(self.agreed + 1),
            what: format!(
                "between positions {} and {size} the log was rewritten: {which} of {size} events has signed the root {signed}, \
                 and these events lead to {root}",
                self.agreed + 1
            ),
        })
    }

    pub(crate) fn finish(mut self) -> Report {
        self.report.events = self.at();
        let at = self.at();
        if self.report.findings.is_empty()
            && let Some((size, _)) = self.kept.back()
        {
            self.report.findings.push(Finding {
                position: Some(at + 1),
                what: format!(
                    "the export ends at position {at}, and the checkpoint you kept covers {size} events"
                ),
            });
        }
        if !self.whole {
            self.report.findings.push(Finding::about(
                "the export does not begin with the first event: give the ones before it too, or no checkpoint can be compared",
            ));
        }
        if let Some(walk) = self.walk.take()
            && self.report.findings.is_empty()
            && walk.into_ledger().repeated_id().is_some()
        {
            self.report.findings.push(Finding::about(
                "one event id stands at more than one position",
            ));
        }
        self.report
    }
}
