//! Signing in and staying so: each use case brings the aggregate, the private row and the tokens together.
//!
//! Never keeps a token, and never answers from a row what only the standing may say.

mod refreshing;
mod selecting;
mod starting;
mod tokens;

use std::sync::Arc;

use accession_event_log::{EventLog, ExecuteError, Given, Repository, RepositoryOptions};
use accession_events::Position;
use accession_events::identity::SessionEnd;
use accession_events::ids::{AccountId, SessionId};
use accession_secrets::sessions::{self as kept_sessions, KeptSession, SessionStore};
use accession_secrets::{
    PrivateDatabase, RefreshTokens, RootKey, SealError, Sealer, SecretsError, SubjectKeys,
};
use accession_service::access::{AccessError, StandingAway, Standings};
use accession_service::keys::{KeyError, TokenKey};
use jiff::{SignedDuration, Timestamp};

use super::session::{Session, SessionCommand, SessionError};

pub use starting::Proven;
pub use tokens::Tokens;

/// Settings of sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionOptions {
    /// How long a refresh token is good when it is not used.
    pub lifetime: SignedDuration,
    /// For how long after a rotation the former token still leads to its successor: for whoever lost a race.
    pub grace: SignedDuration,
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self {
            lifetime: SignedDuration::from_hours(30 * 24),
            grace: SignedDuration::from_secs(10),
        }
    }
}

/// What sessions are made with: the private room, the key that signs tokens, and who knows how accounts stand.
#[derive(Clone)]
pub struct SessionParts {
    /// The private tables.
    pub database: PrivateDatabase,
    /// The key that all others come from.
    pub root: RootKey,
    /// The keys of persons.
    pub keys: SubjectKeys,
    /// What signs access tokens.
    pub token_key: TokenKey,
    /// How accounts stand.
    pub standings: Arc<dyn Standings>,
}

/// Why something could not be done with a session.
#[derive(Debug, thiserror::Error)]
pub enum SessionsError {
    /// The refresh token opens nothing: unknown, too old, or its session is over.
    #[error("the refresh token opens nothing: log in again")]
    NoSession,
    /// The refresh token was used before: its session is over now.
    #[error(
        "the refresh token was used before, so somebody else may have it; the session is over: log in again"
    )]
    Replayed,
    /// Its account is closed, or its session over.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The person is no active member of the library.
    #[error("you are no active member of a library with this id")]
    NoMember,
    /// It cannot be told how the account stands.
    #[error(transparent)]
    Standing(#[from] StandingAway),
    /// The command was not carried out.
    #[error(transparent)]
    Execute(#[from] ExecuteError<SessionError>),
    /// The private tables could not be used.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// The name of the device could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// No random bytes.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Sessions and their tokens. Cheap to clone.
#[derive(Clone)]
pub struct Sessions {
    repository: Repository<Session>,
    store: Arc<dyn SessionStore>,
    refresh: RefreshTokens,
    sealer: Sealer,
    token_key: TokenKey,
    standings: Arc<dyn Standings>,
    options: SessionOptions,
}

impl Sessions {
    /// Sessions in this log, with their secrets in this room.
    #[must_use]
    pub fn new(
        log: &EventLog,
        parts: &SessionParts,
        repository: RepositoryOptions,
        options: SessionOptions,
    ) -> Self {
        Self {
            repository: Repository::new(log.clone(), repository),
            store: kept_sessions::open(&parts.database),
            refresh: RefreshTokens::new(&parts.root),
            sealer: Sealer::new(parts.keys.clone()),
            token_key: parts.token_key.clone(),
            standings: parts.standings.clone(),
            options,
        }
    }

    /// Ends a session; nothing happens when it is over already. The position from which everybody knows.
    pub async fn end(
        &self,
        id: SessionId,
        why: SessionEnd,
        given: &Given,
        now: Timestamp,
    ) -> Result<Position, SessionsError> {
        let command = SessionCommand::End(why);
        let executed = self
            .repository
            .execute(&id.to_string(), given, &command)
            .await;
        // Whatever became of the event: the row must not open anything any longer.
        self.store.end(id, now).await?;
        Ok(executed?.position)
    }

    /// Ends the rows of all sessions of an account but one; that they are over is told by an event of the account.
    pub async fn end_rows(
        &self,
        account: AccountId,
        except: Option<SessionId>,
        now: Timestamp,
    ) -> Result<u64, SessionsError> {
        Ok(self.store.end_all(account, except, now).await?)
    }

    /// The session of an account that goes on, by its id.
    pub async fn own(
        &self,
        account: AccountId,
        id: SessionId,
    ) -> Result<Option<KeptSession>, SessionsError> {
        let kept = self.store.get(id).await?;
        Ok(kept.filter(|kept| kept.account == account))
    }

    /// The sessions of an account that go on, the newest first.
    pub async fn of_account(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<KeptSession>, SessionsError> {
        Ok(self.store.of_account(account, now).await?)
    }

    /// Waits until every gate of this process knows what a command has changed; 2 s at most.
    pub async fn settled(&self, position: Position) -> Result<(), StandingAway> {
        self.standings.reached(position.get()).await
    }
}
