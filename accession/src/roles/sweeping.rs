//! The sweeper of the private tables beside the writer: which process sweeps.
//!
//! It holds up no request; what it cannot do is counted, and tried again.

use accession_command_api::sweeping::Sweeper;
use accession_feed::relay::lease::{AlwaysHeld, Lease, PostgresLease};
use accession_service::shutdown::Shutdown;
use anyhow::{Context as _, Result};
use jiff::Timestamp;
use tokio::task::JoinHandle;

use super::writing::Parts;

/// Name of the lease.
const LEASE: &str = "sweeping";

/// Starts the sweeper.
pub(super) fn start(parts: Parts<'_>, mut shutdown: Shutdown) -> Result<JoinHandle<()>> {
    let lease: Box<dyn Lease> = match &parts.settings.log_url {
        Some(url) => Box::new(
            PostgresLease::new(url, LEASE)
                .context("log_url cannot be used for the lease of the sweeper")?,
        ),
        None => Box::new(AlwaysHeld),
    };
    let sweeper = Sweeper::new(parts.log, &parts.private.database);
    let until = async move { shutdown.wait().await };
    Ok(tokio::spawn(sweeper.run(lease, clock(), until)))
}

#[expect(
    clippy::disallowed_methods,
    reason = "what is too old goes by the time; this is the edge"
)]
fn clock() -> fn() -> Timestamp {
    Timestamp::now
}
