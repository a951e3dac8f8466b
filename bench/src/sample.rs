//! The aggregate that is measured: one small event on a fresh stream, the same in every library.

use accession_event_log::Decider;
use accession_events::LoggedEvent;
use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use serde::{Deserialize, Serialize};

/// A loan that has been borrowed or not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Loan {
    borrowed: u64,
}

/// What happened to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum LoanEvent {
    /// Somebody took the book home.
    Borrowed {
        /// Which book.
        book: String,
        /// About 200 bytes, so that an event has the size of a real one.
        note: String,
    },
}

/// Nothing can go wrong with it.
#[derive(Debug, thiserror::Error)]
#[error("never")]
pub(crate) struct Never;

/// Borrow it.
#[derive(Debug, Clone)]
pub(crate) struct Borrow;

impl LoanEvent {
    pub(crate) fn borrowed() -> Self {
        Self::Borrowed {
            book: "978-0-306-40615-7".into(),
            note: "x".repeat(200),
        }
    }
}

impl DomainEvent for LoanEvent {
    fn event_type(&self) -> String {
        "Borrowed".into()
    }

    fn event_version(&self) -> String {
        "1".into()
    }
}

impl LoggedEvent for LoanEvent {
    const AGGREGATE: &'static str = "bench.loan";

    fn name(&self) -> &'static str {
        "Borrowed"
    }
}

impl Aggregate for Loan {
    const TYPE: &'static str = "bench.loan";
    type Command = Borrow;
    type Event = LoanEvent;
    type Error = Never;
    type Services = ();

    async fn handle(
        &mut self,
        command: Borrow,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Never> {
        for event in self.decide(&command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, _event: LoanEvent) {
        self.borrowed += 1;
    }
}

impl Decider for Loan {
    const SCHEMA: &'static str = "1";

    fn decide(&self, _command: &Borrow) -> Result<Vec<LoanEvent>, Never> {
        Ok(vec![LoanEvent::borrowed()])
    }
}
