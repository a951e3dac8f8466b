//! What can be done with accounts: each use case brings the aggregate, the private tables and the hashing together.
//!
//! What is secret is written before the event that makes it count, so that nothing ever counts that is not there.

mod belongings;
mod checking;
mod consenting;
mod deleting;
mod desk;
mod passwords;
mod proving;
mod registering;

use std::sync::Arc;
use std::time::Duration;

use accession_event_log::{
    EventLog, ExecuteError, Executed, Given, LogError, Repository, RepositoryError,
    RepositoryOptions,
};
use accession_events::ids::{AccountId, ChallengeId};
use accession_events::values::{EmailAddress, EmailIndex};
use accession_events::{ClaimKey, ClaimKind};
use accession_secrets::challenges::{ChallengePurpose, Challenges, KeptChallenge};
use accession_secrets::passwords::{self as kept_passwords, PasswordStore};
use accession_secrets::{
    BlindIndexer, PrivateDatabase, RootKey, SealError, Sealer, SecretsError, SubjectKeys,
};
use jiff::{SignedDuration, Timestamp};

use super::account::{Account, AccountCommand, AccountError, Challenge, LiveAccount};
use super::erasure::Erasure;
use super::passwords::{HashError, Hashing, HashingBusy, HashingOptions, Weakness};
use crate::ties::Held;

pub use crate::front_desk::{
    DocumentVersions, NewAccount, Outdated, Registered, Vouching, subject_of,
};
pub use belongings::Belongings;
pub use checking::{CheckedAccount, Verdict};

/// The token that proves an address is good for a day.
pub const VERIFY_WITHIN: SignedDuration = SignedDuration::from_hours(24);
/// The token that lets choose a new password.
pub const RESET_WITHIN: SignedDuration = SignedDuration::from_mins(15);
/// The token that confirms another address.
pub const CHANGE_EMAIL_WITHIN: SignedDuration = SignedDuration::from_mins(30);

/// Settings of accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountOptions {
    /// How passwords are hashed.
    pub hashing: HashingOptions,
    /// The texts that people have to agree to, as they are now.
    pub documents: DocumentVersions,
    /// Answers that must not tell whether an account exists take at least so long.
    pub answers_after: Duration,
}

impl Default for AccountOptions {
    fn default() -> Self {
        Self {
            hashing: HashingOptions::default(),
            documents: DocumentVersions::default(),
            answers_after: Duration::from_millis(250),
        }
    }
}

/// Why something could not be done with an account.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// The command was not carried out.
    #[error(transparent)]
    Execute(#[from] ExecuteError<AccountError>),
    /// The log could not be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The account could not be loaded.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// The private tables could not be used.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// Personal data could not be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Too many passwords are being checked.
    #[error(transparent)]
    Busy(#[from] HashingBusy),
    /// It is not the account's password.
    #[error("the password is wrong")]
    WrongPassword,
    /// The new password is too easy to guess.
    #[error("the password is too easy to guess")]
    Weak(Weakness),
    /// Something could not go on without the account.
    #[error("nobody else looks after {} library(ies)", .0.len())]
    Held(Vec<Held>),
}

impl From<AccountError> for AccountsError {
    fn from(refusal: AccountError) -> Self {
        Self::Execute(ExecuteError::Refused(refusal))
    }
}

/// The private room of the process, as use cases need it. One per process: what is remembered of keys is shared.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// The private tables.
    pub database: PrivateDatabase,
    /// The key that all others come from.
    pub root: RootKey,
    /// The keys of persons.
    pub keys: SubjectKeys,
}

/// Accounts and everything that belongs to them. Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    repository: Repository<Account>,
    erasure: Erasure,
    sealer: Sealer,
    indexer: BlindIndexer,
    passwords: Arc<dyn PasswordStore>,
    challenges: Challenges,
    belongings: Belongings,
    hashing: Hashing,
    options: AccountOptions,
}

impl Accounts {
    /// Accounts in this log, with their secrets in this room. Starts the threads that hash passwords.
    pub fn new(
        log: &EventLog,
        secrets: &Secrets,
        repository: RepositoryOptions,
        options: AccountOptions,
    ) -> Result<Self, HashError> {
        let Secrets {
            database,
            root,
            keys,
        } = secrets;
        let repository = Repository::new(log.clone(), repository);
        Ok(Self {
            erasure: Erasure::new(repository.clone(), keys.clone()),
            repository,
            sealer: Sealer::new(keys.clone()),
            indexer: BlindIndexer::new(root),
            passwords: kept_passwords::open(database),
            challenges: Challenges::new(database, root),
            belongings: Belongings::new(database),
            hashing: Hashing::start(options.hashing)?,
            options,
        })
    }

    /// The accounts by id.
    #[must_use]
    pub const fn repository(&self) -> &Repository<Account> {
        &self.repository
    }

    /// The log that they stand in.
    #[must_use]
    pub fn log(&self) -> &EventLog {
        self.repository.log()
    }

    /// The challenges.
    #[must_use]
    pub const fn challenges(&self) -> &Challenges {
        &self.challenges
    }

    /// Seals and opens personal data.
    #[must_use]
    pub const fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    /// Makes the indexes of addresses and identities.
    #[must_use]
    pub const fn indexer(&self) -> &BlindIndexer {
        &self.indexer
    }

    /// The settings.
    #[must_use]
    pub const fn options(&self) -> &AccountOptions {
        &self.options
    }

    /// Whose address this is.
    pub async fn owner_of(
        &self,
        address: &EmailAddress,
    ) -> Result<Option<AccountId>, AccountsError> {
        self.owner_of_index(self.indexer.email(address)).await
    }

    async fn owner_of_index(&self, index: EmailIndex) -> Result<Option<AccountId>, AccountsError> {
        let key = ClaimKey::new(ClaimKind::EmailIndex, index.to_string());
        let owners = self.repository.log().store().claim_owners(&[key]).await?;
        Ok(owners
            .into_iter()
            .flatten()
            .find_map(|owner| owner.parse().ok()))
    }

    /// An account as it is now, if there is one.
    pub async fn find(&self, account: AccountId) -> Result<Option<LiveAccount>, AccountsError> {
        let loaded = self.repository.load(&account.to_string()).await?;
        Ok(loaded.state.live().ok().cloned())
    }

    /// Whether there was an account with this id, and is none any more.
    pub async fn was_deleted(&self, account: AccountId) -> Result<bool, AccountsError> {
        let loaded = self.repository.load(&account.to_string()).await?;
        Ok(*loaded.state == Account::Deleted)
    }

    /// Carries a command out.
    pub async fn execute(
        &self,
        account: AccountId,
        given: &Given,
        command: &AccountCommand,
    ) -> Result<Executed<Account>, AccountsError> {
        Ok(self
            .repository
            .execute(&account.to_string(), given, command)
            .await?)
    }

    /// Opens a challenge: its token will be recognised until it expires.
    async fn open_challenge(
        &self,
        id: ChallengeId,
        purpose: ChallengePurpose,
        account: AccountId,
        expires_at: Timestamp,
    ) -> Result<Challenge, AccountsError> {
        let about = account.as_uuid();
        self.challenges
            .keep(&KeptChallenge {
                id,
                purpose,
                about,
                expires_at,
            })
            .await?;
        // Ids end in randomness: about one in 256 challenges takes the old ones away.
        if id.as_uuid().as_bytes().last() == Some(&0) {
            let store = Arc::clone(self.challenges.store());
            let week_ago = expires_at.saturating_sub(SignedDuration::from_hours(7 * 24));
            if let Ok(before) = week_ago {
                store.purge(before).await?;
            }
        }
        Ok(Challenge { id, expires_at })
    }

    /// The account and the challenge that a token answers.
    pub async fn answered(
        &self,
        token: &str,
        purpose: ChallengePurpose,
    ) -> Result<(AccountId, ChallengeId), AccountsError> {
        let found = self.challenges.answered_by(token, purpose).await?;
        let found = found.ok_or(AccountError::ChallengeNotOpen)?;
        Ok((AccountId::new(found.about), found.id))
    }

    /// What others know about an account's owner, for judging passwords: name and address.
    async fn known_about(
        &self,
        id: AccountId,
        account: &LiveAccount,
    ) -> Result<Vec<String>, AccountsError> {
        let stream = self.repository.stream(&id.to_string());
        let name = self.sealer.open(&stream, "name", &account.name).await?;
        let email = self.sealer.open(&stream, "email", &account.email).await?;
        let name = name.map(|name| name.to_string());
        Ok(name.into_iter().chain(email).collect())
    }
}
