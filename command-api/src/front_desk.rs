//! The front desk: what other contexts may ask of whoever keeps the accounts. Identity sits at it.
//!
//! Never names a context: whoever asks knows this page, and not who answers.

mod documents;
mod password;
mod registration;

use std::time::Duration;

use accession_event_log::{Given, StoredResponse};
use accession_events::Position;
use accession_events::ids::{AccountId, PasswordId, SubjectId};
use accession_events::values::{EmailAddress, EmailIndex, PersonName};
use accession_secrets::challenges::Challenges;
use accession_secrets::{BlindIndexer, Sealer};
use accession_service::problem::Problem;
use async_trait::async_trait;
use jiff::Timestamp;

pub use documents::{DocumentVersions, Outdated};
pub use password::{Password, PasswordFault};
pub use registration::{NewAccount, Registered, Vouching};

/// What can be asked about people with accounts.
#[async_trait]
pub trait FrontDesk: Send + Sync {
    /// Seals and opens personal data.
    fn sealer(&self) -> &Sealer;

    /// Makes the indexes of addresses.
    fn indexer(&self) -> &BlindIndexer;

    /// Keeps what tokens are recognised by.
    fn challenges(&self) -> &Challenges;

    /// Answers that must not tell whether an account exists take at least so long.
    fn answers_after(&self) -> Duration;

    /// The texts that people have to agree to, as they are now.
    fn documents(&self) -> &DocumentVersions;

    /// Whose address this is.
    async fn owner_of(&self, address: &EmailAddress) -> Result<Option<AccountId>, FrontDeskError>;

    /// The address that a person has shown to be their own.
    async fn proven_address(
        &self,
        account: AccountId,
    ) -> Result<Option<EmailIndex>, FrontDeskError>;

    /// What a person is called; nothing of somebody who was erased.
    async fn name_of(&self, account: AccountId) -> Result<Option<PersonName>, FrontDeskError>;

    /// Makes sure that whoever holds a session also knows the password.
    async fn reauthenticate(
        &self,
        account: AccountId,
        password: Password,
    ) -> Result<(), FrontDeskError>;

    /// Who answers for a child's account; none of a grown-up's.
    async fn guardian_of(&self, account: AccountId) -> Result<Option<AccountId>, FrontDeskError>;

    /// Gives a child's account another password, and ends its sessions. For whoever has made sure that the one who asks looks
    /// after the child; refused for a grown-up's account.
    async fn choose_childs_password(
        &self,
        child: AccountId,
        new: (PasswordId, Password),
        now: Timestamp,
        given: &Given,
    ) -> Result<Noted, FrontDeskError>;

    /// Makes an account, unless the address is somebody's.
    async fn register(&self, new: NewAccount, given: &Given) -> Result<Registered, FrontDeskError>;
}

/// A change of an account that stands in the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Noted {
    /// The account's version.
    pub version: u64,
    /// Where its last event stands.
    pub position: Position,
    /// What this very request was answered before, if it was.
    pub replayed: Option<StoredResponse>,
}

/// Why the front desk did not do what it was asked, in the words of whoever sits at it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct FrontDeskError(Box<dyn DeskRefusal>);

/// A refusal that knows how it reads on the wire.
pub trait DeskRefusal: std::error::Error + Send + Sync + 'static {
    /// The problem that a caller reads. `password` names the field in which a password was sent.
    fn problem(self: Box<Self>, password: &'static str) -> Problem;
}

impl FrontDeskError {
    /// A refusal of whoever sits at the desk.
    pub fn new(refusal: impl DeskRefusal) -> Self {
        Self(Box::new(refusal))
    }

    /// The problem that a caller reads. `password` names the field in which a password was sent.
    #[must_use]
    pub fn problem(self, password: &'static str) -> Problem {
        self.0.problem(password)
    }
}

/// The subject that an account's personal data is about: the account itself.
#[must_use]
pub const fn subject_of(account: AccountId) -> SubjectId {
    SubjectId::new(account.as_uuid())
}
