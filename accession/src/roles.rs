//! The roles of a process, started and stopped in order: requests drain first, then the append queue, then the relay
//! and the projector.
//!
//! Each role is a library's entry point; here they only get the parts they need.

mod calendars;
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
mod records;
mod resembling;
mod routes;
mod sealing;
mod starting;
mod sweeping;
mod waking;
mod writing;

use std::net::SocketAddr;

use accession_command_api::identity::accounts::Accounts;
use accession_event_log::EventLog;
use accession_events::Position;
use accession_feed::PostgresWake;
use accession_service::server;
use accession_service::shutdown::{ShutdownTrigger, shutdown};
use anyhow::{Context as _, Result};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::task::JoinHandle;

use crate::data_dir::DataDir;
use crate::settings::{Role, Settings};

pub(crate) use reacting::erasure;
pub(crate) use routes::description;
use starting::Starting;
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
    let mut starting = Starting::of(settings, data, role);
    let (requests, until_requests_stop) = shutdown();
    let (followers, until_followers_stop) = shutdown();
    let (reading, until_reading_stops) = shutdown();
    let database = starting.database().await?;
    starting.open_private(database.as_ref()).await?;
    let store = starting.read_store()?;
    let held = starting.held(database.as_ref())?;
    let from = (store.clone(), held);
    let questions = reading::questions(settings, data, role, from, &until_reading_stops)?;
    let standings = reading::standings(questions.as_ref());
    let (log, behind_the_writer) = starting
        .write(
            database.as_ref(),
            &standings,
            questions.as_ref(),
            &until_followers_stop,
        )
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
    starting.operate(database.as_ref(), store.clone(), &standings)?;
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
