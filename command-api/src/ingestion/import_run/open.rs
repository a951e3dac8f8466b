//! Start an import run.
//!
//! Whether another run of the same source and input goes on is not decided here: the log's claims know.

use accession_events::ingestion::ImportRunEvent;
use accession_events::values::SourceName;

use super::{ImportRun, ImportRunError};

/// A new run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenImport {
    /// The source.
    pub source: SourceName,
    /// Which input of the source.
    pub input: String,
}

impl OpenImport {
    pub(super) fn decide(&self, run: &ImportRun) -> Result<Vec<ImportRunEvent>, ImportRunError> {
        match run {
            ImportRun::Absent => Ok(vec![ImportRunEvent::ImportRunOpened {
                source: self.source.clone(),
                input: self.input.clone(),
            }]),
            ImportRun::Open(_) | ImportRun::Ended(_) => Err(ImportRunError::AlreadyOpened),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use cqrs_es::test::TestFramework;

    use super::super::ImportRunCommand;
    use super::*;

    pub(in super::super) fn run() -> TestFramework<ImportRun> {
        TestFramework::with(())
    }

    pub(in super::super) fn goodbooks() -> SourceName {
        SourceName::parse("goodbooks").unwrap()
    }

    pub(in super::super) fn opened() -> ImportRunEvent {
        ImportRunEvent::ImportRunOpened {
            source: goodbooks(),
            input: "books.csv".into(),
        }
    }

    #[test]
    fn a_run_is_opened_once() {
        let open = ImportRunCommand::Open(OpenImport {
            source: goodbooks(),
            input: "books.csv".into(),
        });
        run()
            .given_no_previous_events()
            .when(open.clone())
            .then_expect_events(vec![opened()]);
        run()
            .given(vec![opened()])
            .when(open)
            .then_expect_error(ImportRunError::AlreadyOpened);
    }
}
