//! The read API's role: it gets the read store and what verifies tokens, and nothing else.

use std::sync::Arc;

use accession_read_api::{ReadApi, ReadOptions};
use accession_read_store::ReadStore;
use accession_service::access::AccessVerifier;
use accession_service::shutdown::Shutdown;
use anyhow::{Context as _, Result};
use axum::Router;

use super::health::Check;
use super::writing::verifying_keys;
use crate::settings::{Role, Settings};

/// What the role consists of.
pub(super) struct Reading {
    pub(super) router: Router,
    pub(super) health: Vec<Check>,
}

pub(super) fn start(
    settings: &Settings,
    role: Role,
    store: Arc<dyn ReadStore>,
    shutdown: &Shutdown,
) -> Result<Reading> {
    let verifier = AccessVerifier::new(verifying_keys(settings, role.writes())?);
    let cache_bytes = usize::try_from(settings.cache_mb * 1024 * 1024)
        .context("cache_mb is too large for this machine")?;
    let options = ReadOptions {
        cache_bytes,
        lanes: settings.lanes,
    };
    let api = ReadApi::start(store, Some(verifier), &options, shutdown);
    let health = api.clone();
    Ok(Reading {
        router: api.router().into(),
        health: vec![Box::new(move || health.health_parts())],
    })
}
