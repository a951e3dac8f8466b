//! Messages about an account itself: its address, its password, its end.
//!
//! Never opens a box: what it hands on is as sealed as the log has it.

use accession_events::RecordedEvent;
use accession_events::identity::AccountEvent;
use accession_events::ids::AccountId;
use accession_mail::MessageKind;

use super::{IntoSubject as _, Mails, draft_to, leads_to};
use crate::notifications::draft::{Boxed, Page};
use crate::reactions::{Course, ReactionError};

impl Mails {
    pub(super) async fn of_account(
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
