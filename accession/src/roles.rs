//! The roles of a process, started and stopped in order: requests drain first, then the append queue, then the relay
//! and the projector.
//!
//! Each role is a library's entry point; here they only get the parts they need.

mod door;
mod exposition;
mod health;
mod limits;
mod mailing;
mod operating;
mod probe;
pub(crate) mod projecting;
mod reacting;
mod reading;
mod routes;
mod sealing;
mod waking;
mod writing;

use std::net::SocketAddr;
use std::sync::Arc;

use accession_command_api::identity::accounts::Accounts;
use accession_event_log::EventLog;
use accession_events::Position;
use accession_feed::PostgresWake;
use accession_read_api::ReadApi;
use accession_read_store::ReadStore;
use accession_service::access::Standings;
use accession_service::server;
use accession_service::shutdown::{Shutdown, ShutdownTrigger, shutdown};
use anyhow::{Context as _, Result};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::assembly::{self, LogDatabase};
use crate::data_dir::{DataDir, RunningServer};
use crate::private::{self, Private};
use crate::settings::{Role, Settings};

pub(crate) use reacting::erasure;
pub(crate) use routes::description;
pub(crate) use writing::{accounts, connect_bus};

/// The task that serves HTTP.
type Serving = JoinHandle<Result<(), server::ServeError>>;

/// Everything that runs in this process.
pub(crate) struct Running {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    data: DataDir,
    requests: ShutdownTrigger,
    serving: Serving,
    log: Option<EventLog>,
    /// Of the role that writes.
    pub(crate) accounts: Option<Accounts>,
    followers: ShutdownTrigger,
    /// The relay and the sealer, in the role that writes.
    behind_the_writer: Vec<JoinHandle<()>>,
    projector: Option<projecting::Running>,
    reading: ShutdownTrigger,
    looking: Option<JoinHandle<Result<()>>>,
    /// Hints between the processes of one log; they end with it.
    _waking: Option<PostgresWake>,
}

/// Starts the roles and returns when requests are answered.
pub(crate) async fn start(
    settings: &Settings,
    role: Role,
    data: &DataDir,
    metrics: Option<PrometheusHandle>,
) -> Result<Running> {
    // Bound before anything slow starts, so that a taken port is said at once.
    let listener = server::bind(settings.listen).await?;
    let mut starting = Starting {
        settings,
        data,
        role,
        private: None,
        accounts: None,
        checks: Vec::new(),
        routers: routes::Routers::default(),
    };
    let (requests, until_requests_stop) = shutdown();
    let (followers, until_followers_stop) = shutdown();
    let (reading, until_reading_stops) = shutdown();
    let database = starting.database().await?;
    starting.open_private(database.as_ref()).await?;
    let store = starting.read_store()?;
    let questions = reading::questions(settings, role, store.clone(), &until_reading_stops)?;
    let standings = reading::standings(questions.as_ref());
    let (log, behind_the_writer) = starting
        .write(database.as_ref(), &standings, &until_followers_stop)
        .await?;
    starting
        .watch(database.as_ref(), log.as_ref(), &until_followers_stop)
        .await;
    let own = log.as_ref().map(EventLog::head);
    let waking = waking::start(settings, own.clone())?;
    let wake = waking.as_ref().map(PostgresWake::wake).or(own);
    let projector = starting
        .project(
            database.as_ref(),
            store.as_ref(),
            wake,
            until_followers_stop,
        )
        .await?;
    starting
        .operate(database.as_ref(), store.clone(), &standings)
        .await?;
    let looking = starting.read(questions).await?;
    let accounts = starting.accounts.take();
    let (address, serving) = starting.serve(listener, until_requests_stop, metrics)?;
    Ok(Running {
        address,
        data: data.clone(),
        requests,
        serving,
        log,
        accounts,
        followers,
        behind_the_writer,
        projector,
        reading,
        looking,
        _waking: waking,
    })
}

/// What comes together while the roles start.
struct Starting<'a> {
    settings: &'a Settings,
    data: &'a DataDir,
    role: Role,
    /// Of a role that writes or projects.
    private: Option<Private>,
    accounts: Option<Accounts>,
    checks: Vec<health::Check>,
    routers: routes::Routers,
}

impl Starting<'_> {
    /// The log's database, for a role that needs one: only a writer may change it.
    async fn database(&self) -> Result<Option<LogDatabase>> {
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
    async fn open_private(&mut self, database: Option<&LogDatabase>) -> Result<()> {
        if database.is_some() {
            self.private = Some(private::open(self.settings, self.data).await?);
        }
        Ok(())
    }

    /// Answers requests, and says so to clients on this machine.
    fn serve(
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
    async fn watch(
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
    fn read_store(&self) -> Result<Option<Arc<dyn ReadStore>>> {
        if !self.role.projects() && !self.role.reads() {
            return Ok(None);
        }
        let store = assembly::open_read_store(self.settings, self.data)?;
        Ok(Some(store))
    }

    async fn write(
        &mut self,
        database: Option<&LogDatabase>,
        standings: &Arc<dyn Standings>,
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
        };
        let writing = writing::start(parts, shutdown.clone()).await?;
        self.routers.write = Some(writing.router);
        self.accounts = Some(writing.accounts);
        self.routers.keys = writing.keys;
        self.checks.extend(writing.health);
        let behind = writing.relay.into_iter().chain(writing.behind);
        Ok((Some(log), behind.collect()))
    }

    async fn project(
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

    async fn operate(
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

    async fn read(&mut self, questions: Option<ReadApi>) -> Result<Option<JoinHandle<Result<()>>>> {
        let Some(questions) = questions.filter(|_| self.role.reads()) else {
            return Ok(None);
        };
        let reading = reading::start(self.settings, questions).await?;
        self.routers.read = Some(reading.router);
        self.checks.extend(reading.health);
        Ok(reading.looking)
    }
}

impl Running {
    /// Whether the server has ended by itself, with what it ended with.
    pub(crate) async fn ended(&mut self) -> Result<()> {
        let ended = tokio::select! {
            serving = &mut self.serving => serving.context("serving stopped")?.map_err(anyhow::Error::from),
            projecting = projecting::ended(self.projector.as_mut()) => projecting,
            reading = reading::ended(&mut self.looking) => reading,
        };
        ended.context("a part of the server ended by itself")
    }

    /// Stops in order; everything acknowledged is durable, and everything durable is in the documents if time allows.
    pub(crate) async fn stop(mut self) -> Result<()> {
        tracing::info!("stopping: finishing requests");
        self.data.withdraw_announcement();
        self.requests.stop();
        if !self.serving.is_finished() {
            (&mut self.serving).await.context("serving stopped")??;
        }
        let head = match &self.log {
            Some(log) => {
                log.close().await;
                log.store().head().await.unwrap_or(Position::START)
            }
            None => Position::START,
        };
        if let Some(projector) = &self.projector {
            projector.settle(head).await;
        }
        self.followers.stop();
        for task in self.behind_the_writer {
            task.await.context("the relay or the sealer stopped")?;
        }
        if let Some(projector) = self.projector.take() {
            projector.stopped().await?;
        }
        self.reading.stop();
        tracing::info!(position = head.get(), "stopped");
        Ok(())
    }
}
