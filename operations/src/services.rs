//! What the routes work with. A handler takes the one or two things it needs, never all of it.
//!
//! It holds no request and no state of its own.

use std::sync::Arc;

use accession_event_log::LogStore;
use accession_service::access::Gate;
use accession_service::views::Witness;
use axum::extract::FromRef;

use crate::as_of::AsOf;
use crate::read_models::ReadModels;
use crate::register::Register;

/// Everything that routes take something of.
#[derive(Clone, FromRef)]
pub(crate) struct Services {
    /// Who calls.
    pub(crate) gate: Gate,
    /// The past.
    pub(crate) as_of: AsOf,
    /// Who writes down who looked at whose data.
    pub(crate) witness: Option<Witness>,
    /// The register.
    pub(crate) log: Arc<dyn LogStore>,
    /// The read models, in a process that can reach them.
    pub(crate) read_models: Option<ReadModels>,
    /// The register, as a whole.
    pub(crate) register: Register,
}
