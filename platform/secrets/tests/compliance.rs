//! What every private table promises, on Postgres and in the private file of an embedded server: one suite over both.
//!
//! Never asks a store for more than its port offers.
#![cfg(test)]

#[path = "compliance/account_secrets.rs"]
mod account_secrets;
#[path = "compliance/calendar_links.rs"]
mod calendar_links;
#[path = "compliance/guesses.rs"]
mod guesses;
#[path = "compliance/import_leases.rs"]
mod import_leases;
#[path = "compliance/opening.rs"]
mod opening;
#[path = "compliance/outbox.rs"]
mod outbox;
#[path = "compliance/reaction_book.rs"]
mod reaction_book;
#[path = "compliance/room.rs"]
mod room;
#[path = "compliance/root_key.rs"]
mod root_key;
#[path = "compliance/sessions.rs"]
mod sessions;
#[path = "compliance/sign_in_attempts.rs"]
mod sign_in_attempts;
#[path = "compliance/subject_keys.rs"]
mod subject_keys;
#[path = "compliance/view_log.rs"]
mod view_log;
