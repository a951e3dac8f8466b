//! The contract: what can happen in Accession, written down as events, ids and value types.
//!
//! Everything that is stored in the log or crosses a service boundary is described here, and only here.
//! This crate does no I/O, reads no clock, draws no random number, and depends on no other crate of ours.

pub mod catalog;
pub mod circulation;
pub mod claims;
mod domain_event;
pub mod envelope;
pub mod event;
pub mod holdings;
pub mod identity;
pub mod ids;
pub mod import_items;
pub mod ingestion;
pub mod library;
pub mod upcast;
pub mod values;

pub use claims::{ClaimChange, ClaimKey, ClaimKind};
pub use envelope::{Metadata, Position, RecordedEvent, StreamName};
pub use event::{DecodeError, Event, LoggedEvent};
