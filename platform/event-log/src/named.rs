//! Lends an event type's aggregate name to the loading functions of `postgres-es` and `sqlite-es`.
//!
//! Those crates take the name from a `cqrs-es` aggregate type; the log knows streams by name only and never holds a
//! state, so this is an aggregate that has a name and nothing else. No command is ever given to it.

use std::marker::PhantomData;

use accession_events::LoggedEvent;
use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use serde::{Deserialize, Serialize};

/// The name of `E`'s aggregate, as a type.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub(crate) struct Named<E>(PhantomData<fn() -> E>);

impl<E> Default for Named<E> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

/// Stands where `cqrs-es` asks for an event type.
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

impl<E: LoggedEvent + 'static> Aggregate for Named<E> {
    const TYPE: &'static str = E::AGGREGATE;
    type Command = ();
    type Event = NoEvent;
    type Error = std::convert::Infallible;
    type Services = ();

    async fn handle(
        &mut self,
        (): (),
        (): &(),
        _sink: &EventSink<Self>,
    ) -> Result<(), Self::Error> {
        Ok(())
    }

    fn apply(&mut self, event: NoEvent) {
        match event {}
    }
}
