//! What a new account is made of and what became of it, as every context that has somebody registered says it.
//!
//! Never says how: that is identity's.

use accession_events::Position;
use accession_events::identity::{Consents, ExternalIdentity, PlatformRole};
use accession_events::ids::{AccountId, ChallengeId, PasswordId};
use accession_events::values::{EmailAddress, LanguageTag, PersonName};
use jiff::Timestamp;

use super::Password;

/// What a new account is made of. Ids are drawn by the caller.
pub struct NewAccount {
    /// Its id.
    pub id: AccountId,
    /// Its address.
    pub email: EmailAddress,
    /// The person's name.
    pub name: PersonName,
    /// Language of pages and mails.
    pub language: LanguageTag,
    /// What the person agreed to.
    pub consents: Consents,
    /// The password and the name of its hash; none for who signs in by a provider.
    pub password: Option<(PasswordId, Password)>,
    /// How the address is proven.
    pub vouching: Vouching,
    /// For a child's account: whose child.
    pub guardian: Option<AccountId>,
    /// A role on the platform from the beginning.
    pub role: Option<PlatformRole>,
    /// When.
    pub now: Timestamp,
}

/// How a new account's address is proven.
pub enum Vouching {
    /// By a mail with this challenge.
    Mail(ChallengeId),
    /// The operator vouches for it.
    Operator,
    /// A provider does, who knows the person by this id.
    Provider {
        /// By what the provider's person is found.
        identity: ExternalIdentity,
        /// The provider's id of the person.
        subject: String,
    },
    /// Not at all: a child's account has no mailbox.
    None,
}

/// What became of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registered {
    /// There is an account now.
    New {
        /// Its id.
        account: AccountId,
        /// Where its last event stands.
        position: Position,
        /// Its version.
        version: u64,
    },
    /// The address is somebody's already.
    Taken {
        /// Whose.
        owner: AccountId,
    },
}
