//! What follows from events by itself, beside the writer: which reactions there are, and under which lease they run.
//!
//! It holds up no request; what it can't do is told by the health of the process.

use std::sync::Arc;

use accession_command_api::circulation::counter::Counter;
use accession_command_api::circulation::reactions::{
    ClosedCounter, DepartedBorrowers, EmptyQueues, HoldExpiry,
};
use accession_command_api::holdings::desk::Holdings;
use accession_command_api::holdings::reactions::DepartedOwners;
use accession_command_api::identity::account::Account;
use accession_command_api::identity::accounts::Belongings;
use accession_command_api::identity::erasure::Erasure;
use accession_command_api::identity::erasure::orphaned_children::OrphanedChildren;
use accession_command_api::identity::erasure::reactions::{DeletedAccounts, DepartedMembers};
use accession_command_api::identity::erasure::retention::{KeyDestruction, RemovedMembers};
use accession_command_api::identity::viewers::ForgottenViewers;
use accession_command_api::library::departures::Departures;
use accession_command_api::library::library::Library;
use accession_command_api::library::reactions::{
    InvitationExpiry, InvitationTokens, LibraryDeletion,
};
use accession_command_api::notifications::{LoanMails, Mails};
use accession_command_api::reactions::{ReactionOptions, ReactionState, ReactionStatus, Reactions};
use accession_command_api::ties::Ties;
use accession_event_log::{EventLog, Repository, RepositoryOptions};
use accession_feed::relay::lease::{AlwaysHeld, Lease, PostgresLease};
use accession_secrets::{Sealer, challenges, outbox, reaction_book, view_log};
use accession_service::health::{Condition, PartStatus};
use accession_service::instant;
use accession_service::shutdown::Shutdown;
use anyhow::{Context as _, Result};
use jiff::SignedDuration;
use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::health::{Check, float};
use super::writing::Parts;
use crate::private::Private;

/// Name of the lease; the relay's is that of its stream.
const LEASE: &str = "reactions";
/// Accounts that are erased are not kept in memory for long.
const CACHED: u64 = 100;

/// Starts the reactions.
pub(super) fn start(
    parts: Parts<'_>,
    checks: &mut Vec<Check>,
    mut shutdown: Shutdown,
) -> Result<JoinHandle<()>> {
    let Parts {
        settings,
        private,
        log,
        ..
    } = parts;
    let lease = lease(settings.log_url.as_deref())?;
    let erasure = erasure(private, log);
    let keep = SignedDuration::from_hours(24 * i64::from(settings.removed_member_days));
    let ties: Arc<dyn Ties> = Arc::new(Departures::new(libraries(log)));
    let mails = Mails::new(
        outbox::open(&private.database),
        Arc::clone(log.store()),
        private.keys.clone(),
    );
    let loan_mails = LoanMails::new(outbox::open(&private.database), Arc::clone(log.store()));
    let reactions = Reactions::new(
        Arc::clone(log.store()),
        reaction_book::open(&private.database),
        lease,
        log.head(),
        ReactionOptions::default(),
        instant::now,
    )
    .with(Arc::new(DeletedAccounts::new(
        erasure.clone(),
        ties.clone(),
    )))
    .with(Arc::new(DepartedMembers::new(
        erasure.clone(),
        ties.clone(),
    )))
    .with(Arc::new(OrphanedChildren::new(erasure.clone(), ties)))
    .with(Arc::new(KeyDestruction::new(
        erasure.clone(),
        Belongings::new(&private.database),
    )))
    .with(Arc::new(ForgottenViewers::new(view_log::open(
        &private.database,
    ))))
    .with(Arc::new(RemovedMembers::new(erasure, keep)));
    let reactions = of_libraries(reactions, private, log)
        .with(Arc::new(loan_mails))
        .with(Arc::new(mails));
    checks.push(health(reactions.statuses()));
    Ok(tokio::spawn(
        reactions.run(async move { shutdown.wait().await }),
    ))
}

/// What follows in libraries, on their shelves and at their counters.
fn of_libraries(reactions: Reactions, private: &Private, log: &EventLog) -> Reactions {
    let counter = counter(private, log);
    let copies = counter.copies().clone();
    reactions
        .with(Arc::new(library_deletion(private, log)))
        .with(Arc::new(InvitationExpiry::new(libraries(log))))
        .with(Arc::new(HoldExpiry::new(counter.clone())))
        .with(Arc::new(DepartedBorrowers::new(counter.clone())))
        .with(Arc::new(DepartedOwners::new(copies, libraries(log))))
        .with(Arc::new(EmptyQueues::new(counter)))
}

/// One process at a time reacts, where several share a log.
fn lease(log_url: Option<&str>) -> Result<Box<dyn Lease>> {
    Ok(match log_url {
        Some(url) => Box::new(
            PostgresLease::new(url, LEASE)
                .context("log_url cannot be used for the lease of the reactions")?,
        ),
        None => Box::new(AlwaysHeld),
    })
}

/// Takes libraries down. A room that begins to hold something for libraries adds how it is cleared here.
fn library_deletion(private: &Private, log: &EventLog) -> LibraryDeletion {
    let tokens = InvitationTokens(challenges::open(&private.database));
    LibraryDeletion::new(libraries(log))
        .with(Arc::new(tokens))
        .with(Arc::new(ClosedCounter(counter(private, log))))
}

fn libraries(log: &EventLog) -> Repository<Library> {
    Repository::new(log.clone(), few())
}

fn counter(private: &Private, log: &EventLog) -> Counter {
    let sealer = Sealer::new(private.keys.clone());
    Counter::new(&libraries(log), &Holdings::new(log, few()), sealer, few())
}

fn few() -> RepositoryOptions {
    RepositoryOptions {
        cached_states: CACHED,
        ..RepositoryOptions::default()
    }
}

/// Erases people of this log.
pub(crate) fn erasure(private: &Private, log: &EventLog) -> Erasure {
    let accounts: Repository<Account> = Repository::new(log.clone(), few());
    Erasure::new(accounts, private.keys.clone())
}

fn health(statuses: Vec<watch::Receiver<ReactionStatus>>) -> Check {
    Box::new(move || {
        statuses
            .iter()
            .map(|status| reaction_health(&status.borrow()))
            .collect()
    })
}

fn reaction_health(status: &ReactionStatus) -> PartStatus {
    let labels = [("reaction", status.name)];
    metrics::gauge!("accession_reactions_parked", &labels).set(float(status.parked));
    metrics::gauge!("accession_reactions_lag_events", &labels).set(float(status.lag()));
    let (condition, message) = match &status.state {
        ReactionState::Interrupted { reason } => (Condition::Degraded, reason.clone()),
        ReactionState::Stopped { reason } => (
            Condition::Degraded,
            format!("has stopped: {reason}; when the cause is gone, start the process anew"),
        ),
        ReactionState::Standby | ReactionState::Following if status.parked > 0 => (
            Condition::Degraded,
            format!(
                "{} put aside; see `accession reactions list`",
                status.parked
            ),
        ),
        ReactionState::Standby | ReactionState::Following => (Condition::Ok, String::new()),
    };
    PartStatus {
        name: format!("reaction.{}", status.name),
        condition,
        message,
        details: json!({
            "active": status.state == ReactionState::Following,
            "position": status.position,
            "lag_events": status.lag(),
            "parked": status.parked,
        }),
    }
}
