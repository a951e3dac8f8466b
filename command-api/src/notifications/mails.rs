//! The reaction that tells people: which event leads to which message, to whom.
//!
//! It only queues: whether a mail server is well is no matter of the log's followers. History is never mailed about.

use std::sync::Arc;

use accession_event_log::LogStore;
use accession_events::RecordedEvent;
use accession_events::event::{Event, decode_as};
use accession_events::identity::{AccountEvent, SessionEvent};
use accession_events::ids::{AccountId, ChallengeId, SubjectId};
use accession_events::library::{LibraryEvent, MemberRole};
use accession_mail::MessageKind;
use accession_secrets::erased_by;
use accession_secrets::outbox::{MessageState, NewMessage, Outbox};
use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::address_book::{AddressBook, Card};
use super::draft::{Boxed, Draft, Page};
use crate::reactions::{Birth, Course, Policy, Reaction, ReactionError};

/// After so many refusals an event is put aside: a defect, not a mail server that is away.
const ATTEMPTS: u32 = 3;
/// Root of the ids by which a kind of device of an account is known again.
const DEVICES: Uuid = Uuid::from_u128(0x91c3_5e0a_4d7b_4f26_8a1e_c05d_72b9_f318);

/// Queues the messages.
pub struct Mails {
    outbox: Arc<dyn Outbox>,
    book: AddressBook,
}

impl Mails {
    /// Queues into this outbox what follows from this log.
    #[must_use]
    pub fn new(outbox: Arc<dyn Outbox>, log: Arc<dyn LogStore>) -> Self {
        Self {
            outbox,
            book: AddressBook::new(log),
        }
    }

    async fn of_account(
        &self,
        course: &Course,
        event: &RecordedEvent,
        account: &AccountEvent,
    ) -> Result<(), ReactionError> {
        let id: AccountId = owner(event)?;
        let Some(card) = self.book.card(id, event.position).await? else {
            return Ok(());
        };
        let mut draft = draft_to(&card, event.recorded_at);
        let kind = match account {
            AccountEvent::EmailVerificationRequested {
                challenge,
                expires_at,
            } => {
                leads_to(&mut draft, Page::VerifyEmail, *challenge, *expires_at);
                MessageKind::VerifyEmail
            }
            AccountEvent::PasswordResetRequested {
                challenge,
                expires_at,
            } => {
                leads_to(&mut draft, Page::ResetPassword, *challenge, *expires_at);
                MessageKind::ResetPassword
            }
            AccountEvent::RegistrationAttempted { .. } => {
                draft.page = Some(Page::SignIn);
                MessageKind::AlreadyRegistered
            }
            AccountEvent::PasswordChanged { .. } | AccountEvent::PasswordReset { .. } => {
                draft.page = Some(Page::ChooseNewPassword);
                MessageKind::PasswordChanged
            }
            AccountEvent::EmailChangeRequested {
                challenge,
                email,
                expires_at,
                ..
            } => {
                let mut confirm = draft.clone();
                confirm.to = Boxed::of(&event.stream, "email", email);
                leads_to(&mut confirm, Page::ConfirmEmail, *challenge, *expires_at);
                self.queue(
                    course,
                    id.into_subject(),
                    MessageKind::EmailChangeConfirm,
                    &confirm,
                )
                .await?;
                draft.page = Some(Page::ChooseNewPassword);
                MessageKind::EmailChangeNotice
            }
            AccountEvent::AccountDeleted { .. } => MessageKind::AccountDeleted,
            _ => return Ok(()),
        };
        self.queue(course, id.into_subject(), kind, &draft).await
    }

    async fn of_library(
        &self,
        course: &Course,
        event: &RecordedEvent,
        library: &LibraryEvent,
    ) -> Result<(), ReactionError> {
        match library {
            LibraryEvent::MemberInvited { .. } => self.invite(course, event, library, None).await,
            LibraryEvent::InvitationResent {
                subject,
                challenge,
                expires_at,
                ..
            } => {
                let invited = self.invitation_of(event, *subject).await?;
                let renewed = Some((*challenge, *expires_at));
                match invited {
                    Some(invited) => self.invite(course, event, &invited, renewed).await,
                    None => Ok(()),
                }
            }
            LibraryEvent::RoleChanged {
                account, to, by, ..
            } if account != by => {
                self.tell_member(course, event, *account, MessageKind::RoleChanged, Some(*to))
                    .await
            }
            LibraryEvent::MemberRemoved {
                account,
                by: Some(by),
                ..
            } if account != by => {
                self.tell_member(course, event, *account, MessageKind::MemberRemoved, None)
                    .await
            }
            _ => Ok(()),
        }
    }

    async fn invite(
        &self,
        course: &Course,
        event: &RecordedEvent,
        invited: &LibraryEvent,
        renewed: Option<(ChallengeId, Timestamp)>,
    ) -> Result<(), ReactionError> {
        let LibraryEvent::MemberInvited {
            subject,
            challenge,
            account,
            email,
            name,
            role,
            expires_at,
            by,
            ..
        } = invited
        else {
            return Ok(());
        };
        let inviter = self.book.card(*by, event.position).await?;
        let known = match account {
            Some(account) => self.book.card(*account, event.position).await?,
            None => None,
        };
        let (challenge, until) = renewed.unwrap_or((*challenge, *expires_at));
        let language = known
            .as_ref()
            .or(inviter.as_ref())
            .map(|card| card.language.clone());
        let mut draft = Draft {
            to: Boxed::of(&event.stream, "email", email),
            name: name
                .as_ref()
                .map(|name| Boxed::of(&event.stream, "name", name)),
            inviter: inviter.map(|card| card.name),
            device: None,
            language: language.unwrap_or_default(),
            page: None,
            challenge: None,
            until: None,
            when: event.recorded_at,
            values: self.about_library(event, Some(*role)).await?,
        };
        leads_to(&mut draft, Page::Invitation, challenge, until);
        let kind = if account.is_some() {
            MessageKind::InvitationMember
        } else {
            MessageKind::InvitationNewcomer
        };
        self.queue(course, *subject, kind, &draft).await
    }

    /// The invitation that was sent once more.
    async fn invitation_of(
        &self,
        event: &RecordedEvent,
        wanted: SubjectId,
    ) -> Result<Option<LibraryEvent>, ReactionError> {
        let mut found = None;
        for earlier in self.book.events(&event.stream, event.position).await? {
            let earlier: LibraryEvent = decode_as(&earlier)?;
            if matches!(&earlier, LibraryEvent::MemberInvited { subject, .. } if *subject == wanted)
            {
                found = Some(earlier);
            }
        }
        Ok(found)
    }

    async fn tell_member(
        &self,
        course: &Course,
        event: &RecordedEvent,
        account: AccountId,
        kind: MessageKind,
        role: Option<MemberRole>,
    ) -> Result<(), ReactionError> {
        let Some(card) = self.book.card(account, event.position).await? else {
            return Ok(());
        };
        let mut draft = draft_to(&card, event.recorded_at);
        draft.values = self.about_library(event, role).await?;
        self.queue(course, account.into_subject(), kind, &draft)
            .await
    }

    async fn about_library(
        &self,
        event: &RecordedEvent,
        role: Option<MemberRole>,
    ) -> Result<Map<String, Value>, ReactionError> {
        let name = self
            .book
            .library_name(&event.stream, event.position)
            .await?;
        let mut values = Map::new();
        values.insert("library".into(), name.into());
        if let Some(role) = role {
            values.insert("role".into(), role.as_str().into());
        }
        Ok(values)
    }

    async fn of_session(
        &self,
        course: &Course,
        event: &RecordedEvent,
        session: &SessionEvent,
    ) -> Result<(), ReactionError> {
        let account = session.account();
        let Some(card) = self.book.card(account, event.position).await? else {
            return Ok(());
        };
        let mut draft = draft_to(&card, event.recorded_at);
        draft.page = Some(Page::Sessions);
        match session {
            SessionEvent::SessionStarted { client, device, .. } => {
                draft.values.insert("client".into(), json!(client));
                draft.device = device
                    .as_ref()
                    .map(|device| Boxed::of(&event.stream, "device", device));
                self.of_device(course, account, &draft).await
            }
            SessionEvent::ReplayDetected { .. } => {
                self.queue(
                    course,
                    account.into_subject(),
                    MessageKind::ReplayDetected,
                    &draft,
                )
                .await
            }
            SessionEvent::SessionEnded { .. } => Ok(()),
        }
    }

    /// One message for each kind of program that somebody signs in from, for ever: its id is that of (account, program).
    /// The first of all is no news: that row is only noted.
    async fn of_device(
        &self,
        course: &Course,
        account: AccountId,
        draft: &Draft,
    ) -> Result<(), ReactionError> {
        let kind = MessageKind::NewSignIn;
        let program = draft
            .values
            .get("client")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let id = |what: &str| Uuid::new_v5(&DEVICES, format!("{account} {what}").as_bytes());
        let mut message = new_message(
            id("any program"),
            account.into_subject(),
            kind,
            draft,
            course.now(),
        )?;
        message.state = MessageState::Dropped;
        let first_of_all = self.outbox.queue(&message).await?;
        message.id = id(program);
        if !first_of_all {
            message.state = MessageState::Queued;
        }
        self.queue_message(&message).await
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

fn new_message(
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
            "InvitationResent",
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
}

fn draft_to(card: &Card, when: Timestamp) -> Draft {
    Draft {
        to: card.email.clone(),
        name: Some(card.name.clone()),
        inviter: None,
        device: None,
        language: card.language.clone(),
        page: None,
        challenge: None,
        until: None,
        when,
        values: Map::new(),
    }
}

fn leads_to(draft: &mut Draft, page: Page, challenge: ChallengeId, until: Timestamp) {
    draft.page = Some(page);
    draft.challenge = Some(challenge);
    draft.until = Some(until);
}

/// The account that a stream belongs to.
fn owner(event: &RecordedEvent) -> Result<AccountId, ReactionError> {
    event
        .stream
        .aggregate_id
        .parse()
        .map_err(|_| ReactionError::Refused {
            reason: format!("{} is no account's stream", event.stream),
        })
}

/// An account's own data is sealed for a subject of the same id.
trait IntoSubject {
    fn into_subject(self) -> SubjectId;
}

impl IntoSubject for AccountId {
    fn into_subject(self) -> SubjectId {
        SubjectId::new(self.as_uuid())
    }
}
