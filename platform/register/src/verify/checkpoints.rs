//! The checkpoints a log is verified against, in the order of their sizes: those of the database and those kept
//! elsewhere.
//!
//! A checkpoint whose signature is not believed is reported and counts for nothing.

use std::collections::VecDeque;
use std::sync::Arc;

use accession_event_log::{LogError, RegisterStore, Seal};
use accession_transparency::{Checkpoint, Hash, NoteVerifier};

use super::{Report, VerifyOptions};
use crate::audit::Finding;

/// Checkpoints read at a time.
const PAGE: usize = 200;

pub(super) struct Checkpoints {
    store: Arc<dyn RegisterStore>,
    keys: Vec<NoteVerifier>,
    /// Believed ones of the database that are not reached yet, as far as they were read.
    ahead: VecDeque<(u64, Hash)>,
    /// Size of the last one that was read from the database.
    read: u64,
    exhausted: bool,
    /// Believed ones that were kept elsewhere, not reached yet.
    kept: VecDeque<(u64, Hash)>,
    /// The last size at which the tree and a checkpoint of the database agreed.
    agreed: u64,
    /// The same of checkpoints kept elsewhere, which alone can tell when the log's own key was stolen.
    agreed_kept: u64,
    findings: Vec<Finding>,
}

impl Checkpoints {
    pub(super) fn new(store: Arc<dyn RegisterStore>, options: &VerifyOptions) -> Self {
        let mut findings = Vec::new();
        let mut kept = Vec::new();
        for note in &options.kept {
            match Checkpoint::verified(note, &options.keys) {
                Ok(checkpoint) if checkpoint.size == 0 => {}
                Ok(checkpoint) => kept.push((checkpoint.size, checkpoint.root)),
                Err(error) => {
                    findings.push(Finding::about(format!("the checkpoint you kept: {error}")));
                }
            }
        }
        kept.sort_unstable();
        Self {
            store,
            keys: options.keys.clone(),
            ahead: VecDeque::new(),
            read: 0,
            exhausted: false,
            kept: kept.into(),
            agreed: 0,
            agreed_kept: 0,
            findings,
        }
    }

    /// The smallest size above `after` that some checkpoint is of.
    pub(super) async fn next_size(&mut self, after: u64) -> Result<Option<u64>, LogError> {
        while self.ahead.is_empty() && !self.exhausted {
            self.read_on().await?;
        }
        let sizes = [self.ahead.front(), self.kept.front()];
        Ok(sizes
            .into_iter()
            .flatten()
            .map(|(size, _)| *size)
            .filter(|size| *size > after)
            .min())
    }

    async fn read_on(&mut self) -> Result<(), LogError> {
        let seals = self.store.seals_after(self.read, PAGE).await?;
        self.exhausted = seals.len() < PAGE;
        for seal in seals {
            self.read = seal.size;
            match believed(&seal, &self.keys) {
                Ok(root) => self.ahead.push_back((seal.size, root)),
                Err(finding) => self.findings.push(finding),
            }
        }
        Ok(())
    }

    /// Compares the root of the tree of this size with all checkpoints of it.
    pub(super) async fn reached(
        &mut self,
        size: u64,
        root: Hash,
        report: &mut Report,
    ) -> Result<Result<(), Finding>, LogError> {
        let mut verdict = Ok(());
        while let Some((_, signed)) = self.ahead.pop_front_if(|(due, _)| *due <= size) {
            let agreed = &mut self.agreed;
            verdict = verdict.and(compare(
                (size, root),
                signed,
                agreed,
                report,
                "the checkpoint",
            ));
        }
        while let Some((_, signed)) = self.kept.pop_front_if(|(due, _)| *due <= size) {
            let (agreed, which) = (&mut self.agreed_kept, "the checkpoint you kept");
            verdict = verdict.and(compare((size, root), signed, agreed, report, which));
        }
        self.next_size(size).await?;
        Ok(verdict)
    }

    /// The first believed checkpoint of the database that covers a position, whether it was reached or not.
    pub(super) async fn covering(&self, position: u64) -> Result<Option<(u64, Hash)>, LogError> {
        let seals = self.store.seals_after(position - 1, PAGE).await?;
        Ok(seals
            .iter()
            .find_map(|seal| Some((seal.size, believed(seal, &self.keys).ok()?))))
    }

    /// After the last event: what was not reached, and what was not believed.
    pub(super) async fn finish(&mut self, head: u64, report: &mut Report) -> Result<(), LogError> {
        while !self.exhausted {
            self.read_on().await?;
        }
        // A log in use grows: what was sealed meanwhile covers events that are there now. A checkpoint that somebody
        // has kept was there before the verification began.
        let now = self.store.head().await?.get().max(head);
        let beyond = |due: &VecDeque<(u64, Hash)>, end: u64| {
            due.iter()
                .map(|(size, _)| *size)
                .filter(|size| *size > end)
                .max()
        };
        let (stored, kept) = (beyond(&self.ahead, now), beyond(&self.kept, head));
        if let Some(size) = stored.max(kept) {
            report.findings.push(Finding {
                position: Some(head + 1),
                what: format!(
                    "the log ends at position {head}, and {} covers {size} events: positions {} to {size} were removed",
                    if kept >= stored { "the checkpoint you kept" } else { "a signed checkpoint" },
                    head + 1
                ),
            });
        }
        report.findings.append(&mut self.findings);
        Ok(())
    }
}

fn compare(
    (size, root): (u64, Hash),
    signed: Hash,
    agreed: &mut u64,
    report: &mut Report,
    which: &str,
) -> Result<(), Finding> {
    if root == signed {
        report.checkpoints += 1;
        report.sealed = size;
        *agreed = size;
        return Ok(());
    }
    let first = *agreed + 1;
    Err(Finding {
        position: Some(first),
        what: format!(
            "between positions {first} and {size} the log was rewritten: {which} of {size} events has signed the root {signed}, \
             and the stored events lead to {root}"
        ),
    })
}

/// The root that a seal has signed, if its signature and its size are right.
fn believed(seal: &Seal, keys: &[NoteVerifier]) -> Result<Hash, Finding> {
    match Checkpoint::verified(&seal.note, keys) {
        Ok(checkpoint) if checkpoint.size == seal.size => Ok(checkpoint.root),
        Ok(checkpoint) => Err(Finding::about(format!(
            "the checkpoint kept for {} events was signed for {}: it was moved",
            seal.size, checkpoint.size
        ))),
        Err(error) => Err(Finding::about(format!(
            "the checkpoint of {} events: {error}",
            seal.size
        ))),
    }
}
