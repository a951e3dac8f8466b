//! Aggregates by id: load, decide, append, and decide again when somebody else was faster.
//!
//! States are kept in memory by (stream, version). A kept state is never trusted further than the log's own check of
//! the expected version; whatever does not reach that check, a refusal for example, is verified by a look at the log.

mod error;
mod execute;
mod restore;

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use accession_events::ids::EventId;
use accession_events::values::personal::boxes::holds_known;
use accession_events::{LoggedEvent, Metadata, Position, StreamName};
use tokio::sync::Mutex;

use crate::append::{NewEvent, StoredResponse, StreamWrite};
use crate::decider::Decider;
use crate::log::EventLog;

pub use self::error::{ExecuteError, RepositoryError};

/// Settings of a [`Repository`].
#[derive(Debug, Clone, Copy)]
pub struct RepositoryOptions {
    /// States kept in memory.
    pub cached_states: u64,
    /// A snapshot is written each time a stream has grown by this many events.
    pub snapshot_every: u64,
}

impl Default for RepositoryOptions {
    fn default() -> Self {
        Self {
            cached_states: 10_000,
            snapshot_every: 500,
        }
    }
}

/// A state and the version it stands at: the sequence of its stream's last event, 0 for a stream without events.
#[derive(Debug)]
pub struct Loaded<A> {
    /// The state.
    pub state: Arc<A>,
    /// Its version.
    pub version: u64,
}

impl<A> Clone for Loaded<A> {
    fn clone(&self) -> Self {
        Self {
            state: Arc::clone(&self.state),
            version: self.version,
        }
    }
}

impl<A: Default> Default for Loaded<A> {
    fn default() -> Self {
        Self {
            state: Arc::default(),
            version: 0,
        }
    }
}

/// An idempotency key, and how the answer to keep under it is made.
#[derive(Clone)]
pub struct Keyed {
    /// Whose key it is, for example the caller's id.
    pub scope: String,
    /// The caller's key.
    pub key: String,
    /// Digest of method, path and body.
    pub fingerprint: String,
    /// Makes the answer's text from the version that the command leads to; positions are kept beside it.
    pub answer: Arc<dyn Fn(u64) -> String + Send + Sync>,
}

/// What comes with a command besides the command.
#[derive(Clone)]
pub struct Given {
    /// The version the caller has seen, from `If-Match`.
    pub expected_version: Option<u64>,
    /// Metadata of all events of the command.
    pub metadata: Metadata,
    /// Set when the caller sent an idempotency key.
    pub idempotency: Option<Keyed>,
    /// Draws the ids of the events.
    pub event_ids: Arc<dyn Fn() -> EventId + Send + Sync>,
}

impl Default for Given {
    /// No expectation, no metadata, no key, and new `UUIDv7`s.
    fn default() -> Self {
        Self {
            expected_version: None,
            metadata: Metadata::default(),
            idempotency: None,
            event_ids: Arc::new(|| EventId::new(uuid::Uuid::now_v7())),
        }
    }
}

/// What became of a command that was accepted.
#[derive(Debug)]
pub struct Executed<A: Decider>
where
    A::Event: LoggedEvent,
{
    /// The state after it.
    pub state: Arc<A>,
    /// The version after it.
    pub version: u64,
    /// Position of its last event; when it wrote none, a position that contains all it has seen.
    pub position: Position,
    /// What it wrote; empty when it was already so, or replayed.
    pub events: Vec<A::Event>,
    /// Set when the same request was answered before: this is what it was told.
    pub replayed: Option<StoredResponse>,
}

/// All aggregates of one type. Clones share the kept states.
pub struct Repository<A: Decider>
where
    A::Event: LoggedEvent,
{
    log: EventLog,
    options: RepositoryOptions,
    kept: moka::sync::Cache<Arc<str>, Loaded<A>>,
    /// Where commands queue that met a conflict, by a hash of their aggregate's id: so that they do not meet again.
    queues: Arc<[Mutex<()>]>,
    hasher: RandomState,
}

impl<A: Decider> Clone for Repository<A>
where
    A::Event: LoggedEvent,
{
    fn clone(&self) -> Self {
        Self {
            log: self.log.clone(),
            options: self.options,
            kept: self.kept.clone(),
            queues: Arc::clone(&self.queues),
            hasher: self.hasher.clone(),
        }
    }
}

impl<A: Decider> Repository<A>
where
    A::Event: LoggedEvent,
{
    /// Aggregates of type `A` in this log.
    #[must_use]
    pub fn new(log: EventLog, options: RepositoryOptions) -> Self {
        Self {
            log,
            options,
            kept: moka::sync::Cache::new(options.cached_states),
            queues: (0..64).map(|_| Mutex::new(())).collect(),
            hasher: RandomState::new(),
        }
    }

    /// The log it reads and writes.
    #[must_use]
    pub fn log(&self) -> &EventLog {
        &self.log
    }

    /// The stream of an aggregate.
    #[must_use]
    pub fn stream(&self, id: &str) -> StreamName {
        StreamName::new(A::Event::AGGREGATE, id)
    }

    /// What an append has to contain for these events to follow a loaded state, with the claims they make and release.
    pub fn prepare(
        &self,
        id: &str,
        loaded: &Loaded<A>,
        events: &[A::Event],
        mut event_ids: impl FnMut() -> EventId,
    ) -> Result<StreamWrite, RepositoryError> {
        let stream = self.stream(id);
        let mut write = StreamWrite {
            stream,
            expected_version: loaded.version,
            events: Vec::new(),
            claims: Vec::new(),
        };
        for (event, sequence) in events.iter().zip(loaded.version + 1..) {
            let payload =
                serde_json::to_string(event).map_err(|error| RepositoryError::Unreadable {
                    stream: write.stream.clone(),
                    sequence,
                    event_type: event.name().to_owned(),
                    reason: error.to_string(),
                })?;
            if holds_known(&payload) {
                return Err(RepositoryError::Unreadable {
                    stream: write.stream,
                    sequence,
                    event_type: event.name().to_owned(),
                    reason: "it holds personal data that is not sealed, and the log cannot forget"
                        .into(),
                });
            }
            write.claims.extend(event.claims());
            write.events.push(NewEvent {
                id: event_ids(),
                event_type: event.name().into(),
                event_version: event.version(),
                payload,
            });
        }
        Ok(write)
    }

    /// The state after these events.
    #[must_use]
    pub fn after(&self, loaded: &Loaded<A>, events: &[A::Event]) -> Loaded<A> {
        let mut state = A::clone(&loaded.state);
        for event in events {
            state.apply(event.clone());
        }
        Loaded {
            state: Arc::new(state),
            version: loaded.version + events.len() as u64,
        }
    }

    /// Keeps a state that is known to be durable, unless a newer one is kept.
    pub fn remember(&self, id: &str, version: u64, state: Arc<A>) {
        self.kept
            .entry(id.into())
            .and_upsert_with(|kept| match kept {
                Some(kept) if kept.value().version >= version => kept.into_value(),
                _ => Loaded { state, version },
            });
    }

    /// Drops a kept state.
    pub fn forget(&self, id: &str) {
        self.kept.invalidate(id);
    }

    fn queue(&self, id: &str) -> Option<&Mutex<()>> {
        let place = usize::try_from(self.hasher.hash_one(id)).unwrap_or_default()
            % self.queues.len().max(1);
        self.queues.get(place)
    }
}
