//! Events and commands for the library's tests: defaults that a test overrides where it matters.
//!
//! Never used outside tests.

use accession_events::ids::{AccountId, ChallengeId, SubjectId};
use accession_events::library::{JoinedHow, LibraryEvent, LibraryKind, MemberRole};
use accession_events::values::{EmailIndex, Personal, SealedBox, ShortText};
use cqrs_es::test::TestFramework;
use jiff::Timestamp;
use uuid::Uuid;

use super::Library;
use super::invite_member::InviteMember;

pub(super) fn library() -> TestFramework<Library> {
    TestFramework::with(())
}

pub(super) fn text(text: &str) -> ShortText {
    ShortText::parse(text).unwrap()
}

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

pub(super) fn account(number: u8) -> AccountId {
    AccountId::new(Uuid::from_u128(u128::from(number)))
}

pub(super) fn subject(number: u8) -> SubjectId {
    SubjectId::new(Uuid::from_u128(100 + u128::from(number)))
}

pub(super) fn challenge(number: u8) -> ChallengeId {
    ChallengeId::new(Uuid::from_u128(200 + u128::from(number)))
}

pub(super) fn address(number: u8) -> EmailIndex {
    EmailIndex::new([number; 32])
}

pub(super) fn sealed<T>(number: u8) -> Personal<T> {
    Personal::Sealed(SealedBox {
        subject: subject(number),
        contents: "AAAA".into(),
    })
}

/// Longbourn, which account 1 has made.
pub(super) fn founded() -> Vec<LibraryEvent> {
    vec![
        LibraryEvent::LibraryCreated {
            name: text("Longbourn"),
            kind: LibraryKind::Family,
            by: account(1),
        },
        joined(1, MemberRole::Admin, JoinedHow::Founder, None),
    ]
}

pub(super) fn joined(
    who: u8,
    role: MemberRole,
    how: JoinedHow,
    invitation: Option<SubjectId>,
) -> LibraryEvent {
    LibraryEvent::MemberJoined {
        account: account(who),
        role,
        kind: LibraryKind::Family,
        kids_mode: false,
        how,
        invitation,
    }
}

/// What account 1 does to invite a person without an account; good until second 700.
pub(super) fn invitation(who: u8, role: MemberRole) -> InviteMember {
    InviteMember {
        subject: subject(who),
        challenge: challenge(who),
        account: None,
        email: sealed(who),
        email_index: address(who),
        name: None,
        role,
        expires_at: at(700),
        by: account(1),
    }
}

pub(super) fn invited(who: u8, role: MemberRole) -> LibraryEvent {
    let InviteMember {
        subject,
        challenge,
        account,
        email,
        email_index,
        name,
        role,
        expires_at,
        by,
    } = invitation(who, role);
    LibraryEvent::MemberInvited {
        subject,
        challenge,
        account,
        email,
        email_index,
        name,
        role,
        expires_at,
        by,
    }
}

/// Invited, and joined with the account of the same number.
pub(super) fn by_invitation(who: u8, role: MemberRole) -> Vec<LibraryEvent> {
    let how = JoinedHow::Invitation;
    vec![
        invited(who, role),
        joined(who, role, how, Some(subject(who))),
    ]
}

pub(super) fn child(who: u8) -> Vec<LibraryEvent> {
    vec![joined(who, MemberRole::Child, JoinedHow::Child, None)]
}
