//! One act: which events are acts of security, whom they concern, and what is told of them.
//!
//! Never copies a text of an event: only ids, roles and closed lists of reasons.

use std::collections::BTreeMap;

use accession_events::identity::{
    AccountEvent, ServiceCredentialEvent, SessionEvent, SubjectEvent,
};
use accession_events::ids::SubjectId;
use accession_events::library::LibraryEvent;
use accession_events::{Event, Position, RecordedEvent};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// An act that changed who may come in or what they may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SecurityActDocument {
    /// What was done: the name of the event.
    #[schema(example = "PasswordChanged")]
    pub kind: String,
    /// The account that it was done to, if it was one.
    pub account: Option<String>,
    /// The library that it was about, if it was about one.
    pub library: Option<String>,
    /// What else it was about: a session, a service credential or an invitation.
    pub about: Option<String>,
    /// Who did it: `user:<account>`, `curator:…`, `admin:…`, `service:…`; none when nobody had signed in.
    pub actor: Option<String>,
    /// From where: a short keyed digest of the place. The same place has the same digest, and others may have it, too.
    pub place: Option<String>,
    /// More of it: roles, reasons, ways to sign in.
    pub details: BTreeMap<String, String>,
    /// When the log recorded it.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Where it stands in the log.
    #[schema(value_type = u64)]
    pub position: Position,
}

impl SecurityActDocument {
    /// The accounts that see it among their own acts: the one that it was done to and the one that did it.
    pub(super) fn concerns(&self) -> Vec<String> {
        let actor = self
            .actor
            .as_deref()
            .and_then(|actor| actor.split_once(':'));
        let actor = actor.filter(|(_, id)| Uuid::parse_str(id).is_ok());
        let actor = actor.map(|(_, id)| id.to_owned());
        let mut concerned: Vec<String> = self.account.iter().cloned().chain(actor).collect();
        concerned.dedup();
        concerned
    }
}

/// What an event tells of an act.
#[derive(Default)]
struct Told {
    account: Option<String>,
    library: Option<String>,
    about: Option<String>,
    details: BTreeMap<String, String>,
}

impl Told {
    fn with(mut self, key: &str, value: &impl Serialize) -> Self {
        let text = match serde_json::to_value(value) {
            Ok(serde_json::Value::String(text)) => text,
            Ok(other) => other.to_string(),
            Err(_) => return self,
        };
        self.details.insert(key.to_owned(), text);
        self
    }
}

/// The act that an event is; none when it changes nothing about security.
pub(super) fn of(event: &Event, recorded: &RecordedEvent) -> Option<SecurityActDocument> {
    let own = recorded.stream.aggregate_id.to_string();
    let told = match event {
        Event::Account(event) => of_account(own, event)?,
        Event::Session(event) => of_session(own, event),
        Event::ServiceCredential(event) => of_credential(own, event),
        Event::Subject(SubjectEvent::SubjectErased { reason, .. }) => Told {
            account: Some(own),
            ..Told::default()
        }
        .with("reason", reason),
        Event::Library(event) => of_library(&own, event)?,
        _ => return None,
    };
    let metadata = recorded.parsed_metadata();
    Some(SecurityActDocument {
        kind: recorded.event_type.to_string(),
        account: told.account,
        library: told.library,
        about: told.about,
        actor: metadata.actor,
        place: metadata.place,
        details: told.details,
        at: recorded.recorded_at,
        position: recorded.position,
    })
}

fn of_account(own: String, event: &AccountEvent) -> Option<Told> {
    let told = Told {
        account: Some(own),
        ..Told::default()
    };
    Some(match event {
        AccountEvent::ProfileChanged { .. }
        | AccountEvent::AvatarSet { .. }
        | AccountEvent::AvatarRemoved {}
        | AccountEvent::PreferencesChanged(_)
        | AccountEvent::TourCompleted {}
        | AccountEvent::TourReset {} => return None,
        AccountEvent::PlatformRoleGranted { role } | AccountEvent::PlatformRoleRevoked { role } => {
            told.with("role", role)
        }
        AccountEvent::SessionsRevoked { why, .. } => told.with("why", why),
        AccountEvent::ExternalIdentityLinked { identity, .. }
        | AccountEvent::ExternalIdentityUnlinked { identity } => {
            told.with("provider", &identity.provider)
        }
        _ => told,
    })
}

fn of_session(own: String, event: &SessionEvent) -> Told {
    let told = Told {
        account: Some(event.account().to_string()),
        about: Some(own),
        ..Told::default()
    };
    match event {
        SessionEvent::SessionStarted { method, client, .. } => {
            told.with("method", method).with("client", client)
        }
        SessionEvent::SessionEnded { why, .. } => told.with("why", why),
        SessionEvent::ReplayDetected { .. } => told,
    }
}

fn of_credential(own: String, event: &ServiceCredentialEvent) -> Told {
    let told = Told {
        about: Some(own),
        ..Told::default()
    };
    match event {
        ServiceCredentialEvent::ServiceCredentialIssued {
            scopes, replaces, ..
        } => {
            let told = told.with("scopes", scopes);
            match replaces {
                Some(replaced) => told.with("replaces", replaced),
                None => told,
            }
        }
        ServiceCredentialEvent::ServiceCredentialRotated {
            successor,
            good_until,
        } => told
            .with("successor", successor)
            .with("good_until", good_until),
        ServiceCredentialEvent::ServiceCredentialRevoked {} => told,
    }
}

/// Who belongs to a library and as what; not what it is called.
fn of_library(own: &str, event: &LibraryEvent) -> Option<Told> {
    let told = |account: Option<String>| Told {
        account,
        library: Some(own.to_owned()),
        ..Told::default()
    };
    Some(match event {
        LibraryEvent::LibraryCreated { by, .. } => told(Some(by.to_string())),
        LibraryEvent::MemberInvited { account, role, .. } => {
            told(account.map(|account| account.to_string())).with("role", role)
        }
        LibraryEvent::InvitationResent { subject, .. }
        | LibraryEvent::InvitationWithdrawn { subject, .. }
        | LibraryEvent::InvitationExpired { subject } => invitation(told(None), subject),
        LibraryEvent::InvitationDeclined { subject, account } => {
            invitation(told(account.map(|account| account.to_string())), subject)
        }
        LibraryEvent::MemberJoined {
            account, role, how, ..
        } => told(Some(account.to_string()))
            .with("role", role)
            .with("how", how),
        LibraryEvent::RoleChanged {
            account, from, to, ..
        } => told(Some(account.to_string()))
            .with("from", from)
            .with("to", to),
        LibraryEvent::MemberSuspended { account, .. }
        | LibraryEvent::MemberReinstated { account, .. }
        | LibraryEvent::MemberRemoved { account, .. }
        | LibraryEvent::MemberLeft { account }
        | LibraryEvent::ChildCreated { account, .. } => told(Some(account.to_string())),
        LibraryEvent::KidsModeSet { on, .. } => told(None).with("on", on),
        LibraryEvent::LibrarySessionsRevoked { .. }
        | LibraryEvent::LibraryDeletionStarted { .. }
        | LibraryEvent::LibraryDeletionCompleted {} => told(None),
        _ => return None,
    })
}

/// An invitation is told of by whom it is about, who may have no account yet.
fn invitation(told: Told, subject: &SubjectId) -> Told {
    Told {
        about: Some(subject.to_string()),
        ..told
    }
}
