//! The accession register: one ordered, append-only log of events over Postgres or SQLite.
//!
//! Positions are dense and handed out in commit order under one lock, so a reader that follows them can never skip an
//! event. Nothing is acknowledged before it is durable. It never interprets an event.

pub mod append;
pub mod decider;
pub mod error;
pub mod sqlite;
pub mod store;

pub use append::{Append, Committed, Idempotency, NewEvent, Outcome, StoredResponse, StreamWrite};
pub use decider::Decider;
pub use error::LogError;
pub use sqlite::SqliteLog;
pub use store::{LogStore, Snapshot, StreamAfter, StreamEvent};
