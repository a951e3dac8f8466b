//! The projector's role: which feed it follows and how it ends.

use std::sync::Arc;
use std::time::Duration;

use accession_event_log::LogStore;
use accession_events::Position;
use accession_feed::bus::Link;
use accession_feed::{BusFeed, BusFeedConfig, Feed, LogFeed};
use accession_operations::Keeper;
use accession_operations::read_models::ReadModels;
use accession_projector::{
    FeedFactory, Model, Projector, ProjectorError, ProjectorOptions, all_models, opened,
};
use accession_read_store::ReadStore;
use accession_secrets::Opening;
use accession_service::shutdown::Shutdown;
use anyhow::{Context as _, Result};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::health::{self, Check};
use super::writing::connect_bus;
use crate::assembly::LogDatabase;
use crate::settings::Settings;
use crate::waiting::Dependency;

/// How often a log without a bus is looked at when nothing wakes its readers.
const POLL: Duration = Duration::from_millis(250);
/// How long a stopping process waits for the documents to contain everything.
const SETTLE: Duration = Duration::from_secs(10);

/// A projector that runs.
pub(crate) struct Running {
    projector: Projector,
    task: JoinHandle<Result<(), ProjectorError>>,
    /// The connection to the bus, where there is one.
    bus: Option<watch::Receiver<Link>>,
    /// Does what operators ask of the read models.
    keeper: JoinHandle<()>,
}

/// Checks the read store and starts.
pub(crate) async fn start(
    settings: &Settings,
    database: &LogDatabase,
    store: &Arc<dyn ReadStore>,
    opening: Opening,
    wake: Option<watch::Receiver<Position>>,
    mut shutdown: Shutdown,
) -> Result<Running> {
    let dependency = Dependency::read_store(settings);
    dependency.patiently(|| store.check()).await?;
    let models: Vec<Model> = all_models(settings.order()?);
    let read_models = ReadModels::new(Arc::clone(store), models.clone(), settings.lanes);
    let options = ProjectorOptions {
        lanes: settings.lanes,
        ..ProjectorOptions::new(models)
    };
    let projector = Projector::new(Arc::clone(store), options);
    let (feeds, bus) = feeds(settings, database.store(), wake).await?;
    let feeds = opened(feeds, opening);
    let keeper = Keeper::new(read_models, projector.clone(), Arc::clone(&feeds));
    let mut until = shutdown.clone();
    let keeper = tokio::spawn(keeper.run(async move { until.wait().await }));
    let running = projector.clone();
    let task = tokio::spawn(async move {
        running
            .run(feeds, async move { shutdown.wait().await })
            .await
    });
    Ok(Running {
        projector,
        task,
        bus,
        keeper,
    })
}

async fn feeds(
    settings: &Settings,
    log: Arc<dyn LogStore>,
    wake: Option<watch::Receiver<Position>>,
) -> Result<(FeedFactory, Option<watch::Receiver<Link>>)> {
    if let Some(bus) = connect_bus(settings).await? {
        let link = bus.link();
        let feeds: FeedFactory = Arc::new(move || {
            Box::new(BusFeed::new(
                Arc::clone(&log),
                bus.clone(),
                BusFeedConfig::default(),
            )) as Box<dyn Feed>
        });
        return Ok((feeds, Some(link)));
    }
    // Without a writer in this process nothing wakes us: the sender goes away and the feed polls.
    let wake = wake.unwrap_or_else(|| watch::channel(Position::START).1);
    let feeds: FeedFactory = Arc::new(move || {
        Box::new(LogFeed::new(Arc::clone(&log), wake.clone(), POLL)) as Box<dyn Feed>
    });
    Ok((feeds, None))
}

impl Running {
    /// How the read models do, and the bus.
    pub(super) fn health(&self) -> Vec<Check> {
        let projector = self.projector.clone();
        let models: Check =
            Box::new(move || projector.status().iter().map(health::projection).collect());
        let bus = self.bus.clone().map(health::bus);
        std::iter::once(models).chain(bus).collect()
    }

    /// Waits a while until the documents contain everything up to a position.
    pub(super) async fn settle(&self, position: Position) {
        if tokio::time::timeout(SETTLE, self.projector.settle(position))
            .await
            .is_err()
        {
            tracing::warn!(
                position = position.get(),
                "the read models have not caught up; they will at the next start"
            );
        }
    }

    /// Waits until it has stopped.
    pub(crate) async fn stopped(self) -> Result<()> {
        self.keeper
            .await
            .context("the keeper of the read models stopped")?;
        if self.task.is_finished() {
            return Ok(());
        }
        self.task
            .await
            .context("the projector stopped")?
            .context("the projector failed")
    }
}

/// Waits until the projector ends by itself; for ever when there is none.
pub(super) async fn ended(running: Option<&mut Running>) -> Result<()> {
    match running {
        Some(running) => (&mut running.task)
            .await
            .context("the projector stopped")?
            .context("the projector failed"),
        None => std::future::pending().await,
    }
}
