//! What follows from events by itself, beside the writer: which reactions there are, and under which lease they run.
//!
//! It holds up no request; what it cannot do is told in the log and tried again.

use std::sync::Arc;

use accession_command_api::identity::account::Account;
use accession_command_api::identity::erasure::Erasure;
use accession_command_api::identity::erasure::retention::{KeyDestruction, RemovedMembers};
use accession_command_api::reactions::{ReactionOptions, Reactions};
use accession_event_log::{EventLog, Repository, RepositoryOptions};
use accession_feed::relay::lease::{AlwaysHeld, Lease, PostgresLease};
use accession_secrets::reaction_book;
use accession_service::shutdown::Shutdown;
use anyhow::{Context as _, Result};
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinHandle;

use crate::private::Private;
use crate::settings::Settings;

/// Name of the lease; the relay's is that of its stream.
const LEASE: &str = "reactions";
/// Accounts that are erased are not kept in memory for long.
const CACHED: u64 = 100;

/// Starts the reactions.
pub(super) fn start(
    settings: &Settings,
    private: &Private,
    log: &EventLog,
    mut shutdown: Shutdown,
) -> Result<JoinHandle<()>> {
    let lease: Box<dyn Lease> = match &settings.log_url {
        Some(url) => Box::new(
            PostgresLease::new(url, LEASE)
                .context("log_url cannot be used for the lease of the reactions")?,
        ),
        None => Box::new(AlwaysHeld),
    };
    let erasure = erasure(private, log);
    let keep = SignedDuration::from_hours(24 * i64::from(settings.removed_member_days));
    let reactions = Reactions::new(
        Arc::clone(log.store()),
        reaction_book::open(&private.database),
        lease,
        log.head(),
        ReactionOptions::default(),
        clock(),
    )
    .with(Arc::new(KeyDestruction::new(erasure.clone())))
    .with(Arc::new(RemovedMembers::new(erasure, keep)));
    Ok(tokio::spawn(
        reactions.run(async move { shutdown.wait().await }),
    ))
}

/// Erases people of this log.
pub(crate) fn erasure(private: &Private, log: &EventLog) -> Erasure {
    let options = RepositoryOptions {
        cached_states: CACHED,
        ..RepositoryOptions::default()
    };
    let accounts: Repository<Account> = Repository::new(log.clone(), options);
    Erasure::new(accounts, private.keys.clone())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a reaction is told the time; this is the edge"
)]
fn clock() -> fn() -> Timestamp {
    Timestamp::now
}
