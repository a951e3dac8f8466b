//! Sealing beside the writer: which key, under which lease, and where checkpoints go besides the database.
//!
//! It holds up no request; what it can't do is told by the health of the process.

use std::time::Duration;

use accession_event_log::{EventLog, RegisterStore, Seal};
use accession_feed::relay::lease::{AlwaysHeld, Lease, PostgresLease};
use accession_register::{DirectoryOutlet, Outlet, OutletError, SealingOptions, SealingTask};
use accession_service::shutdown::Shutdown;
use accession_transparency::TiledTree;
use anyhow::{Context as _, Result};
use async_trait::async_trait;
use jiff::Timestamp;
use tokio::task::JoinHandle;

use super::health::{self, Check};
use crate::assembly::LogDatabase;
use crate::checkpoint_key;
use crate::data_dir::DataDir;
use crate::settings::{Settings, without_password};

/// Name of the lease; the relay's is that of its stream.
const LEASE: &str = "checkpoints";
/// How long the address that takes checkpoints may need.
const PATIENCE: Duration = Duration::from_secs(10);

/// Starts the task.
pub(super) fn start(
    settings: &Settings,
    data: &DataDir,
    database: &LogDatabase,
    log: &EventLog,
    checks: &mut Vec<Check>,
    mut shutdown: Shutdown,
) -> Result<JoinHandle<()>> {
    let signer = checkpoint_key::signer(settings, data)?;
    let lease: Box<dyn Lease> = match &settings.log_url {
        Some(url) => Box::new(
            PostgresLease::new(url, LEASE)
                .context("log_url cannot be used for the lease of the checkpoints")?,
        ),
        None => Box::new(AlwaysHeld),
    };
    let options = SealingOptions {
        every: Duration::from_secs(settings.checkpoint_seconds),
        ..SealingOptions::default()
    };
    let mut task = SealingTask::new(
        database.register(),
        signer,
        lease,
        log.head(),
        options,
        clock(),
    );
    if let Some(directory) = &settings.checkpoint_dir {
        task = task.with_outlet(Box::new(DirectoryOutlet::at(directory)));
    }
    if let Some(url) = &settings.checkpoint_url {
        task = task.with_outlet(Box::new(UrlOutlet::to(url)?));
    }
    checks.push(health::sealing(task.state()));
    Ok(tokio::spawn(task.run(async move { shutdown.wait().await })))
}

#[expect(
    clippy::disallowed_methods,
    reason = "a checkpoint says when it was signed; this is the edge"
)]
fn clock() -> fn() -> Timestamp {
    Timestamp::now
}

/// An address that every checkpoint is posted to, as text.
struct UrlOutlet {
    url: String,
    name: String,
    client: reqwest::Client,
}

impl UrlOutlet {
    fn to(url: &str) -> Result<Self> {
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .build()
            .context("checkpoint_url: no HTTP client")?;
        Ok(Self {
            url: url.to_owned(),
            name: without_password(url),
            client,
        })
    }
}

#[async_trait]
impl Outlet for UrlOutlet {
    fn name(&self) -> &str {
        &self.name
    }

    async fn deliver(
        &self,
        _store: &dyn RegisterStore,
        _tree: &TiledTree,
        seal: &Seal,
    ) -> Result<(), OutletError> {
        let posted = self
            .client
            .post(&self.url)
            .header("content-type", "text/plain; charset=utf-8")
            .body(seal.note.clone())
            .send()
            .await
            .and_then(reqwest::Response::error_for_status);
        posted.map(drop).map_err(|error| OutletError::Place {
            place: self.name.clone(),
            reason: error.without_url().to_string(),
        })
    }
}
