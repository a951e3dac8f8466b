//! The front desk: what other contexts may ask of whoever keeps the accounts. Identity sits at it.
//!
//! Never names a context: whoever asks knows this page, and not who answers.

mod password;
mod registration;

use std::time::Duration;

use accession_event_log::Given;
use accession_events::ids::{AccountId, SubjectId};
use accession_events::values::{EmailAddress, EmailIndex, PersonName};
use accession_secrets::challenges::Challenges;
use accession_secrets::{BlindIndexer, Sealer};
use accession_service::problem::Problem;
use async_trait::async_trait;

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

    /// Makes an account, unless the address is somebody's.
    async fn register(&self, new: NewAccount, given: &Given) -> Result<Registered, FrontDeskError>;
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
