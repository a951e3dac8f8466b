//! The command API: the only writer of events.
//!
//! It never reads a read model: what it decides on comes from the log.

pub mod catalog;
pub mod circulation;
pub mod credentials;
pub mod ended_runs;
pub mod front_desk;
pub mod holdings;
pub mod http;
pub mod identity;
pub mod ingestion;
pub mod library;
pub mod notifications;
pub mod reactions;
pub mod rejections;
pub mod router;
pub mod services;
pub mod sweeping;
pub mod ties;

use std::sync::Arc;

use accession_event_log::{EventLog, Repository, RepositoryOptions};
use accession_secrets::import_leases::ImportLeaseStore;
use accession_service::access::Gate;
use accession_service::requests;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use jiff::SignedDuration;

use crate::catalog::import::Importing;
use crate::circulation::counter::Counter;
use crate::credentials::Credentials;
use crate::front_desk::FrontDesk;
use crate::holdings::desk::Holdings;
use crate::holdings::lookalikes::{Lookalikes, Nobody};
use crate::identity::accounts::Accounts;
use crate::identity::entrance::Entrance;
use crate::identity::service_credential::desk::Desk;
use crate::identity::sessions::Sessions;
use crate::identity::sign_in::SignIn;
use crate::ingestion::http::RunRejections;
use crate::library::departures::Departures;
use crate::library::libraries::Libraries;
use crate::library::restoring::Restoring;
use crate::services::{Parts, Policy};

pub use router::openapi;

/// Settings of the command API.
#[derive(Debug, Clone)]
pub struct CommandOptions {
    /// What an operator has decided about sources: configuration `catalog.primary_sources`.
    pub policy: Policy,
    /// Import batches that may be under way at the same time; beyond it importers get 503 with `Retry-After`.
    pub batches_in_flight: usize,
    /// For how long a service credential that was replaced stays good when whoever replaces it does not say.
    pub credential_overlap: SignedDuration,
    /// Settings of the repositories.
    pub repository: RepositoryOptions,
}

impl Default for CommandOptions {
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            batches_in_flight: 3,
            credential_overlap: SignedDuration::from_hours(1),
            repository: RepositoryOptions::default(),
        }
    }
}

/// Accounts, sessions, and what guards the way from one to the other.
#[derive(Clone)]
pub struct SigningIn {
    /// Accounts.
    pub accounts: Accounts,
    /// Sessions and their tokens.
    pub sessions: Sessions,
    /// What guards signing in.
    pub entrance: Entrance,
    /// Signing in with others, where the operator has set with whom.
    pub sign_in: Option<SignIn>,
}

/// The command API over a log.
#[derive(Clone)]
pub struct CommandApi {
    log: EventLog,
    services: Parts,
}

impl CommandApi {
    /// A command API that writes to this log and lets in whom this gate knows; operators issue these credentials,
    /// and importers hold these leases.
    #[must_use]
    pub fn new(
        log: EventLog,
        gate: Gate,
        credentials: Credentials,
        signing_in: SigningIn,
        leases: Arc<dyn ImportLeaseStore>,
        options: CommandOptions,
    ) -> Self {
        let CommandOptions {
            policy,
            batches_in_flight,
            credential_overlap,
            repository,
        } = options;
        let SigningIn {
            accounts,
            sessions,
            entrance,
            sign_in,
        } = signing_in;
        let runs = Repository::new(log.clone(), repository);
        let rejections = Arc::new(RunRejections::new(runs.clone()));
        let libraries = Libraries::new(&log, accounts.clone(), repository);
        let holdings = Holdings::new(&log, repository);
        let sealer = FrontDesk::sealer(&accounts).clone();
        let counter = Counter::new(libraries.repository(), &holdings, sealer, repository);
        let titles = Repository::new(log.clone(), repository);
        let editions = Repository::new(log.clone(), repository);
        let services = Parts {
            restoring: Restoring::new(&libraries, &holdings, &counter, &titles, &editions),
            counter,
            gate: gate.guarded_by(entrance.csrf.clone()),
            ties: Arc::new(Departures::new(libraries.repository().clone())),
            libraries,
            holdings,
            lookalikes: Arc::new(Nobody),
            accounts,
            sessions,
            entrance,
            sign_in,
            desk: Desk::new(credentials, Repository::new(log.clone(), repository))
                .overlapping(credential_overlap),
            titles,
            editions,
            episodes: Repository::new(log.clone(), repository),
            ended_runs: ended_runs::EndedRuns::of(runs.clone()),
            runs,
            importing: Importing::new(batches_in_flight, rejections),
            leases,
            policy: Arc::new(policy),
        };
        Self { log, services }
    }

    /// The same, asking here which titles are like one that a library takes in. Without it only the same title is noticed.
    #[must_use]
    pub fn comparing_with(mut self, lookalikes: Arc<dyn Lookalikes>) -> Self {
        self.services.lookalikes = lookalikes;
        self
    }

    /// The routes, observed. They have no fallback, so that a server of several roles can merge them.
    pub fn router(&self) -> Router {
        let standings = self.services.gate.standings();
        router::router(&self.services.clone().into())
            .layer(from_fn_with_state(standings, http::settling::settle))
            .layer(from_fn(requests::observe))
    }

    /// After the last request: answers what waits for the log, then refuses appends.
    pub async fn close(&self) {
        self.log.close().await;
    }
}
