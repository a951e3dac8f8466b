//! The operators' room: what those who run the platform ask of it and tell it, the same for the CLI and over HTTP.
//!
//! It never decides anything of the domain: it looks after the read models and the log, and says nothing new about a title.

pub mod as_of;
mod http;
mod keeper;
pub mod parked;
pub mod read_models;
mod register;
mod router;
mod services;

use std::sync::Arc;

use accession_event_log::{LogStore, RegisterStore};
use accession_events::values::AuthorityOrder;
use accession_secrets::Opening;
use accession_service::access::Gate;
use accession_service::requests;
use accession_service::views::{ViewLog, Witness};
use axum::Router;

use crate::as_of::AsOf;
use crate::read_models::ReadModels;
use crate::services::Services;

pub use keeper::Keeper;
pub use router::openapi;

/// The operators' routes of a process.
#[derive(Clone)]
pub struct Operations {
    services: Services,
}

impl Operations {
    /// Routes over this log and these read models; a process without a read store says so where one is needed.
    #[must_use]
    pub fn new(gate: Gate, log: Arc<dyn LogStore>, read_models: Option<ReadModels>) -> Self {
        Self {
            services: Services {
                as_of: AsOf::new(Arc::clone(&log), AuthorityOrder::default()),
                gate,
                log,
                read_models,
                register: None,
                witness: None,
            },
        }
    }

    /// The same, showing the past by this order of authority.
    #[must_use]
    pub fn ordered_by(mut self, order: AuthorityOrder) -> Self {
        self.services.as_of = self.services.as_of.ordered_by(order);
        self
    }

    /// The same, showing what is sealed in events as read models show it.
    #[must_use]
    pub fn opened_by(mut self, opening: Opening) -> Self {
        self.services.as_of = self.services.as_of.opened_by(opening);
        self
    }

    /// The same, writing down here who looked at whose data; without it nothing of persons is shown. Needs a Tokio runtime.
    #[must_use]
    pub fn witnessed_by(mut self, views: Arc<dyn ViewLog>) -> Self {
        self.services.witness = Some(Witness::start(views));
        self
    }

    /// The same, answering for what proves the register.
    #[must_use]
    pub fn with_register(mut self, register: Arc<dyn RegisterStore>) -> Self {
        self.services.register = Some(register);
        self
    }

    /// The routes, observed. They have no fallback, so that a server of several roles can merge them.
    pub fn router(&self) -> Router {
        router::router(self.services.clone()).layer(axum::middleware::from_fn(requests::observe))
    }
}
