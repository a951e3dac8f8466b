//! Say that all of an import's input has been brought in.
//!
//! From then on the same source and input can be opened again.

use accession_events::ingestion::{ImportCounts, ImportRunEvent};

use super::{ImportRun, ImportRunError, RunEnd};

/// The end of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Complete {
    /// Totals; none takes those of the last checkpoint.
    pub counts: Option<ImportCounts>,
}

impl Complete {
    pub(super) fn decide(self, run: &ImportRun) -> Result<Vec<ImportRunEvent>, ImportRunError> {
        if let ImportRun::Ended(run) = run
            && run.end == RunEnd::Completed
        {
            return Ok(Vec::new());
        }
        let run = run.open()?;
        let counts = self.counts.unwrap_or(run.counts);
        run.refuse_counts_that_go_back(counts)?;
        let (source, input) = (run.source.clone(), run.input.clone());
        Ok(vec![ImportRunEvent::ImportRunCompleted {
            source,
            input,
            counts,
        }])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::ImportRunCommand;
    use super::super::checkpoint::tests::{checkpointed, counts};
    use super::super::open::tests::{goodbooks, opened, run};
    use super::*;

    pub(in super::super) fn completed(counts: ImportCounts) -> ImportRunEvent {
        ImportRunEvent::ImportRunCompleted {
            source: goodbooks(),
            input: "books.csv".into(),
            counts,
        }
    }

    #[test]
    fn a_run_is_completed_once_with_its_totals() {
        let complete = ImportRunCommand::Complete(Complete {
            counts: Some(counts(3, 1)),
        });
        run()
            .given(vec![opened()])
            .when(complete.clone())
            .then_expect_events(vec![completed(counts(3, 1))]);
        run()
            .given(vec![opened(), completed(counts(3, 1))])
            .when(complete)
            .then_expect_events(vec![]);
    }

    #[test]
    fn without_totals_those_of_the_last_checkpoint_stand() {
        run()
            .given(vec![opened(), checkpointed("9", counts(9, 0))])
            .when(ImportRunCommand::Complete(Complete { counts: None }))
            .then_expect_events(vec![completed(counts(9, 0))]);
    }

    #[test]
    fn totals_below_the_last_checkpoint_are_refused() {
        run()
            .given(vec![opened(), checkpointed("9", counts(9, 0))])
            .when(ImportRunCommand::Complete(Complete {
                counts: Some(counts(8, 0)),
            }))
            .then_expect_error(ImportRunError::CountsWentBack(counts(9, 0)));
    }
}
