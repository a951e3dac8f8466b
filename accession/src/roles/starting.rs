//! What comes together while the roles of a process start: each step opens one part and hands it on.
//!
//! Never decides the order; who starts the roles does.

use std::net::SocketAddr;
use std::sync::Arc;

use accession_command_api::identity::accounts::Accounts;
use accession_event_log::EventLog;
use accession_events::Position;
use accession_read_api::ReadApi;
use accession_read_store::ReadStore;
use accession_secrets::view_log;
use accession_service::access::Standings;
use accession_service::server;
use accession_service::shutdown::Shutdown;
use anyhow::{Context as _, Result};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::calendars::CalendarBook;
use super::{
    Serving, door, exposition, health, operating, probe, projecting, reading, records, routes,
    writing,
};
use crate::assembly::{self, LogDatabase};
use crate::data_dir::{DataDir, RunningServer};
use crate::private::{self, Private};
use crate::settings::{Role, Settings};

/// What comes together while the roles start.
pub(super) struct Starting<'a> {
    pub(super) settings: &'a Settings,
    pub(super) data: &'a DataDir,
    pub(super) role: Role,
    /// Of a role that writes or projects.
    pub(super) private: Option<Private>,
    pub(super) accounts: Option<Accounts>,
    pub(super) checks: Vec<health::Check>,
    pub(super) routers: routes::Routers,
}

impl<'a> Starting<'a> {
    /// Nothing yet.
    pub(super) fn of(settings: &'a Settings, data: &'a DataDir, role: Role) -> Self {
        Self {
            settings,
            data,
            role,
            private: None,
            accounts: None,
            checks: Vec::new(),
            routers: routes::Routers::default(),
        }
    }

    /// The log's database, for a role that needs one: only a writer may change it.
    pub(super) async fn database(&self) -> Result<Option<LogDatabase>> {
        if self.role.writes() {
            return Ok(Some(assembly::open_log(self.settings, self.data).await?));
        }
        if self.role.projects() {
            return Ok(Some(
                assembly::open_log_for_reading(self.settings, self.data).await?,
            ));
        }
        Ok(None)
    }

    /// The private room, for a role that reaches the log. After the log's own schema, which the tables come with.
    pub(super) async fn open_private(&mut self, database: Option<&LogDatabase>) -> Result<()> {
        if database.is_some() {
            self.private = Some(private::open(self.settings, self.data).await?);
        }
        Ok(())
    }

    /// Answers requests, and says so to clients on this machine.
    pub(super) fn serve(
        self,
        listener: TcpListener,
        shutdown: Shutdown,
        metrics: Option<PrometheusHandle>,
    ) -> Result<(SocketAddr, Serving)> {
        let address = listener
            .local_addr()
            .context("the listener has no address")?;
        let health = health::of(self.role, self.checks, metrics);
        let door = door::open(self.settings, self.role, self.private.as_ref())?;
        let router = routes::assemble(self.settings, self.routers, health, door)?;
        let serving = tokio::spawn(server::serve(listener, router, shutdown));
        self.data.announce(&RunningServer {
            address,
            pid: std::process::id(),
        })?;
        let (role, data) = (self.role.name(), self.data.path().display());
        tracing::info!(%address, role, %data, "serving");
        Ok((address, serving))
    }

    /// Health of what every role has: its log, if it reaches one, and its disk.
    pub(super) async fn watch(
        &mut self,
        database: Option<&LogDatabase>,
        log: Option<&EventLog>,
        shutdown: &Shutdown,
    ) {
        exposition::register(self.role);
        if let Some(database) = database {
            let probe = probe::Probe::start(database.store(), shutdown.clone()).await;
            self.checks.push(health::log(probe, log.cloned()));
        }
        self.checks.push(health::disk(self.data.path().to_owned()));
    }

    /// The read store, for a role that cannot do without.
    pub(super) fn read_store(&self) -> Result<Option<Arc<dyn ReadStore>>> {
        if !self.role.projects() && !self.role.reads() {
            return Ok(None);
        }
        let store = assembly::open_read_store(self.settings, self.data)?;
        Ok(Some(store))
    }

    /// What of people is held outside the read store. A process that only answers questions may reach the views of their
    /// data and nothing else.
    pub(super) fn held(&self, database: Option<&LogDatabase>) -> Result<reading::Held> {
        let views = match &self.private {
            Some(private) => Some(private.database.clone()),
            None => private::views_at_need(self.settings)?,
        };
        let mut held = reading::Held {
            views: views.as_ref().map(view_log::open),
            calendars: views.as_ref().map(CalendarBook::of),
            records: None,
        };
        if let (true, Some(database), Some(private)) = (self.role.writes(), database, &self.private)
        {
            held.records = Some(Arc::new(records::LogRecords::new(database, private)));
        }
        Ok(held)
    }

    pub(super) async fn write(
        &mut self,
        database: Option<&LogDatabase>,
        standings: &Arc<dyn Standings>,
        questions: Option<&ReadApi>,
        shutdown: &Shutdown,
    ) -> Result<(Option<EventLog>, Vec<JoinHandle<()>>)> {
        let (true, Some(database), Some(private)) = (self.role.writes(), database, &self.private)
        else {
            return Ok((None, Vec::new()));
        };
        let log = assembly::start_log(database);
        let parts = writing::Parts {
            settings: self.settings,
            data: self.data,
            private,
            database,
            log: &log,
            standings,
            questions,
        };
        let writing = writing::start(parts, shutdown.clone()).await?;
        self.routers.write = Some(writing.router);
        self.accounts = Some(writing.accounts);
        self.routers.keys = writing.keys;
        self.checks.extend(writing.health);
        let behind = writing.relay.into_iter().chain(writing.behind);
        Ok((Some(log), behind.collect()))
    }

    pub(super) async fn project(
        &mut self,
        database: Option<&LogDatabase>,
        store: Option<&Arc<dyn ReadStore>>,
        wake: Option<watch::Receiver<Position>>,
        shutdown: Shutdown,
    ) -> Result<Option<projecting::Running>> {
        let (true, Some(database), Some(store), Some(private)) =
            (self.role.projects(), database, store, &self.private)
        else {
            return Ok(None);
        };
        let opening = private.opening();
        let running =
            projecting::start(self.settings, database, store, opening, wake, shutdown).await?;
        self.checks.extend(running.health());
        Ok(Some(running))
    }

    pub(super) fn operate(
        &mut self,
        database: Option<&LogDatabase>,
        store: Option<Arc<dyn ReadStore>>,
        standings: &Arc<dyn Standings>,
    ) -> Result<()> {
        if let (Some(database), Some(private)) = (database, &self.private) {
            let parts = operating::Parts {
                settings: self.settings,
                role: self.role,
                private,
                database,
                standings,
            };
            let router = operating::router(parts, store)?;
            self.routers.operate = Some(router);
        }
        Ok(())
    }

    pub(super) async fn read(
        &mut self,
        questions: Option<ReadApi>,
    ) -> Result<Option<JoinHandle<Result<()>>>> {
        let Some(questions) = questions else {
            return Ok(None);
        };
        if !self.role.reads() {
            if self.role.writes() {
                // What is held about a person is more than documents say, and a reader reaches nothing else.
                self.routers.read = Some(questions.own_data_router().into());
            }
            return Ok(None);
        }
        let reading = reading::start(self.settings, questions).await?;
        self.routers.read = Some(reading.router);
        self.checks.extend(reading.health);
        Ok(reading.looking)
    }
}
