//! What every account event tells about itself: its name, and the claims it makes and releases.
//!
//! A claim never holds an address or a provider's id, only its blind index.

use super::{AccountEvent, ExternalIdentity};
use crate::claims::{ClaimChange, ClaimKey, ClaimKind};
use crate::event::LoggedEvent;
use crate::values::EmailIndex;

impl LoggedEvent for AccountEvent {
    const AGGREGATE: &'static str = "identity.account";

    fn name(&self) -> &'static str {
        match self {
            Self::AccountRegistered { .. } => "AccountRegistered",
            Self::RegistrationAttempted { .. } => "RegistrationAttempted",
            Self::EmailVerificationRequested { .. } => "EmailVerificationRequested",
            Self::EmailVerified { .. } => "EmailVerified",
            Self::PasswordSet { .. } => "PasswordSet",
            Self::PasswordChanged { .. } => "PasswordChanged",
            Self::PasswordResetRequested { .. } => "PasswordResetRequested",
            Self::PasswordReset { .. } => "PasswordReset",
            Self::EmailChangeRequested { .. } => "EmailChangeRequested",
            Self::EmailChanged { .. } => "EmailChanged",
            Self::ProfileChanged { .. } => "ProfileChanged",
            Self::AvatarSet { .. } => "AvatarSet",
            Self::AvatarRemoved { .. } => "AvatarRemoved",
            Self::PreferencesChanged { .. } => "PreferencesChanged",
            Self::TourCompleted { .. } => "TourCompleted",
            Self::TourReset { .. } => "TourReset",
            Self::ConsentGiven { .. } => "ConsentGiven",
            Self::AccountDisabled { .. } => "AccountDisabled",
            Self::AccountEnabled { .. } => "AccountEnabled",
            Self::PlatformRoleGranted { .. } => "PlatformRoleGranted",
            Self::PlatformRoleRevoked { .. } => "PlatformRoleRevoked",
            Self::SessionsRevoked { .. } => "SessionsRevoked",
            Self::ExternalIdentityLinked { .. } => "ExternalIdentityLinked",
            Self::ExternalIdentityUnlinked { .. } => "ExternalIdentityUnlinked",
            Self::AccountDeleted { .. } => "AccountDeleted",
        }
    }

    fn claims(&self) -> Vec<ClaimChange> {
        match self {
            Self::AccountRegistered { email_index, .. } => {
                vec![ClaimChange::Make(address(*email_index))]
            }
            Self::EmailChanged {
                email_index,
                former_index,
                ..
            } => vec![
                ClaimChange::Release(address(*former_index)),
                ClaimChange::Make(address(*email_index)),
            ],
            Self::ExternalIdentityLinked { identity, .. } => {
                vec![ClaimChange::Make(identity.claim())]
            }
            Self::ExternalIdentityUnlinked { identity } => {
                vec![ClaimChange::Release(identity.claim())]
            }
            Self::AccountDeleted {
                email_index,
                identities,
                ..
            } => std::iter::once(address(*email_index))
                .chain(identities.iter().map(ExternalIdentity::claim))
                .map(ClaimChange::Release)
                .collect(),
            _ => Vec::new(),
        }
    }
}

impl ExternalIdentity {
    /// The key by which a provider's person finds the account.
    #[must_use]
    pub fn claim(&self) -> ClaimKey {
        let value = format!("{}:{}", self.provider, self.subject_index);
        ClaimKey::new(ClaimKind::ExternalIdentity, value)
    }
}

fn address(index: EmailIndex) -> ClaimKey {
    ClaimKey::new(ClaimKind::EmailIndex, index.to_string())
}
