//! The log over a real Postgres: what only Postgres can show. What any backend must do is in `compliance`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "shared steps of tests fail like tests"
)]

#[path = "support/account.rs"]
mod account;
#[path = "postgres/append_only.rs"]
mod append_only;
#[path = "postgres/batches.rs"]
mod batches;
#[path = "postgres/commands.rs"]
mod commands;
#[path = "postgres/cqrs.rs"]
mod cqrs;
#[path = "postgres/faults.rs"]
mod faults;
#[path = "postgres/races.rs"]
mod races;
#[path = "postgres/speed.rs"]
mod speed;
#[path = "postgres/support.rs"]
mod support;
#[path = "support/write.rs"]
mod write;
#[path = "postgres/writing.rs"]
mod writing;
