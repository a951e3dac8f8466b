//! Stands for whatever aggregate `postgres-es` or `sqlite-es` is asked to load; only its type's name is ever used.
//!
//! Those crates take the name from a constant of a Rust type. No command is ever given to this one, and it has no state.

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use serde::{Deserialize, Serialize};

/// An aggregate that has a name and nothing else.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct OneStream;

/// There is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum NoEvent {}

impl DomainEvent for NoEvent {
    fn event_type(&self) -> String {
        match *self {}
    }

    fn event_version(&self) -> String {
        match *self {}
    }
}

impl Aggregate for OneStream {
    const TYPE: &'static str = "one";
    type Command = NoEvent;
    type Event = NoEvent;
    type Error = std::convert::Infallible;
    type Services = ();

    async fn handle(
        &mut self,
        command: NoEvent,
        (): &(),
        _: &EventSink<Self>,
    ) -> Result<(), Self::Error> {
        match command {}
    }

    fn apply(&mut self, event: NoEvent) {
        match event {}
    }
}
