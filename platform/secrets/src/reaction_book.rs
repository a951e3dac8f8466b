//! The port of what reactions remember: how far each has come, what it has put aside, and what it means to do later.
//!
//! Never knows what a reaction does; the same call twice leaves what one call leaves.

mod postgres;
mod sqlite;

use std::sync::Arc;

use accession_events::Position;
use async_trait::async_trait;
use jiff::Timestamp;

use crate::database::PrivateDatabase;
use crate::error::SecretsError;

/// Something that a reaction means to do later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptTimer {
    /// Its name, unique within the reaction.
    pub name: String,
    /// What the reaction wrote down for itself. Never personal data or a token.
    pub note: String,
    /// When it was asked for; a failure does not change it.
    pub due_at: Timestamp,
}

/// What was put aside.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ParkedWhat {
    /// The event at this position.
    Event(Position),
    /// The timer with this name.
    Timer(String),
}

/// Something that a reaction could not do, put aside until an operator has looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedReaction {
    /// The reaction.
    pub reaction: String,
    /// What it could not do.
    pub what: ParkedWhat,
    /// What went wrong.
    pub problem: String,
    /// When it was put aside.
    pub parked_at: Timestamp,
}

/// What a reaction has to see to besides new events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Upkeep {
    /// Timers that are due, the earliest first, at most as many as asked for.
    pub due: Vec<KeptTimer>,
    /// When the next timer is due that is not yet.
    pub next_due: Option<Timestamp>,
    /// Events that an operator wants tried again, in order.
    pub retries: Vec<Position>,
    /// How many events and timers are put aside.
    pub parked: u64,
}

/// Where reactions remember.
#[async_trait]
pub trait ReactionBook: Send + Sync + 'static {
    /// How far a reaction has come; a new one starts at `birth`, which is kept then.
    async fn begin(&self, reaction: &str, birth: Position) -> Result<Position, SecretsError>;

    /// How far a reaction has come, if it has begun.
    async fn checkpoint(&self, reaction: &str) -> Result<Option<Position>, SecretsError>;

    /// Moves on from one position to a later one. False: it does not stand there, somebody else has moved it.
    async fn advance(
        &self,
        reaction: &str,
        from: Position,
        to: Position,
    ) -> Result<bool, SecretsError>;

    /// What there is to see to at `now`.
    async fn upkeep(
        &self,
        reaction: &str,
        now: Timestamp,
        at_most: u32,
    ) -> Result<Upkeep, SecretsError>;

    /// Sets a timer, or sets it anew.
    async fn set_timer(&self, reaction: &str, timer: &KeptTimer) -> Result<(), SecretsError>;

    /// Forgets a timer, whenever it is due.
    async fn cancel_timer(&self, reaction: &str, name: &str) -> Result<(), SecretsError>;

    /// The timer did what it was for. One that was set anew meanwhile for another time stays.
    async fn timer_done(&self, reaction: &str, timer: &KeptTimer) -> Result<(), SecretsError>;

    /// The timer failed and is tried again then.
    async fn timer_again(
        &self,
        reaction: &str,
        timer: &KeptTimer,
        at: Timestamp,
    ) -> Result<(), SecretsError>;

    /// Puts something aside; a second time replaces the problem.
    async fn park(&self, parked: &ParkedReaction) -> Result<(), SecretsError>;

    /// What is put aside, of all reactions, the oldest first.
    async fn parked(&self) -> Result<Vec<ParkedReaction>, SecretsError>;

    /// Has something that was put aside tried again. Whether there was such a thing.
    async fn retry(
        &self,
        reaction: &str,
        what: &ParkedWhat,
        now: Timestamp,
    ) -> Result<bool, SecretsError>;

    /// Forgets something that was put aside: because it worked after all, or because an operator gave it up. Whether
    /// there was such a thing.
    async fn unpark(&self, reaction: &str, what: &ParkedWhat) -> Result<bool, SecretsError>;
}

/// What reactions remember in this database.
#[must_use]
pub fn open(database: &PrivateDatabase) -> Arc<dyn ReactionBook> {
    match database {
        PrivateDatabase::Postgres(pool) => Arc::new(postgres::PostgresReactionBook(pool.clone())),
        PrivateDatabase::Sqlite(pool) => Arc::new(sqlite::SqliteReactionBook(pool.clone())),
    }
}

/// As the databases keep numbers.
fn bigint(position: Position) -> i64 {
    position.get().cast_signed()
}

fn position(kept: i64) -> Position {
    Position::new(kept.cast_unsigned())
}

fn time(micros: i64) -> Result<Timestamp, SecretsError> {
    Timestamp::from_microsecond(micros).map_err(|_| SecretsError::Unusable {
        reason: format!("{micros} is kept for a time and is none"),
    })
}

/// A row of a timer: name, note, when it was asked for, when it is tried.
type TimerRow = (String, String, i64, i64);

/// Timers come ordered by when they are tried.
fn upkeep(
    timers: Vec<TimerRow>,
    retries: &[i64],
    parked: i64,
    now: Timestamp,
) -> Result<Upkeep, SecretsError> {
    let mut found = Upkeep {
        retries: retries.iter().copied().map(position).collect(),
        parked: parked.cast_unsigned(),
        ..Upkeep::default()
    };
    for (name, note, due_at, try_at) in timers {
        let try_at = time(try_at)?;
        if try_at > now {
            found.next_due = Some(try_at);
            break;
        }
        let due_at = time(due_at)?;
        found.due.push(KeptTimer { name, note, due_at });
    }
    Ok(found)
}

/// A row of what is parked: either a position or a name.
type ParkedRow = (String, Option<i64>, Option<String>, String, i64);

fn parked(
    (reaction, event, timer, problem, at): ParkedRow,
) -> Result<ParkedReaction, SecretsError> {
    let what = match (event, timer) {
        (_, Some(name)) => ParkedWhat::Timer(name),
        (event, None) => ParkedWhat::Event(position(event.unwrap_or_default())),
    };
    Ok(ParkedReaction {
        reaction,
        what,
        problem,
        parked_at: time(at)?,
    })
}
