//! Private tables: what must never stand in an event, because a log cannot forget. Keys of persons, password hashes,
//! refresh tokens, challenges, messages on their way; on Postgres beside the log, embedded in a private SQLite file.
//!
//! Never holds a fact of the domain: what was done is in the log.
