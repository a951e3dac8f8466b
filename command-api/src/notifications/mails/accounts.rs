//! Messages about an account itself: its address, its password, its end.
//!
//! Never opens a box: what it hands on is as sealed as the log has it.

use accession_events::RecordedEvent;
use accession_events::identity::{AccountEvent, ExternalIdentity, Farewell};
use accession_events::ids::AccountId;
use accession_mail::MessageKind;
use serde_json::Map;

use super::{FAREWELL_WITHIN, IntoSubject as _, Mails, draft_to, leads_to};
use crate::notifications::draft::{Boxed, Draft, Page};
use crate::reactions::{Course, ReactionError};

impl Mails {
    pub(super) async fn of_account(
        &self,
        course: &Course,
        event: &RecordedEvent,
        account: &AccountEvent,
    ) -> Result<(), ReactionError> {
        let id: AccountId = owner(event)?;
        if let AccountEvent::AccountDeleted { farewell, .. } = account {
            return self
                .say_farewell(course, event, id, farewell.as_ref())
                .await;
        }
        let Some(card) = self.book.card(id, event.position).await? else {
            return Ok(());
        };
        // An account that begins with it needs not be told.
        if matches!(account, AccountEvent::ExternalIdentityLinked { .. })
            && card.registered_at == event.recorded_at
        {
            return Ok(());
        }
        let mut draft = draft_to(&card, event.recorded_at);
        if let AccountEvent::EmailChangeRequested {
            challenge,
            email,
            expires_at,
            ..
        } = account
        {
            let mut confirm = draft.clone();
            confirm.to = Boxed::of(&event.stream, "email", email);
            leads_to(&mut confirm, Page::ConfirmEmail, *challenge, *expires_at);
            let kind = MessageKind::EmailChangeConfirm;
            self.queue(course, id.into_subject(), kind, &confirm)
                .await?;
        }
        match told_to_the_owner(account, &mut draft) {
            Some(kind) => self.queue(course, id.into_subject(), kind, &draft).await,
            None => Ok(()),
        }
    }

    /// The last mail to somebody. It is sealed apart, for the person's own key is destroyed meanwhile; a child's goes to
    /// the grown-up. It is tried for three days, and then its address is destroyed with it.
    async fn say_farewell(
        &self,
        course: &Course,
        event: &RecordedEvent,
        account: AccountId,
        farewell: Option<&Farewell>,
    ) -> Result<(), ReactionError> {
        let kind = MessageKind::AccountDeleted;
        let Some(farewell) = farewell else {
            let card = self.book.guardian(account, event.position).await?;
            let Some((guardian, card)) = card else {
                return Ok(());
            };
            let mut draft = draft_to(&card, event.recorded_at);
            draft.values.insert("child".into(), true.into());
            return self
                .queue(course, guardian.into_subject(), kind, &draft)
                .await;
        };
        let until = event.recorded_at.saturating_add(FAREWELL_WITHIN);
        let until = until.unwrap_or(event.recorded_at);
        let note = farewell.subject.to_string();
        // The address goes in time, whatever becomes of the mail.
        course
            .set_timer(&format!("farewell/{note}"), until, &note)
            .await?;
        let draft = Draft {
            to: Boxed::of(&event.stream, "email", &farewell.email),
            name: Some(Boxed::of(&event.stream, "name", &farewell.name)),
            inviter: None,
            child: None,
            device: None,
            language: farewell.language.to_string(),
            page: None,
            challenge: None,
            until: Some(until),
            once: Some(farewell.subject),
            loan: None,
            when: event.recorded_at,
            values: Map::from_iter([("child".to_owned(), false.into())]),
        };
        self.queue(course, farewell.subject, kind, &draft).await
    }
}

/// What the owner of an account is told of an event, at the address that they have; the draft gets what is needed for it.
fn told_to_the_owner(account: &AccountEvent, draft: &mut Draft) -> Option<MessageKind> {
    match account {
        AccountEvent::EmailVerificationRequested {
            challenge,
            expires_at,
        } => {
            leads_to(draft, Page::VerifyEmail, *challenge, *expires_at);
            Some(MessageKind::VerifyEmail)
        }
        AccountEvent::PasswordResetRequested {
            challenge,
            expires_at,
        } => {
            leads_to(draft, Page::ResetPassword, *challenge, *expires_at);
            Some(MessageKind::ResetPassword)
        }
        AccountEvent::RegistrationAttempted { .. } => {
            draft.page = Some(Page::SignIn);
            Some(MessageKind::AlreadyRegistered)
        }
        AccountEvent::PasswordChanged { .. } | AccountEvent::PasswordReset { .. } => {
            draft.page = Some(Page::ChooseNewPassword);
            Some(MessageKind::PasswordChanged)
        }
        AccountEvent::EmailChangeRequested { .. } => {
            draft.page = Some(Page::ChooseNewPassword);
            Some(MessageKind::EmailChangeNotice)
        }
        AccountEvent::ExternalIdentityLinked { identity, .. } => {
            vouched_by(draft, identity);
            Some(MessageKind::IdentityLinked)
        }
        AccountEvent::ExternalIdentityUnlinked { identity } => {
            vouched_by(draft, identity);
            Some(MessageKind::IdentityUnlinked)
        }
        _ => None,
    }
}

/// Who vouches for the person, or does no longer.
fn vouched_by(draft: &mut Draft, identity: &ExternalIdentity) {
    let provider = identity.provider.to_string();
    draft.values.insert("provider".into(), provider.into());
    draft.page = Some(Page::ChooseNewPassword);
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
