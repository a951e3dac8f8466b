//! Signing in and staying so: each use case brings the aggregate, the private row and the tokens together.
//!
//! Never keeps a token, and never answers from a row what only the standing may say.

mod refreshing;
mod selecting;

use std::sync::Arc;

use accession_event_log::{EventLog, ExecuteError, Given, Repository, RepositoryOptions};
use accession_events::Position;
use accession_events::identity::{ClientClass, SessionEnd, SignInMethod};
use accession_events::ids::{AccountId, SessionId, SubjectId};
use accession_secrets::sessions::{
    self as kept_sessions, FamilySeed, KeptSession, Selected, SessionStore,
};
use accession_secrets::{
    PrivateDatabase, RefreshTokens, RootKey, SealError, Sealer, SecretsError, SubjectKeys,
};
use accession_service::access::{
    self, ACCESS_LIFETIME, AccessError, Membership, Standing, StandingAway, Standings, mint,
    session_claims,
};
use accession_service::keys::{KeyError, TokenKey, random_bytes};
use jiff::{SignedDuration, Timestamp};

use super::session::{Session, SessionCommand, SessionError, Start};
use crate::http::call::new_id;

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

/// Somebody who proved who they are.
#[derive(Debug, Clone)]
pub struct Proven {
    /// Whose account it is.
    pub account: AccountId,
    /// By what they proved it.
    pub method: SignInMethod,
    /// What kind of program they use.
    pub client: ClientClass,
    /// What they call the device.
    pub device: Option<String>,
    /// Whether the tokens travel in cookies.
    pub in_cookie: bool,
}

/// A session with its present tokens.
#[derive(Clone)]
pub struct Tokens {
    /// The session.
    pub session: access::Session,
    /// The access token.
    pub access: String,
    /// How long it is good, in seconds.
    pub expires_in: u64,
    /// The refresh token.
    pub refresh: String,
    /// The library that is selected, if one is.
    pub library: Option<Membership>,
    /// Whether the tokens travel in cookies.
    pub in_cookie: bool,
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

    /// Begins a session of somebody who proved who they are: the one way in, whatever they proved it by.
    pub async fn start(
        &self,
        proven: Proven,
        given: &Given,
        now: Timestamp,
    ) -> Result<Tokens, SessionsError> {
        let id = SessionId::new(new_id());
        let text = id.to_string();
        let device = match &proven.device {
            Some(name) => {
                let subject = SubjectId::new(proven.account.as_uuid());
                let stream = self.repository.stream(&text);
                Some(self.sealer.seal(subject, &stream, "device", name).await?)
            }
            None => None,
        };
        let command = SessionCommand::Start(Start {
            account: proven.account,
            method: proven.method,
            client: proven.client,
            device,
        });
        let executed = self.repository.execute_new(&text, given, &command).await?;
        let seed = seed()?;
        let first = self.refresh.token(id, &seed, 0);
        let standing = self.hint(proven.account, executed.position).await;
        let mut session = KeptSession {
            id,
            account: proven.account,
            since: executed.position,
            seed,
            generation: 0,
            token_hash: first.hash(),
            in_cookie: proven.in_cookie,
            selected: None,
            started_at: now,
            rotated_at: now,
            expires_at: now + self.options.lifetime,
            ended_at: None,
        };
        session.selected = self
            .usual_library(&session, standing.as_deref(), now)
            .await?;
        self.store.begin(&session).await?;
        self.tokens(&session, standing.as_deref(), now)
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

    /// The tokens of a session as it is kept.
    fn tokens(
        &self,
        session: &KeptSession,
        standing: Option<&Standing>,
        now: Timestamp,
    ) -> Result<Tokens, SessionsError> {
        let of = access::Session {
            id: session.id.as_uuid(),
            account: session.account.as_uuid(),
            since: session.since.get(),
        };
        let selected = session.selected.and_then(|selected| {
            let at = selected.since.get();
            let library = standing?.selected(selected.library.as_uuid(), at)?;
            Some((library, at))
        });
        let context = selected.as_ref().map(|(library, at)| (library, *at));
        let claims = session_claims(of, context, new_id().to_string(), now);
        let refresh = self
            .refresh
            .token(session.id, &session.seed, session.generation);
        Ok(Tokens {
            session: of,
            access: mint(&self.token_key, &claims)?,
            expires_in: ACCESS_LIFETIME.as_secs(),
            refresh: refresh.text(),
            library: selected.map(|(library, _)| library),
            in_cookie: session.in_cookie,
        })
    }

    /// How the account stands, where it is only a hint: nobody is let in by it.
    async fn hint(&self, account: AccountId, since: Position) -> Option<Arc<Standing>> {
        let asked = self.standings.standing(account.as_uuid(), since.get());
        asked.await.ok().flatten()
    }

    /// The library that is selected by itself: the last one, else the only one.
    async fn usual_library(
        &self,
        session: &KeptSession,
        standing: Option<&Standing>,
        now: Timestamp,
    ) -> Result<Option<Selected>, SessionsError> {
        let Some(standing) = standing else {
            return Ok(None);
        };
        let others = self.store.of_account(session.account, now).await?;
        let last = others.iter().find_map(|other| other.selected);
        let last = last.filter(|last| standing.member_of(last.library.as_uuid()).is_some());
        let only = match standing.memberships.as_slice() {
            [only] => Some(only.library_id),
            _ => None,
        };
        let library = last.map(|last| last.library.as_uuid()).or(only);
        Ok(library.map(|library| Selected {
            library: accession_events::ids::LibraryId::new(library),
            since: session.since,
        }))
    }
}

fn seed() -> Result<FamilySeed, KeyError> {
    let bytes = random_bytes()?;
    let mut seed = FamilySeed::default();
    for (place, byte) in seed.iter_mut().zip(bytes) {
        *place = byte;
    }
    Ok(seed)
}
