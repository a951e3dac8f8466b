//! What an account remembers of its events: as much as its decisions need.
//!
//! Boxes stay sealed here: a snapshot of this state is as unreadable as the log.

use accession_events::identity::{
    AccountEvent, Consents, ExternalIdentity, PlatformRole, Preferences, ThemeMode,
};
use accession_events::ids::{AccountId, ChallengeId, PasswordId};
use accession_events::values::{ContentHash, EmailIndex, PersonName, Personal};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::mailed::Mailed;
use super::{AccountError, Challenge};

/// An account that is somebody's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LiveAccount {
    /// Its address, sealed.
    pub email: Personal<String>,
    /// The person's name, sealed.
    pub name: Personal<PersonName>,
    /// Index of its address.
    pub email_index: EmailIndex,
    /// Whether the address is known to be the person's own.
    pub verified: bool,
    /// Names the hash of its password; none for who only signs in by a provider.
    pub password: Option<PasswordId>,
    /// The open question whether the address is the person's own.
    pub verification: Option<Challenge>,
    /// The open offer of a new password.
    pub reset: Option<Challenge>,
    /// Questions about the address that were mailed lately.
    pub questions: Mailed,
    /// Offers of a new password that were mailed lately.
    pub offers: Mailed,
    /// The address that waits for its confirmation.
    pub pending_email: Option<PendingEmail>,
    /// Its picture.
    pub avatar: Option<ContentHash>,
    /// How the person wants the product to be.
    pub preferences: Preferences,
    /// Whether the person was shown around.
    pub tour_completed: bool,
    /// What the person agreed to last.
    pub consents: Consents,
    /// Whether an administrator shut it out.
    pub disabled: bool,
    /// What the person may do on the whole platform.
    pub role: Option<PlatformRole>,
    /// Who vouches for the person.
    pub identities: Vec<ExternalIdentity>,
    /// For a child's account: whose child.
    pub guardian: Option<AccountId>,
    /// When somebody last tried to register with its address.
    pub attempted_at: Option<Timestamp>,
}

/// An address that waits for its confirmation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PendingEmail {
    /// What confirms it.
    pub challenge: Challenge,
    /// The address, sealed.
    pub email: Personal<String>,
    /// Its index.
    pub email_index: EmailIndex,
}

impl LiveAccount {
    /// The account as its first event makes it; none for an event that is no registration.
    pub(super) fn registered(event: AccountEvent) -> Option<Self> {
        let AccountEvent::AccountRegistered {
            email,
            email_index,
            name,
            language,
            consents,
            guardian,
        } = event
        else {
            return None;
        };
        Some(Self {
            email,
            name,
            email_index,
            verified: false,
            password: None,
            verification: None,
            reset: None,
            questions: Mailed::default(),
            offers: Mailed::default(),
            pending_email: None,
            avatar: None,
            preferences: Preferences {
                language,
                theme_name: None,
                theme_mode: ThemeMode::default(),
                annual_reading_goal: None,
            },
            tour_completed: false,
            consents,
            disabled: false,
            role: None,
            identities: Vec::new(),
            guardian,
            attempted_at: None,
        })
    }

    pub(super) fn apply(&mut self, event: AccountEvent) {
        match event {
            AccountEvent::EmailVerificationRequested { .. }
            | AccountEvent::EmailVerified { .. }
            | AccountEvent::EmailChangeRequested { .. }
            | AccountEvent::EmailChanged { .. }
            | AccountEvent::RegistrationAttempted { .. } => self.apply_to_address(event),
            AccountEvent::PasswordSet { password } | AccountEvent::PasswordChanged { password } => {
                self.take_password(password);
            }
            AccountEvent::PasswordReset { password, .. } => {
                self.take_password(password);
                // Whoever asked for another address may not be the one whose mailbox this is.
                self.pending_email = None;
            }
            AccountEvent::PasswordResetRequested {
                challenge: id,
                expires_at,
            } => {
                self.reset = Some(Challenge { id, expires_at });
                self.offers.note(expires_at);
            }
            AccountEvent::AvatarSet { sha256 } => self.avatar = Some(sha256),
            AccountEvent::AvatarRemoved {} => self.avatar = None,
            AccountEvent::PreferencesChanged(preferences) => self.preferences = preferences,
            AccountEvent::ProfileChanged { name } => self.name = name,
            AccountEvent::TourCompleted {} => self.tour_completed = true,
            AccountEvent::TourReset {} => self.tour_completed = false,
            AccountEvent::ConsentGiven { consents } => self.consents = consents,
            AccountEvent::AccountDisabled { .. } => self.disabled = true,
            AccountEvent::AccountEnabled {} => self.disabled = false,
            AccountEvent::PlatformRoleGranted { role } => self.role = Some(role),
            AccountEvent::PlatformRoleRevoked { .. } => self.role = None,
            AccountEvent::ExternalIdentityLinked { identity, .. } => self.identities.push(identity),
            AccountEvent::ExternalIdentityUnlinked { identity } => {
                self.identities.retain(|linked| *linked != identity);
            }
            // Sessions are another aggregate's; registering and deleting end up elsewhere.
            AccountEvent::AccountRegistered { .. }
            | AccountEvent::AccountDeleted { .. }
            | AccountEvent::SessionsRevoked { .. } => {}
        }
    }

    fn apply_to_address(&mut self, event: AccountEvent) {
        match event {
            AccountEvent::EmailVerificationRequested {
                challenge: id,
                expires_at,
            } => {
                self.verification = Some(Challenge { id, expires_at });
                self.questions.note(expires_at);
            }
            AccountEvent::EmailVerified { .. } => {
                (self.verified, self.verification) = (true, None);
                self.questions.forget();
            }
            AccountEvent::EmailChangeRequested {
                challenge: id,
                email,
                email_index,
                expires_at,
            } => {
                let challenge = Challenge { id, expires_at };
                self.pending_email = Some(PendingEmail {
                    challenge,
                    email,
                    email_index,
                });
            }
            AccountEvent::EmailChanged {
                email, email_index, ..
            } => {
                (self.email, self.email_index, self.verified) = (email, email_index, true);
                // What was mailed to the former address opens nothing any more.
                (self.pending_email, self.verification, self.reset) = (None, None, None);
                self.questions.forget();
                self.offers.forget();
            }
            AccountEvent::RegistrationAttempted { at } => self.attempted_at = Some(at),
            _ => {}
        }
    }

    /// A new password makes every open offer of another one void.
    fn take_password(&mut self, password: PasswordId) {
        (self.password, self.reset) = (Some(password), None);
        self.offers.forget();
    }
}

/// Refuses a challenge that is not the open one, or too old.
pub(super) fn still_open(
    open: Option<&Challenge>,
    given: ChallengeId,
    now: Timestamp,
) -> Result<(), AccountError> {
    match open {
        Some(open) if open.id == given && now < open.expires_at => Ok(()),
        _ => Err(AccountError::ChallengeNotOpen),
    }
}
