//! A sample of every event of identity.
//!
//! Holds no readable personal data: what the log stores is sealed.

use accession_events::identity::{
    AccountEvent, ClientClass, Consents, ExternalIdentity, Farewell, PlatformRole, Preferences,
    RevocationReason, ServiceCredentialEvent, SessionEnd, SessionEvent, SignInMethod, ThemeMode,
};
use accession_events::ids::{
    AccountId, ChallengeId, PasswordId, ServiceCredentialId, SessionId, SubjectId,
};
use accession_events::values::{ContentHash, EmailIndex, ExternalIndex, Personal, SealedBox};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{parsed, value};

fn sealed<T>() -> Personal<T> {
    Personal::Sealed(SealedBox {
        subject: parsed::<SubjectId>("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c"),
        contents: "bm9uY2UgYW5kIGNpcGhlcnRleHQ".into(),
    })
}

fn consents() -> Consents {
    Consents {
        privacy: value("\"2026-11\""),
        terms: value("\"3\""),
    }
}

fn challenge() -> ChallengeId {
    ChallengeId::new(Uuid::from_u128(11))
}

fn password() -> PasswordId {
    PasswordId::new(Uuid::from_u128(12))
}

fn expires_at() -> Timestamp {
    parsed("2026-11-22T14:00:00Z")
}

fn index(byte: u8) -> EmailIndex {
    EmailIndex::new([byte; 32])
}

fn identity() -> ExternalIdentity {
    ExternalIdentity {
        provider: value("\"google\""),
        subject_index: ExternalIndex::new([3; 32]),
    }
}

/// Every event of an account, in an order in which they could happen.
pub(crate) fn account_events() -> Vec<AccountEvent> {
    let mut events = getting_in();
    events.extend(changes());
    events.extend(from_outside());
    events
}

fn getting_in() -> Vec<AccountEvent> {
    let (challenge, expires_at, password) = (challenge(), expires_at(), password());
    vec![
        AccountEvent::AccountRegistered {
            email: sealed(),
            email_index: index(1),
            name: sealed(),
            language: value("\"en\""),
            consents: consents(),
            guardian: Some(AccountId::new(Uuid::from_u128(13))),
        },
        AccountEvent::RegistrationAttempted { at: expires_at },
        AccountEvent::EmailVerificationRequested {
            challenge,
            expires_at,
        },
        AccountEvent::EmailVerified {
            challenge: Some(challenge),
        },
        AccountEvent::PasswordSet { password },
        AccountEvent::PasswordChanged { password },
        AccountEvent::PasswordResetRequested {
            challenge,
            expires_at,
        },
        AccountEvent::PasswordReset {
            challenge,
            password,
        },
        AccountEvent::SessionsRevoked {
            why: RevocationReason::PasswordReset,
            except: Some(SessionId::new(Uuid::from_u128(14))),
        },
    ]
}

fn changes() -> Vec<AccountEvent> {
    let challenge = challenge();
    vec![
        AccountEvent::EmailChangeRequested {
            challenge,
            email: sealed(),
            email_index: index(2),
            expires_at: expires_at(),
        },
        AccountEvent::EmailChanged {
            challenge,
            email: sealed(),
            email_index: index(2),
            former_index: index(1),
        },
        AccountEvent::ProfileChanged { name: sealed() },
        AccountEvent::AvatarSet {
            sha256: ContentHash::of(b"a picture"),
        },
        AccountEvent::AvatarRemoved {},
        AccountEvent::PreferencesChanged(Preferences {
            language: value("\"de\""),
            theme_name: Some(value("\"sumi\"")),
            theme_mode: ThemeMode::Dark,
            annual_reading_goal: Some(24),
        }),
        AccountEvent::TourCompleted {},
        AccountEvent::TourReset {},
        AccountEvent::ConsentGiven {
            consents: consents(),
        },
    ]
}

fn from_outside() -> Vec<AccountEvent> {
    vec![
        AccountEvent::AccountDisabled { reason: sealed() },
        AccountEvent::AccountEnabled {},
        AccountEvent::PlatformRoleGranted {
            role: PlatformRole::Admin,
        },
        AccountEvent::PlatformRoleRevoked {
            role: PlatformRole::Curator,
        },
        AccountEvent::ExternalIdentityLinked {
            identity: identity(),
            subject: sealed(),
        },
        AccountEvent::ExternalIdentityUnlinked {
            identity: identity(),
        },
        AccountEvent::AccountDeleted {
            email_index: index(2),
            identities: vec![identity()],
            farewell: None,
        },
    ]
}

/// The end of an account whose owner is written to for the last time.
pub(crate) fn ended_with_a_farewell() -> AccountEvent {
    AccountEvent::AccountDeleted {
        email_index: index(2),
        identities: Vec::new(),
        farewell: Some(Farewell {
            subject: parsed("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e60"),
            email: sealed(),
            name: sealed(),
            language: value("\"de\""),
        }),
    }
}

/// Every event of a session.
pub(crate) fn session_events() -> Vec<SessionEvent> {
    let account: AccountId = parsed("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c");
    vec![
        SessionEvent::SessionStarted {
            account,
            method: SignInMethod::Provider(value("\"google\"")),
            client: ClientClass::Browser,
            device: Some(sealed()),
        },
        SessionEvent::SessionEnded {
            account,
            why: SessionEnd::LoggedOut,
        },
        SessionEvent::ReplayDetected { account },
    ]
}

pub(crate) fn service_credential_events() -> Vec<ServiceCredentialEvent> {
    let id = |number| ServiceCredentialId::new(Uuid::from_u128(number));
    vec![
        ServiceCredentialEvent::ServiceCredentialIssued {
            name: value("\"importer of books\""),
            scopes: vec![value("\"import\"")],
            replaces: Some(id(21)),
        },
        ServiceCredentialEvent::ServiceCredentialRotated {
            successor: id(22),
            good_until: expires_at(),
        },
        ServiceCredentialEvent::ServiceCredentialRevoked {},
    ]
}
