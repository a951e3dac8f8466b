//! What proves the register, for whoever looks at it from outside: its newest checkpoint, and proofs of single events.
//!
//! Nothing here signs or changes anything.

pub(crate) mod http;

use std::sync::Arc;

use accession_event_log::RegisterStore;

/// The register of a process that can reach it.
pub(crate) type Register = Option<Arc<dyn RegisterStore>>;
