//! Messages about signing in: a program that is new to an account, and a token that came back.
//!
//! The first program of all is no news, and none is told of twice.

use accession_events::RecordedEvent;
use accession_events::identity::SessionEvent;
use accession_events::ids::AccountId;
use accession_mail::MessageKind;
use accession_secrets::outbox::MessageState;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{IntoSubject as _, Mails, draft_to, new_message};
use crate::notifications::draft::{Boxed, Draft, Page};
use crate::reactions::{Course, ReactionError};

/// Root of the ids by which a kind of device of an account is known again.
const DEVICES: Uuid = Uuid::from_u128(0x91c3_5e0a_4d7b_4f26_8a1e_c05d_72b9_f318);

impl Mails {
    pub(super) async fn of_session(
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
        // A child's sessions are not among the grown-up's own.
        let own = draft.child.is_none();
        draft.page = Some(if own {
            Page::Sessions
        } else {
            Page::ChooseNewPassword
        });
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
}
