//! The operators' routes: part of every process that can reach the log.
//!
//! It never makes a process depend on a store that its role does without: such a store is reached when it is asked for.

use std::sync::Arc;

use accession_operations::Operations;
use accession_operations::read_models::ReadModels;
use accession_projector::all_models;
use accession_read_store::ReadStore;
use accession_service::access::{AccessVerifier, Gate};
use anyhow::Result;
use axum::Router;

use super::writing::verifying_keys;
use crate::assembly::{self, LogDatabase};
use crate::private::Private;
use crate::settings::{Role, Settings};

/// The routes over this log, and over this read store or the one that the settings name.
pub(super) fn router(
    settings: &Settings,
    role: Role,
    private: &Private,
    database: &LogDatabase,
    store: Option<Arc<dyn ReadStore>>,
) -> Result<Router> {
    let credentials = private.credentials();
    let verifier = AccessVerifier::new(verifying_keys(settings, role.writes())?);
    let store = match store {
        Some(store) => Some(store),
        None => assembly::read_store_at_need(settings)?,
    };
    let models = all_models(settings.order()?);
    let read_models = store.map(|store| ReadModels::new(store, models, settings.lanes));
    let gate = Gate::new(verifier, Arc::new(credentials));
    let operations = Operations::new(gate, database.store(), read_models)
        .with_register(database.register())
        .opened_by(private.opening());
    Ok(operations.ordered_by(settings.order()?).router())
}
