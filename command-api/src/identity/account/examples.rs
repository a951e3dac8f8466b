//! What the tests of an account's commands share: an account as it is after registration, and what becomes of a command.
//!
//! Nothing outside tests is here.

use accession_event_log::Decider as _;
use accession_events::LoggedEvent as _;
use accession_events::identity::{AccountEvent, Consents, ExternalIdentity};
use accession_events::ids::{ChallengeId, PasswordId, SubjectId};
use accession_events::values::{
    EmailIndex, ExternalIndex, HandleName, LanguageTag, Personal, SealedBox, ShortText,
};
use cqrs_es::Aggregate as _;
use jiff::Timestamp;
use uuid::Uuid;

use super::register::{Proof, Register};
use super::verify_email::VerifyEmail;
use super::{Account, AccountCommand, AccountError, Challenge};

/// So many minutes after the beginning of the example.
pub(super) fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + minute * 60).unwrap()
}

pub(super) fn challenge(number: u128, minutes: i64) -> Challenge {
    Challenge {
        id: ChallengeId::new(Uuid::from_u128(number)),
        expires_at: at(minutes),
    }
}

pub(super) fn password(number: u128) -> PasswordId {
    PasswordId::new(Uuid::from_u128(number))
}

pub(super) fn index(byte: u8) -> EmailIndex {
    EmailIndex::new([byte; 32])
}

pub(super) fn sealed<T>() -> Personal<T> {
    Personal::Sealed(SealedBox {
        subject: SubjectId::new(Uuid::from_u128(1)),
        contents: "AAAA".into(),
    })
}

pub(super) fn identity() -> ExternalIdentity {
    ExternalIdentity {
        provider: HandleName::parse("google").unwrap(),
        subject_index: ExternalIndex::new([4; 32]),
    }
}

/// With the question 1 to the address, open for a day.
pub(super) fn register() -> Register {
    let version = |text| ShortText::parse(text).unwrap();
    Register {
        email: sealed(),
        email_index: index(1),
        name: sealed(),
        language: LanguageTag::parse("en").unwrap(),
        consents: Consents {
            privacy: version("1"),
            terms: version("1"),
        },
        guardian: None,
        password: Some(password(1)),
        proof: Proof::Mail(challenge(1, 24 * 60)),
        identity: None,
        role: None,
    }
}

pub(super) fn registered() -> Vec<AccountEvent> {
    after(&[], &AccountCommand::Register(Box::new(register()))).unwrap()
}

pub(super) fn disabled() -> AccountEvent {
    AccountEvent::AccountDisabled { reason: sealed() }
}

pub(super) fn verify(number: u128, now: Timestamp) -> AccountCommand {
    AccountCommand::VerifyEmail(VerifyEmail {
        challenge: challenge(number, 0).id,
        now,
    })
}

/// What becomes of a command after these events.
pub(super) fn after(
    given: &[AccountEvent],
    command: &AccountCommand,
) -> Result<Vec<AccountEvent>, AccountError> {
    let mut account = Account::default();
    for event in given {
        account.apply(event.clone());
    }
    account.decide(command)
}

pub(super) fn names(events: &[AccountEvent]) -> Vec<&'static str> {
    events.iter().map(AccountEvent::name).collect()
}
