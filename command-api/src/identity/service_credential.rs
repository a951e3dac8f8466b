//! The service credential as the log knows it: that it was issued, replaced, revoked, by whom and when.
//!
//! It never decides who is let in: that is answered by the private table, which also knows credentials older than this
//! aggregate.

pub mod desk;
pub(crate) mod http;
pub mod issue;
pub mod revoke;
pub mod rotate;

use accession_event_log::Decider;
use accession_events::LoggedEvent;
use accession_events::identity::ServiceCredentialEvent;
use accession_events::ids::ServiceCredentialId;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

/// What the log knows of a credential.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServiceCredential {
    /// Nothing: there is none, or it is older than the log's knowledge.
    #[default]
    Untold,
    /// It was issued.
    Issued,
    /// Another takes its place.
    Replaced(ServiceCredentialId),
    /// It opens nothing any longer.
    Revoked,
}

/// What can be told of a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceCredentialCommand {
    /// It was issued.
    Issue(issue::Issue),
    /// Another takes its place.
    Rotate(rotate::Rotate),
    /// It opens nothing any longer.
    Revoke(revoke::Revoke),
}

/// Why a credential refuses a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ServiceCredentialError {
    /// The id is taken.
    #[error("this service credential was issued already")]
    AlreadyIssued,
    /// It is over with it.
    #[error("this service credential was revoked: issue a new one")]
    Revoked,
    /// It was replaced before.
    #[error("another credential takes the place of this one already: rotate that one, {0}")]
    Replaced(ServiceCredentialId),
}

impl Decider for ServiceCredential {
    const SCHEMA: &'static str = "service_credential/1";

    fn decide(
        &self,
        command: &ServiceCredentialCommand,
    ) -> Result<Vec<ServiceCredentialEvent>, ServiceCredentialError> {
        match command {
            ServiceCredentialCommand::Issue(command) => command.decide(*self),
            ServiceCredentialCommand::Rotate(command) => command.decide(*self),
            ServiceCredentialCommand::Revoke(revoke::Revoke) => Ok(revoke::Revoke::decide(*self)),
        }
    }
}

impl Aggregate for ServiceCredential {
    const TYPE: &'static str = ServiceCredentialEvent::AGGREGATE;
    type Command = ServiceCredentialCommand;
    type Event = ServiceCredentialEvent;
    type Error = ServiceCredentialError;
    type Services = ();

    async fn handle(
        &mut self,
        command: ServiceCredentialCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), ServiceCredentialError> {
        for event in self.decide(&command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: ServiceCredentialEvent) {
        *self = match event {
            ServiceCredentialEvent::ServiceCredentialIssued { .. } => Self::Issued,
            ServiceCredentialEvent::ServiceCredentialRotated { successor, .. } => {
                Self::Replaced(successor)
            }
            ServiceCredentialEvent::ServiceCredentialRevoked {} => Self::Revoked,
        };
    }
}
