//! The operators' routes: part of every process that can reach the log.
//!
//! It never makes a process depend on a store that its role does without: such a store is reached when it is asked for.

use std::sync::Arc;

use accession_operations::Operations;
use accession_operations::read_models::ReadModels;
use accession_projector::all_models;
use accession_read_store::ReadStore;
use accession_secrets::view_log;
use accession_service::access::{AccessVerifier, Gate, Standings};
use anyhow::Result;
use axum::Router;

use super::writing::verifying_keys;
use crate::assembly::{self, LogDatabase};
use crate::private::Private;
use crate::settings::{Role, Settings};

/// What the routes work with.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    pub(super) settings: &'a Settings,
    pub(super) role: Role,
    pub(super) private: &'a Private,
    pub(super) database: &'a LogDatabase,
    pub(super) standings: &'a Arc<dyn Standings>,
}

/// The routes over this log, and over this read store or the one that the settings name.
pub(super) fn router(parts: Parts<'_>, store: Option<Arc<dyn ReadStore>>) -> Result<Router> {
    let Parts {
        settings,
        role,
        private,
        database,
        standings,
    } = parts;
    let credentials = private.credentials();
    let verifier = AccessVerifier::new(verifying_keys(settings, role.writes())?);
    let store = match store {
        Some(store) => Some(store),
        None => assembly::read_store_at_need(settings)?,
    };
    let models = all_models(settings.order()?);
    let read_models = store.map(|store| ReadModels::new(store, models, settings.lanes));
    let gate = Gate::new(verifier, Arc::new(credentials)).knowing(standings.clone());
    let operations = Operations::new(gate, database.store(), read_models)
        .with_register(database.register())
        .opened_by(private.opening())
        .witnessed_by(view_log::open(&private.database));
    Ok(operations.ordered_by(settings.order()?).router())
}
