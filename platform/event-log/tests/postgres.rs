//! The log over a real Postgres: what only Postgres can show. What any backend must do is in `compliance`.

#[path = "support/account.rs"]
mod account;
#[path = "postgres/append_only.rs"]
mod append_only;
#[path = "postgres/batches.rs"]
mod batches;
#[path = "postgres/support.rs"]
mod support;
#[path = "support/write.rs"]
mod write;
