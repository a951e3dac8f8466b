//! Say that everything an import run had brought in was taken back.
//!
//! It takes nothing back itself: that is done thing by thing, before.

use accession_events::ingestion::ImportRunEvent;

use super::{ImportRun, ImportRunError, RunEnd};

/// Mark it as undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkUndone {
    /// Why.
    pub reason: String,
}

impl MarkUndone {
    pub(super) fn decide(&self, run: &ImportRun) -> Result<Vec<ImportRunEvent>, ImportRunError> {
        match run {
            ImportRun::Absent => Err(ImportRunError::Unknown),
            ImportRun::Open(_) => Err(ImportRunError::Open),
            ImportRun::Ended(run) if run.end == RunEnd::Undone => Ok(Vec::new()),
            ImportRun::Ended(_) => Ok(vec![ImportRunEvent::ImportRunUndone {
                reason: self.reason.clone(),
            }]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ImportRunCommand;
    use super::super::checkpoint::tests::counts;
    use super::super::complete::tests::completed;
    use super::super::open::tests::{opened, run};
    use super::*;

    fn mark() -> ImportRunCommand {
        ImportRunCommand::MarkUndone(MarkUndone {
            reason: "wrong file".into(),
        })
    }

    fn undone() -> ImportRunEvent {
        ImportRunEvent::ImportRunUndone {
            reason: "wrong file".into(),
        }
    }

    #[test]
    fn an_ended_run_is_marked_once() {
        let given = vec![opened(), completed(counts(9, 0))];
        run()
            .given(given.clone())
            .when(mark())
            .then_expect_events(vec![undone()]);
        run()
            .given(given)
            .and(vec![undone()])
            .when(mark())
            .then_expect_events(vec![]);
    }

    #[test]
    fn a_run_that_goes_on_is_not_marked() {
        run()
            .given(vec![opened()])
            .when(mark())
            .then_expect_error(ImportRunError::Open);
    }
}
