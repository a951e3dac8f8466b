//! Give an import run up; what it brought in stays.
//!
//! From then on the same source and input can be opened again.

use accession_events::ingestion::ImportRunEvent;

use super::{ImportRun, ImportRunError, RunEnd};

/// Give it up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Abandon {
    /// Why.
    pub reason: String,
}

impl Abandon {
    pub(super) fn decide(&self, run: &ImportRun) -> Result<Vec<ImportRunEvent>, ImportRunError> {
        if let ImportRun::Ended(run) = run
            && run.end == RunEnd::Abandoned
        {
            return Ok(Vec::new());
        }
        let run = run.open()?;
        let (source, input, counts) = (run.source.clone(), run.input.clone(), run.counts);
        Ok(vec![ImportRunEvent::ImportRunAbandoned {
            source,
            input,
            reason: self.reason.clone(),
            counts,
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::super::ImportRunCommand;
    use super::super::checkpoint::tests::{checkpointed, counts};
    use super::super::complete::tests::completed;
    use super::super::open::tests::{goodbooks, opened, run};
    use super::*;

    fn abandon() -> ImportRunCommand {
        ImportRunCommand::Abandon(Abandon {
            reason: "wrong file".into(),
        })
    }

    fn abandoned() -> ImportRunEvent {
        let (source, input) = (goodbooks(), "books.csv".into());
        ImportRunEvent::ImportRunAbandoned {
            source,
            input,
            reason: "wrong file".into(),
            counts: counts(9, 0),
        }
    }

    #[test]
    fn a_run_is_abandoned_once_with_the_totals_it_had() {
        let given = vec![opened(), checkpointed("9", counts(9, 0))];
        run()
            .given(given.clone())
            .when(abandon())
            .then_expect_events(vec![abandoned()]);
        run()
            .given(given)
            .and(vec![abandoned()])
            .when(abandon())
            .then_expect_events(vec![]);
    }

    #[test]
    fn a_completed_run_cannot_be_abandoned() {
        run()
            .given(vec![opened(), completed(counts(9, 0))])
            .when(abandon())
            .then_expect_error(ImportRunError::Ended(RunEnd::Completed));
    }
}
