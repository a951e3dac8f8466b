//! The accession register: one ordered, append-only log of events over Postgres or SQLite.
//!
//! Positions are dense and handed out in commit order under one lock, so a reader that follows them can never skip an
//! event. Nothing is acknowledged before it is durable. It never interprets an event.

pub mod append;
pub mod claim_book;
pub mod cqrs_store;
pub mod decider;
pub mod error;
mod loader;
pub mod log;
pub mod migrate;
mod one_stream;
pub mod postgres;
pub mod register;
pub mod repository;
pub mod seal;
pub mod search;
pub mod sqlite;
pub mod store;
pub mod writer;

pub use append::{Append, Committed, Idempotency, NewEvent, Outcome, StoredResponse, StreamWrite};
pub use claim_book::{ClaimBook, ClaimDifference, ClaimReport, Contested};
pub use decider::Decider;
pub use error::LogError;
pub use log::EventLog;
pub use postgres::{PostgresLog, PostgresOptions};
pub use register::RegisterStore;
pub use repository::{
    ExecuteError, Executed, Given, Keyed, Loaded, Repository, RepositoryError, RepositoryOptions,
};
pub use seal::{LogImport, NewSeal, Seal};
pub use search::{EventFilter, Found, Search};
pub use sqlite::SqliteLog;
pub use store::{LogStore, Snapshot, StoredStream, StreamAfter, StreamEvent, StreamToRestore};
pub use writer::WriterOptions;
