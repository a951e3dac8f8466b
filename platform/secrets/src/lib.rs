//! Private tables: what must never stand in an event, because a log cannot forget. Keys of persons, password hashes,
//! refresh tokens, challenges, messages on their way; on Postgres beside the log, embedded in a private SQLite file.
//!
//! Never holds a fact of the domain: what was done is in the log.
//!
//! # A port of its own
//!
//! `subject_keys.rs` is the pattern: a trait, what it says when it fails ([`SecretsError`]), and `open(&PrivateDatabase)`
//! that answers the implementation for the database at hand; `subject_keys/{postgres,sqlite}.rs` are the two. The tables
//! come with `migrations/postgres/NNNN_*.sql` and `migrations/private-sqlite/NNNN_*.sql` of the same number; numbers may
//! be missing, and come later than higher ones. `tests/compliance/` runs one suite over both.
//!
//! # Who seals and who opens
//!
//! A use case seals before it gives a command ([`Sealer::seal`]). Aggregates see boxes as they are stored and never need
//! what is in them (an e-mail is compared by its index), so no readable personal data is in their memory or snapshots; a
//! use case that must look opens the one value ([`Sealer::open`]). Folds of read models get events that [`Opening`] went over.

pub mod avatars;
mod blind_indexer;
pub mod calendar_links;
pub mod challenges;
pub mod database;
mod error;
pub mod guesses;
pub mod import_leases;
mod key_check;
mod keyring;
mod known_devices;
mod opening;
pub mod outbox;
pub mod passwords;
pub mod reaction_book;
mod refresh_tokens;
mod root_key;
mod sealed;
mod sealer;
pub mod sessions;
pub mod sign_in_attempts;
mod steps;
pub mod subject_keys;
pub mod view_log;

pub use blind_indexer::BlindIndexer;
pub use database::PrivateDatabase;
pub use error::SecretsError;
pub use key_check::check_root_key;
pub use keyring::SubjectKeys;
pub use known_devices::KnownDevices;
pub use opening::{Opening, erased_by};
pub use refresh_tokens::{RefreshToken, RefreshTokens};
pub use root_key::{Purpose, RootKey};
pub use sealer::{SealError, Sealer, SubjectSealer};
