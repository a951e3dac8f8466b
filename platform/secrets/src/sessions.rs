//! The port of the sessions: which refresh token of a family is the newest, and until when it is good.
//!
//! Never sees a token, only hashes. That a session began or ended is told by events; this is what they cannot hold.

mod postgres;
mod sqlite;

use std::fmt;
use std::sync::Arc;

use accession_events::Position;
use accession_events::ids::{AccountId, LibraryId, SessionId};
use async_trait::async_trait;
use jiff::Timestamp;

use crate::database::PrivateDatabase;
use crate::error::SecretsError;

/// SHA-256 of a refresh token.
pub type TokenHash = [u8; 32];
/// Random bytes of a family: its tokens are made from them and the root key.
pub type FamilySeed = [u8; 16];

/// The library that a session works in, and the position at which it was selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Selected {
    /// Which library.
    pub library: LibraryId,
    /// What was known when it was selected.
    pub since: Position,
}

/// A session as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptSession {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub account: AccountId,
    /// The position of the event that began it.
    pub since: Position,
    /// What its tokens are made from.
    pub seed: FamilySeed,
    /// The number of its newest token, counted from 0.
    pub generation: u32,
    /// Hash of its newest token.
    pub token_hash: TokenHash,
    /// Whether its tokens travel in cookies.
    pub in_cookie: bool,
    /// The library it works in.
    pub selected: Option<Selected>,
    /// When somebody signed in.
    pub started_at: Timestamp,
    /// When its newest token was made.
    pub rotated_at: Timestamp,
    /// Until when its newest token is good.
    pub expires_at: Timestamp,
    /// When it was ended; none while it goes on.
    pub ended_at: Option<Timestamp>,
}

/// One token takes the place of another.
#[derive(Debug, Clone, Copy)]
pub struct Rotation {
    /// Of which session.
    pub id: SessionId,
    /// The number of the token that was shown.
    pub generation: u32,
    /// Its hash.
    pub shown: TokenHash,
    /// The hash of the one that takes its place.
    pub successor: TokenHash,
    /// When.
    pub now: Timestamp,
    /// Until when the successor is good.
    pub expires_at: Timestamp,
}

/// Where sessions are kept.
#[async_trait]
pub trait SessionStore: Send + Sync + 'static {
    /// Keeps a new session.
    async fn begin(&self, session: &KeptSession) -> Result<(), SecretsError>;

    /// The session with this id, whether or not it goes on.
    async fn get(&self, id: SessionId) -> Result<Option<KeptSession>, SecretsError>;

    /// The sessions of an account that go on, the newest first.
    async fn of_account(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<KeptSession>, SecretsError>;

    /// The sessions of an account that are kept at all, those that ended included, the newest first; at most so many.
    async fn kept_of(
        &self,
        account: AccountId,
        at_most: u32,
    ) -> Result<Vec<KeptSession>, SecretsError>;

    /// One conditional update: whether this call made the successor the newest token. Of many at the same time one
    /// does; none does when the session is over, or the token that was shown is not its newest.
    async fn rotate(&self, rotation: &Rotation) -> Result<bool, SecretsError>;

    /// Remembers the library that the session works in.
    async fn select(&self, id: SessionId, selected: Option<Selected>) -> Result<(), SecretsError>;

    /// Ends a session. Whether this call did it, and not an earlier one.
    async fn end(&self, id: SessionId, now: Timestamp) -> Result<bool, SecretsError>;

    /// Ends all sessions of an account but one; how many went on until now.
    async fn end_all(
        &self,
        account: AccountId,
        except: Option<SessionId>,
        now: Timestamp,
    ) -> Result<u64, SecretsError>;

    /// Sessions that nobody refreshed in time and nobody ended: their ends have to be told. At most so many.
    async fn expired(&self, now: Timestamp, limit: u32) -> Result<Vec<KeptSession>, SecretsError>;

    /// Forgets sessions that ended before this moment. How many.
    async fn forget_ended(&self, before: Timestamp) -> Result<u64, SecretsError>;
}

/// The sessions in this database.
#[must_use]
pub fn open(database: &PrivateDatabase) -> Arc<dyn SessionStore> {
    match database {
        PrivateDatabase::Postgres(pool) => Arc::new(postgres::PostgresSessions(pool.clone())),
        PrivateDatabase::Sqlite(pool) => Arc::new(sqlite::SqliteSessions(pool.clone())),
    }
}

impl KeptSession {
    /// Whether its newest token is good at this moment.
    #[must_use]
    pub fn goes_on(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && self.expires_at > now
    }
}

impl fmt::Debug for KeptSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptSession")
            .field("id", &self.id)
            .field("generation", &self.generation)
            .field("expires_at", &self.expires_at)
            .field("ended_at", &self.ended_at)
            .finish_non_exhaustive()
    }
}

/// Bytes of a fixed length out of a column.
fn bytes<const N: usize>(found: Vec<u8>) -> Result<[u8; N], sqlx::Error> {
    let length = found.len();
    found
        .try_into()
        .map_err(|_| sqlx::Error::Decode(format!("{length} bytes where {N} belong").into()))
}

/// A time out of a column of microseconds.
fn time(micros: i64) -> Result<Timestamp, sqlx::Error> {
    Timestamp::from_microsecond(micros)
        .map_err(|error| sqlx::Error::Decode(error.to_string().into()))
}
