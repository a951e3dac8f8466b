//! One sample of every event of a library.
//!
//! Never used outside the golden test.

use accession_events::ids::{AccountId, ChallengeId, SubjectId};
use accession_events::library::{JoinedHow, LibraryEvent, LibraryKind, MemberRole};
use accession_events::values::{EmailIndex, Personal};

use super::{parsed, value};

fn account(last: char) -> AccountId {
    parsed(&format!("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5{last}"))
}

fn subject() -> SubjectId {
    parsed("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e6a")
}

fn challenge(last: char) -> ChallengeId {
    parsed(&format!("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e7{last}"))
}

fn sealed<T: serde::de::DeserializeOwned>() -> Personal<T> {
    value(r#"{"subject":"0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e6a","box":"AAECAwQF"}"#)
}

pub(super) fn events() -> Vec<LibraryEvent> {
    let by = account('a');
    let mut events = vec![
        LibraryEvent::LibraryCreated {
            name: value("\"The Bennets\""),
            kind: LibraryKind::Family,
            by,
        },
        LibraryEvent::LibraryRenamed {
            name: value("\"Longbourn\""),
            by,
        },
        LibraryEvent::LibraryDescribed {
            description: Some(value("\"Five daughters and their books.\"")),
            by,
        },
        LibraryEvent::KidsModeSet {
            on: true,
            members: vec![by],
            by,
        },
        LibraryEvent::LibrarySessionsRevoked {
            members: vec![account('b')],
            by,
        },
        LibraryEvent::LibraryDeletionStarted {
            by,
            reason: Some(value("\"we have moved\"")),
        },
        LibraryEvent::LibraryDeletionCompleted {},
    ];
    events.extend(invitations(by));
    events.extend(memberships(by));
    events
}

fn invitations(by: AccountId) -> Vec<LibraryEvent> {
    let (subject, expires_at) = (subject(), parsed("2026-11-28T12:00:00Z"));
    vec![
        LibraryEvent::MemberInvited {
            subject,
            challenge: challenge('a'),
            account: None,
            email: sealed(),
            email_index: EmailIndex::new([7; 32]),
            name: Some(sealed()),
            role: MemberRole::Editor,
            expires_at,
            by,
        },
        LibraryEvent::InvitationResent {
            subject,
            challenge: challenge('b'),
            email: sealed(),
            expires_at,
            by,
        },
        LibraryEvent::InvitationWithdrawn {
            subject,
            by: Some(by),
        },
        LibraryEvent::InvitationExpired { subject },
        LibraryEvent::InvitationDeclined {
            subject,
            account: None,
        },
    ]
}

fn memberships(by: AccountId) -> Vec<LibraryEvent> {
    let account = account('b');
    vec![
        LibraryEvent::MemberJoined {
            account,
            role: MemberRole::Editor,
            kind: LibraryKind::Family,
            kids_mode: false,
            how: JoinedHow::Invitation,
            invitation: Some(subject()),
        },
        LibraryEvent::RoleChanged {
            account,
            from: MemberRole::Editor,
            to: MemberRole::Viewer,
            by,
        },
        LibraryEvent::MemberSuspended { account, by },
        LibraryEvent::MemberReinstated { account, by },
        LibraryEvent::MemberRemoved {
            account,
            name: Some(sealed()),
            record: None,
            by: Some(by),
        },
        LibraryEvent::MemberLeft { account },
        LibraryEvent::ChildCreated {
            account,
            guardian: by,
            name: sealed(),
            birth_year: Some(sealed()),
        },
    ]
}

/// A removal whose record has a subject of its own.
pub(super) fn removed_with_a_record() -> LibraryEvent {
    LibraryEvent::MemberRemoved {
        account: account('b'),
        name: Some(sealed()),
        record: Some(subject()),
        by: Some(account('a')),
    }
}
