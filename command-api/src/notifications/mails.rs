//! The reaction that tells people: which event leads to which message, to whom.
//!
//! It only queues: whether a mail server is well is no matter of the log's followers. History is never mailed about.

mod accounts;
mod libraries;
mod sessions;

use std::sync::Arc;

use accession_event_log::LogStore;
use accession_events::RecordedEvent;
use accession_events::event::Event;
use accession_events::ids::{AccountId, ChallengeId, IdError, SubjectId};
use accession_mail::MessageKind;
use accession_secrets::outbox::{MessageState, NewMessage, Outbox};
use accession_secrets::reaction_book::KeptTimer;
use accession_secrets::{SubjectKeys, erased_by};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde_json::Map;
use uuid::Uuid;

use super::address_book::{AddressBook, Card};
use super::draft::{Draft, Page};
use crate::reactions::{Birth, Course, Policy, Reaction, ReactionError};

/// After so many refusals an event is put aside: a defect, not a mail server that is away.
const ATTEMPTS: u32 = 3;

/// For how long the last mail to somebody who is gone is tried; then its address is destroyed, sent or not.
const FAREWELL_WITHIN: SignedDuration = SignedDuration::from_hours(72);

/// Queues the messages.
pub struct Mails {
    outbox: Arc<dyn Outbox>,
    book: AddressBook,
    keys: SubjectKeys,
}

impl Mails {
    /// Queues into this outbox what follows from this log. Destroys, of these keys, those of last mails whose time is
    /// over.
    #[must_use]
    pub fn new(outbox: Arc<dyn Outbox>, log: Arc<dyn LogStore>, keys: SubjectKeys) -> Self {
        Self {
            outbox,
            book: AddressBook::new(log),
            keys,
        }
    }

    async fn queue(
        &self,
        course: &Course,
        subject: SubjectId,
        kind: MessageKind,
        draft: &Draft,
    ) -> Result<(), ReactionError> {
        let message = new_message(
            course.step_id(kind.as_str()),
            subject,
            kind,
            draft,
            course.now(),
        )?;
        self.queue_message(&message).await
    }

    async fn queue_message(&self, message: &NewMessage) -> Result<(), ReactionError> {
        if self.outbox.queue(message).await? && message.state == MessageState::Queued {
            metrics::counter!("accession_mail_queued_total", "kind" => message.kind.clone())
                .increment(1);
        }
        Ok(())
    }
}

pub(super) fn new_message(
    id: Uuid,
    subject: SubjectId,
    kind: MessageKind,
    draft: &Draft,
    now: Timestamp,
) -> Result<NewMessage, ReactionError> {
    let letter = serde_json::to_string(draft).map_err(|error| ReactionError::Refused {
        reason: format!("the message cannot be written down: {error}"),
    })?;
    Ok(NewMessage {
        id,
        subject,
        kind: kind.as_str().into(),
        letter,
        state: MessageState::Queued,
        queued_at: now,
        expires_at: draft.until,
    })
}

#[async_trait]
impl Reaction for Mails {
    fn name(&self) -> &'static str {
        "mail"
    }

    fn birth(&self) -> Birth {
        Birth::Now
    }

    fn policy(&self) -> Policy {
        Policy::ParkAfter(ATTEMPTS)
    }

    fn listens_to(&self) -> &'static [&'static str] {
        &[
            "AccountDeleted",
            "EmailChangeRequested",
            "EmailVerificationRequested",
            "ExternalIdentityLinked",
            "ExternalIdentityUnlinked",
            "InvitationResent",
            "LibraryDeletionStarted",
            "MemberInvited",
            "MemberRemoved",
            "PasswordChanged",
            "PasswordReset",
            "PasswordResetRequested",
            "RegistrationAttempted",
            "ReplayDetected",
            "RoleChanged",
            "SessionStarted",
            "SubjectErased",
        ]
    }

    async fn react(&self, course: &Course, event: &RecordedEvent) -> Result<(), ReactionError> {
        if let Some(subject) = erased_by(event) {
            self.outbox.drop_of(subject, course.now()).await?;
            return Ok(());
        }
        match Event::decode(event)? {
            Event::Account(account) => self.of_account(course, event, &account).await,
            Event::Library(library) => self.of_library(course, event, &library).await,
            Event::Session(session) => self.of_session(course, event, &session).await,
            _ => Ok(()),
        }
    }

    /// The time of a last mail is over.
    async fn on_timer(&self, course: &Course, timer: &KeptTimer) -> Result<(), ReactionError> {
        let subject = timer.note.parse();
        let subject = subject.map_err(|error: IdError| ReactionError::Refused {
            reason: error.to_string(),
        })?;
        self.keys.destroy(subject, course.now()).await?;
        self.outbox.drop_of(subject, course.now()).await?;
        Ok(())
    }
}

pub(super) fn draft_to(card: &Card, when: Timestamp) -> Draft {
    Draft {
        to: card.email.clone(),
        name: Some(card.name.clone()),
        inviter: None,
        child: card.child.clone(),
        device: None,
        language: card.language.clone(),
        page: None,
        challenge: None,
        until: None,
        once: None,
        loan: None,
        when,
        values: Map::new(),
    }
}

fn leads_to(draft: &mut Draft, page: Page, challenge: ChallengeId, until: Timestamp) {
    draft.page = Some(page);
    draft.challenge = Some(challenge);
    draft.until = Some(until);
}

/// An account's own data is sealed for a subject of the same id.
pub(super) trait IntoSubject {
    fn into_subject(self) -> SubjectId;
}

impl IntoSubject for AccountId {
    fn into_subject(self) -> SubjectId {
        SubjectId::new(self.as_uuid())
    }
}

#[cfg(test)]
mod tests;
