//! The port of the messages on their way: each queued once, tried until it has left, by one sender at a time.
//!
//! A row never holds a token or a readable address: boxes that are sealed for a person, and ids.

mod postgres;
mod sqlite;

use std::sync::Arc;

use accession_events::ids::SubjectId;
use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use crate::database::PrivateDatabase;
use crate::error::SecretsError;

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageState {
    /// It waits for its time.
    Queued,
    /// A sender has it for itself for a while.
    Sending,
    /// The mail server took it.
    Sent,
    /// It was given up; an operator may have it tried again.
    Failed,
    /// It is not wanted any more.
    Dropped,
}

impl MessageState {
    /// The form in which it is kept and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
        }
    }

    fn kept(text: &str) -> Result<Self, SecretsError> {
        [
            Self::Queued,
            Self::Sending,
            Self::Sent,
            Self::Failed,
            Self::Dropped,
        ]
        .into_iter()
        .find(|state| state.as_str() == text)
        .ok_or_else(|| SecretsError::Unusable {
            reason: format!("a message is `{text}`, which this version does not know"),
        })
    }
}

/// A message that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Derived from what it is about, so that it is queued once.
    pub id: Uuid,
    /// Whom it is about and for: dropped when they are erased.
    pub subject: SubjectId,
    /// What kind it is.
    pub kind: String,
    /// What it is written from.
    pub letter: String,
    /// Queued, or noted as dropped from the start.
    pub state: MessageState,
    /// When it was queued: it is due at once.
    pub queued_at: Timestamp,
    /// After that nobody wants it any more.
    pub expires_at: Option<Timestamp>,
}

/// A message that a sender has for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenMessage {
    /// Its id.
    pub id: Uuid,
    /// What kind it is.
    pub kind: String,
    /// What it is written from.
    pub letter: String,
    /// How often it was taken, this time included: by it this sender is known.
    pub attempts: u32,
    /// After that nobody wants it any more.
    pub expires_at: Option<Timestamp>,
}

/// What became of a message that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Where it stands from now on.
    pub state: MessageState,
    /// When that was; when it is queued again, when it is due.
    pub at: Timestamp,
    /// What went wrong, if something did. Never an address.
    pub problem: Option<String>,
}

/// A message as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageLine {
    /// Its id.
    pub id: Uuid,
    /// What kind it is.
    pub kind: String,
    /// Where it stands.
    pub state: MessageState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// When it is tried next, if it waits.
    pub due_at: Timestamp,
    /// What went wrong the last time.
    pub problem: Option<String>,
}

/// How many messages there are to care about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutboxCounts {
    /// Queued, or being sent.
    pub waiting: u64,
    /// Given up.
    pub failed: u64,
    /// When the next one is due.
    pub next_due: Option<Timestamp>,
}

/// Where messages wait.
#[async_trait]
pub trait Outbox: Send + Sync + 'static {
    /// Queues a message unless there is one with its id, in whatever state. Whether this call did it.
    async fn queue(&self, message: &NewMessage) -> Result<bool, SecretsError>;

    /// Takes the message that has been due for longest at `now`, if one is, and keeps it from others until `until`. One
    /// whose sender has not settled it by then is due again. One at a time: nobody holds what they are not sending.
    async fn take(
        &self,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<TakenMessage>, SecretsError>;

    /// Notes what became of it. False: it was taken by another sender or dropped meanwhile, and nothing was noted. What
    /// it is written from is forgotten unless it may be tried again.
    async fn settle(&self, taken: &TakenMessage, settled: &Settled) -> Result<bool, SecretsError>;

    /// Drops what is on its way about somebody, and forgets what it was written from. How many there were.
    async fn drop_of(&self, subject: SubjectId, at: Timestamp) -> Result<u64, SecretsError>;

    /// How many there are to care about.
    async fn counts(&self) -> Result<OutboxCounts, SecretsError>;

    /// Messages that wait or were given up, the oldest first, at most so many.
    async fn list(&self, at_most: u32) -> Result<Vec<MessageLine>, SecretsError>;

    /// All that are kept of those to or about somebody, in whatever state, the newest first, at most so many.
    async fn of(&self, subject: SubjectId, at_most: u32) -> Result<Vec<MessageLine>, SecretsError>;

    /// Has one that was given up tried again at once. Whether there was such a one.
    async fn retry(&self, id: Uuid, now: Timestamp) -> Result<bool, SecretsError>;

    /// Drops one that waits or was given up. Whether there was such a one.
    async fn discard(&self, id: Uuid, now: Timestamp) -> Result<bool, SecretsError>;

    /// Forgets messages that were sent or dropped before this time, but for those of one kind: that they were sent once
    /// has to be known for ever. How many there were.
    async fn purge(&self, before: Timestamp, but_for: &str) -> Result<u64, SecretsError>;
}

/// The messages in this database.
#[must_use]
pub fn open(database: &PrivateDatabase) -> Arc<dyn Outbox> {
    match database {
        PrivateDatabase::Postgres(pool) => Arc::new(postgres::PostgresOutbox(pool.clone())),
        PrivateDatabase::Sqlite(pool) => Arc::new(sqlite::SqliteOutbox(pool.clone())),
    }
}

fn time(micros: i64) -> Result<Timestamp, SecretsError> {
    Timestamp::from_microsecond(micros).map_err(|_| SecretsError::Unusable {
        reason: format!("{micros} is kept for a time and is none"),
    })
}

fn count(kept: i64) -> u64 {
    u64::try_from(kept).unwrap_or_default()
}

/// Id, kind, letter, attempts, expiry.
type TakenRow = (String, String, String, i64, Option<i64>);

fn taken((id, kind, letter, attempts, expires): TakenRow) -> Result<TakenMessage, SecretsError> {
    Ok(TakenMessage {
        id: uuid(&id)?,
        kind,
        letter,
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        expires_at: expires.map(time).transpose()?,
    })
}

/// Id, kind, state, attempts, when it was queued, when it is due, problem.
type LineRow = (String, String, String, i64, i64, i64, Option<String>);

fn line(
    (id, kind, state, attempts, queued, due, problem): LineRow,
) -> Result<MessageLine, SecretsError> {
    Ok(MessageLine {
        id: uuid(&id)?,
        kind,
        state: MessageState::kept(&state)?,
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        queued_at: time(queued)?,
        due_at: time(due)?,
        problem,
    })
}

fn uuid(text: &str) -> Result<Uuid, SecretsError> {
    text.parse().map_err(|_| SecretsError::Unusable {
        reason: format!("`{text}` is kept for the id of a message and is none"),
    })
}
