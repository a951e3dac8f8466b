//! The course of things that one trigger sets off: who acts, by whose cause, and by which ids.
//!
//! The ids are derived from (reaction, trigger, step) and from nothing else, so that a redelivery gets the same ones.

use std::sync::Arc;

use accession_event_log::{Given, Keyed};
use accession_events::{Metadata, RecordedEvent};
use accession_secrets::reaction_book::{KeptTimer, ReactionBook};
use jiff::{Timestamp, Unit};
use uuid::Uuid;

use super::failure::ReactionError;

/// The root of all derived ids; drawn once, never changed.
const NAMESPACE: Uuid = Uuid::from_u128(0x6f0e_71c5_8a4b_4d0e_9c2f_5b7d_13a8_e642);

/// One trigger at work: an event or a timer of one reaction.
pub struct Course {
    reaction: &'static str,
    trigger: String,
    metadata: Metadata,
    now: Timestamp,
    book: Arc<dyn ReactionBook>,
}

impl Course {
    /// What an event sets off.
    pub(crate) fn of_event(
        reaction: &'static str,
        event: &RecordedEvent,
        now: Timestamp,
        book: Arc<dyn ReactionBook>,
    ) -> Self {
        let caused_by = event.parsed_metadata();
        let metadata = Metadata {
            actor: Some("system".into()),
            library: caused_by.library,
            correlation: caused_by.correlation,
            causation: Some(event.event_id.to_string()),
            trace: caused_by.trace,
            traceparent: caused_by.traceparent,
            ..Metadata::default()
        };
        Self {
            reaction,
            trigger: event.event_id.to_string(),
            metadata,
            now,
            book,
        }
    }

    /// What a timer sets off.
    pub(crate) fn of_timer(
        reaction: &'static str,
        timer: &KeptTimer,
        now: Timestamp,
        book: Arc<dyn ReactionBook>,
    ) -> Self {
        let trigger = format!("timer {} {}", timer.name, timer.due_at.as_microsecond());
        let metadata = Metadata {
            actor: Some("system".into()),
            causation: Some(format!("reaction:{reaction}:{}", timer.name)),
            ..Metadata::default()
        };
        Self {
            reaction,
            trigger,
            metadata,
            now,
            book,
        }
    }

    /// The time, as the edge saw it when the trigger was taken up. May differ when it is taken up again.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The id of a step: the same whenever this trigger is taken up. Steps of one trigger need names of their own.
    #[must_use]
    pub fn step_id(&self, step: &str) -> Uuid {
        let parts = [self.reaction, &self.trigger, step];
        let named = parts.map(|part| format!("{}:{part}", part.len()));
        let name = named.concat();
        Uuid::new_v5(&NAMESPACE, name.as_bytes())
    }

    /// What goes with the command of a step: metadata that names the cause, and the step's id as idempotency key, under
    /// which a second execution writes nothing.
    #[must_use]
    pub fn given(&self, step: &str) -> Given {
        let id = self.step_id(step).to_string();
        Given {
            metadata: self.metadata.clone(),
            idempotency: Some(Keyed {
                scope: format!("reaction:{}", self.reaction),
                key: id.clone(),
                fingerprint: id,
                answer: Arc::new(|version| format!("{{\"version\":{version}}}")),
            }),
            ..Given::default()
        }
    }

    /// Has `on_timer` called at `due` or soon after. A timer of the same name is set anew. `note` is what the
    /// reaction needs then: ids, never personal data.
    pub async fn set_timer(
        &self,
        name: &str,
        due: Timestamp,
        note: &str,
    ) -> Result<(), ReactionError> {
        let timer = KeptTimer {
            name: name.to_owned(),
            note: note.to_owned(),
            // As exact as the databases keep it: by this time the timer is known again.
            due_at: due.round(Unit::Microsecond).unwrap_or(due),
        };
        Ok(self.book.set_timer(self.reaction, &timer).await?)
    }

    /// Forgets a timer, if there is one.
    pub async fn cancel_timer(&self, name: &str) -> Result<(), ReactionError> {
        Ok(self.book.cancel_timer(self.reaction, name).await?)
    }
}
