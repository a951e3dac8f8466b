//! What can be done with libraries: each use case brings the aggregate, accounts and the private tables together.
//!
//! What is personal is sealed before a command is given; what is secret is written before the event that makes it count.

mod confirming;
mod inviting;
mod joining;
mod looking_after;

use accession_event_log::{
    EventLog, ExecuteError, Executed, Given, Repository, RepositoryError, RepositoryOptions,
};
use accession_events::ids::{AccountId, LibraryId, SubjectId};
use accession_events::values::{EmailIndex, PersonName, Personal};
use accession_secrets::{SealError, SecretsError};
use jiff::SignedDuration;
use std::sync::Arc;
use std::time::Duration;

use super::library::{KnownLibrary, Library, LibraryCommand, LibraryError};
use crate::front_desk::{DocumentVersions, FrontDesk, FrontDeskError};

pub use confirming::Confirming;
pub use inviting::NewInvitation;
pub use joining::{NewChild, Newcomer, undeliverable};

/// An invitation may be accepted for a week.
pub const INVITED_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Who has confirmed that a library is to be deleted says so within five minutes.
pub const CONFIRMED_FOR: SignedDuration = SignedDuration::from_mins(5);

/// Why something could not be done with a library.
#[derive(Debug, thiserror::Error)]
pub enum LibrariesError {
    /// The command was not carried out.
    #[error(transparent)]
    Execute(#[from] ExecuteError<LibraryError>),
    /// The library could not be loaded.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// The front desk did not do it.
    #[error(transparent)]
    FrontDesk(#[from] FrontDeskError),
    /// The private tables could not be used.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// Personal data could not be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// It is not the library's name.
    #[error("this is not the library's name")]
    OtherName,
    /// Nobody has confirmed this, or too long ago.
    #[error("this deletion was not confirmed, or too long ago")]
    NotConfirmed,
    /// Nobody knows whether who invites can be reached.
    #[error("inviting needs a verified e-mail address: follow the link in the mail first")]
    NotReachable,
    /// Somebody has an account with the invited address: they sign in and accept.
    #[error(
        "an account with this address was made meanwhile: sign in with it and accept the invitation there"
    )]
    SignInInstead,
}

impl From<LibraryError> for LibrariesError {
    fn from(refusal: LibraryError) -> Self {
        Self::Execute(ExecuteError::Refused(refusal))
    }
}

/// Libraries and who belongs to them. Cheap to clone.
#[derive(Clone)]
pub struct Libraries {
    repository: Repository<Library>,
    desk: Arc<dyn FrontDesk>,
}

impl Libraries {
    /// Libraries in this log, of people whom this desk knows.
    #[must_use]
    pub fn new(log: &EventLog, desk: impl FrontDesk + 'static, options: RepositoryOptions) -> Self {
        Self {
            repository: Repository::new(log.clone(), options),
            desk: Arc::new(desk),
        }
    }

    /// Answers that must not tell whether an account exists take at least so long.
    #[must_use]
    pub fn answers_after(&self) -> Duration {
        self.desk.answers_after()
    }

    /// The texts that people have to agree to, as they are now.
    #[must_use]
    pub fn documents(&self) -> &DocumentVersions {
        self.desk.documents()
    }

    /// The libraries by id.
    #[must_use]
    pub const fn repository(&self) -> &Repository<Library> {
        &self.repository
    }

    /// Carries a command out.
    pub async fn execute(
        &self,
        library: LibraryId,
        given: &Given,
        command: &LibraryCommand,
    ) -> Result<Executed<Library>, LibrariesError> {
        let id = library.to_string();
        Ok(self.repository.execute(&id, given, command).await?)
    }

    /// A library as it is now.
    pub async fn find(&self, library: LibraryId) -> Result<KnownLibrary, LibrariesError> {
        let loaded = self.repository.load(&library.to_string()).await?;
        Ok(loaded.state.live()?.clone())
    }

    /// The address that an account has shown to be its own.
    pub async fn proven_address(
        &self,
        account: AccountId,
    ) -> Result<Option<EmailIndex>, LibrariesError> {
        Ok(self.desk.proven_address(account).await?)
    }

    /// What a member is called now, for the library's own records: sealed for a subject of its own, so that it is purged
    /// after its time without the account. Nothing of somebody who was erased.
    pub async fn record_of_leaver(
        &self,
        library: LibraryId,
        account: AccountId,
        record: SubjectId,
    ) -> Result<Option<(SubjectId, Personal<PersonName>)>, LibrariesError> {
        let Some(name) = self.desk.name_of(account).await? else {
            return Ok(None);
        };
        let stream = self.repository.stream(&library.to_string());
        let desk = self.desk.sealer();
        let sealed = desk.seal(record, &stream, "name", &name).await?;
        Ok(Some((record, sealed)))
    }
}
