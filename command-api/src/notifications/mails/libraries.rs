//! Messages about a library: who is invited, who is something else in it, who belongs to it no longer.
//!
//! Nobody is told what they did themselves.

use std::collections::BTreeSet;

use accession_events::RecordedEvent;
use accession_events::event::decode_as;
use accession_events::ids::{AccountId, ChallengeId, SubjectId};
use accession_events::library::{LibraryEvent, MemberRole};
use accession_mail::MessageKind;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{IntoSubject as _, Mails, draft_to, leads_to, new_message};
use crate::notifications::draft::{Boxed, Draft, Page};
use crate::reactions::{Course, ReactionError};

impl Mails {
    pub(super) async fn of_library(
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
            LibraryEvent::LibraryDeletionStarted { by, .. } => {
                self.tell_everyone(course, event, *by).await
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
        let host = self.book.card(*by, event.position).await?;
        let known = match account {
            Some(account) => self.book.card(*account, event.position).await?,
            None => None,
        };
        let (challenge, until) = renewed.unwrap_or((*challenge, *expires_at));
        let language = known
            .as_ref()
            .or(host.as_ref())
            .map(|card| card.language.clone());
        let mut draft = Draft {
            to: Boxed::of(&event.stream, "email", email),
            name: name
                .as_ref()
                .map(|name| Boxed::of(&event.stream, "name", name)),
            inviter: host.map(|card| card.name),
            child: None,
            device: None,
            language: language.unwrap_or_default(),
            page: None,
            challenge: None,
            until: None,
            once: None,
            loan: None,
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

    /// Everyone who belongs to a library, but for who said so, is told that it is deleted.
    async fn tell_everyone(
        &self,
        course: &Course,
        event: &RecordedEvent,
        by: AccountId,
    ) -> Result<(), ReactionError> {
        let kind = MessageKind::LibraryDeleted;
        let values = self.about_library(event, None).await?;
        for account in self.members_at(event).await? {
            let card = self.book.card(account, event.position).await?;
            let Some(card) = card.filter(|_| account != by) else {
                continue;
            };
            let mut draft = draft_to(&card, event.recorded_at);
            draft.values.clone_from(&values);
            let id = course.step_id(&format!("{}:{account}", kind.as_str()));
            let subject = account.into_subject();
            let message = new_message(id, subject, kind, &draft, course.now())?;
            self.queue_message(&message).await?;
        }
        Ok(())
    }

    /// Who belonged to the event's library right then.
    async fn members_at(
        &self,
        event: &RecordedEvent,
    ) -> Result<BTreeSet<AccountId>, ReactionError> {
        let mut members = BTreeSet::new();
        for earlier in self.book.events(&event.stream, event.position).await? {
            match decode_as(&earlier)? {
                LibraryEvent::MemberJoined { account, .. } => {
                    members.insert(account);
                }
                LibraryEvent::MemberRemoved { account, .. }
                | LibraryEvent::MemberLeft { account } => {
                    members.remove(&account);
                }
                _ => {}
            }
        }
        Ok(members)
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
}
