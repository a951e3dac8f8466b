//! The command API: the only writer of events.
//!
//! It never reads a read model: what it decides on comes from the log.

pub mod catalog;
pub mod ingestion;
