//! The write surface through its router, over a real SQLite log and a real Postgres log. The tree mirrors the URLs.
//!
//! Nothing here looks inside: what a test knows, a client knows.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "shared steps of tests fail like tests"
)]

mod app;
mod authorisation;
mod bad_input;
mod catalog;
mod circulation;
mod erasure;
mod holdings;
mod idempotency;
mod identity;
mod ingestion;
mod library;
mod problems;
mod service_credentials;
mod speed;
mod standings;
mod strings;
mod trouble;
