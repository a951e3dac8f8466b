//! Say how far an import has come.
//!
//! The cursor is the importer's own mark and is not interpreted; the counts never go back.

use accession_events::ingestion::{ImportCounts, ImportRunEvent};

use super::{ImportRunError, OpenRun};

/// Where the run stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Everything before it is done.
    pub cursor: String,
    /// Totals at the cursor; none leaves them as they are.
    pub counts: Option<ImportCounts>,
}

impl Checkpoint {
    pub(super) fn decide(&self, run: &OpenRun) -> Result<Vec<ImportRunEvent>, ImportRunError> {
        let counts = self.counts.unwrap_or(run.counts);
        run.refuse_counts_that_go_back(counts)?;
        if run.cursor.as_deref() == Some(&self.cursor) && run.counts == counts {
            return Ok(Vec::new());
        }
        Ok(vec![ImportRunEvent::ImportRunCheckpointed {
            cursor: self.cursor.clone(),
            counts,
        }])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::open::tests::{opened, run};
    use super::super::{ImportRunCommand, RunEnd};
    use super::*;

    pub(in super::super) fn counts(accepted: u64, rejected: u64) -> ImportCounts {
        ImportCounts {
            accepted,
            unchanged: 0,
            rejected,
        }
    }

    pub(in super::super) fn checkpointed(cursor: &str, counts: ImportCounts) -> ImportRunEvent {
        ImportRunEvent::ImportRunCheckpointed {
            cursor: cursor.into(),
            counts,
        }
    }

    fn checkpoint(cursor: &str, counts: Option<ImportCounts>) -> ImportRunCommand {
        ImportRunCommand::Checkpoint(Checkpoint {
            cursor: cursor.into(),
            counts,
        })
    }

    #[test]
    fn a_run_remembers_how_far_it_has_come() {
        run()
            .given(vec![opened()])
            .when(checkpoint("1000", Some(counts(990, 10))))
            .then_expect_events(vec![checkpointed("1000", counts(990, 10))]);
    }

    #[test]
    fn the_same_checkpoint_again_changes_nothing() {
        run()
            .given(vec![opened(), checkpointed("1000", counts(990, 10))])
            .when(checkpoint("1000", Some(counts(990, 10))))
            .then_expect_events(vec![]);
    }

    #[test]
    fn counts_never_go_back() {
        run()
            .given(vec![opened(), checkpointed("1000", counts(990, 10))])
            .when(checkpoint("2000", Some(counts(989, 10))))
            .then_expect_error(ImportRunError::CountsWentBack(counts(990, 10)));
    }

    #[test]
    fn a_cursor_alone_keeps_the_counts() {
        run()
            .given(vec![opened(), checkpointed("1000", counts(990, 10))])
            .when(checkpoint("1001", None))
            .then_expect_events(vec![checkpointed("1001", counts(990, 10))]);
    }

    #[test]
    fn a_run_that_has_ended_or_never_began_takes_no_checkpoint() {
        run()
            .given_no_previous_events()
            .when(checkpoint("1", None))
            .then_expect_error(ImportRunError::Unknown);
        let ended = super::super::complete::tests::completed(counts(1, 0));
        run()
            .given(vec![opened(), ended])
            .when(checkpoint("1", None))
            .then_expect_error(ImportRunError::Ended(RunEnd::Completed));
    }
}
