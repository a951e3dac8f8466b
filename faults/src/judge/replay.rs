//! Every read model against a fresh replay of the log: byte for byte.
//!
//! The fresh one is built by the projector as a library, in a place of its own.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use accession_event_log::LogStore;
use accession_events::values::{Authority, AuthorityOrder};
use accession_events::{Position, RecordedEvent};
use accession_feed::{Feed, LogFeed};
use accession_projector::{FeedFactory, Model, Projector, ProjectorOptions, all_models};
use accession_read_store::{EmbeddedOptions, EmbeddedStore, ReadStore, RedisOptions, RedisStore};
use accession_testkit::Signal;
use anyhow::{Context as _, Result, bail};
use tokio::sync::watch;

use super::contents::{self, Contents};
use crate::scenario::Part;
use crate::system::{NAMESPACE, System};

const PATIENCE: Duration = Duration::from_mins(2);
const FRESH: &str = "fresh";
const POLL: Duration = Duration::from_millis(100);
/// More differences than this say nothing new.
const ENOUGH: usize = 8;

/// What differs, and how much was compared.
pub(super) async fn compare(
    system: &System,
    log: Arc<dyn LogStore>,
    events: &[RecordedEvent],
) -> Result<(Vec<String>, usize)> {
    let head = events
        .last()
        .map_or(Position::START, |event| event.position);
    let (stored, fresh) = if system.machine(Part::AllInOne).is_ok() {
        embedded(system, log, head).await?
    } else {
        in_redis(system, log, head).await?
    };
    if fresh.is_empty() {
        bail!("the fresh replay has made nothing: the comparison would prove nothing");
    }
    Ok((differences(&stored, &fresh), fresh.len()))
}

fn models() -> Result<Vec<Model>> {
    Ok(all_models(AuthorityOrder::new(&Authority::ALL)?))
}

async fn in_redis(
    system: &System,
    log: Arc<dyn LogStore>,
    head: Position,
) -> Result<(Contents, Contents)> {
    // The wire leads to whichever Redis serves now.
    let url = format!("redis://127.0.0.1:{}", system.wire(Part::Redis)?.port());
    let open = async |namespace: &str| {
        let options = RedisOptions {
            namespace: namespace.to_owned(),
            ..RedisOptions::new(&url)
        };
        let store: Arc<dyn ReadStore> = Arc::new(RedisStore::open(&options).await?);
        anyhow::Ok(store)
    };
    let (stored, fresh) = (open(NAMESPACE).await?, open(FRESH).await?);
    replay(Arc::clone(&fresh), log, head).await?;
    let models = models()?;
    Ok((
        contents::of(&*stored, &models).await?,
        contents::of(&*fresh, &models).await?,
    ))
}

async fn embedded(
    system: &System,
    log: Arc<dyn LogStore>,
    head: Position,
) -> Result<(Contents, Contents)> {
    let server = system.machine(Part::AllInOne)?;
    system.hold(Part::AllInOne).await;
    server.stop_by(Signal::TERM).await;
    let folder = tempfile::tempdir()?;
    let open = async |path: PathBuf| {
        let opened = tokio::task::spawn_blocking(move || {
            EmbeddedStore::open_with(&EmbeddedOptions::new(path))
        });
        let store: Arc<dyn ReadStore> = Arc::new(opened.await??);
        anyhow::Ok(store)
    };
    let fresh = open(folder.path().to_owned()).await?;
    replay(Arc::clone(&fresh), log, head).await?;
    let stored = open(server.data().join("read-store")).await?;
    let models = models()?;
    Ok((
        contents::of(&*stored, &models).await?,
        contents::of(&*fresh, &models).await?,
    ))
}

/// Builds all read models up to a position.
async fn replay(store: Arc<dyn ReadStore>, log: Arc<dyn LogStore>, head: Position) -> Result<()> {
    let projector = Projector::new(store, ProjectorOptions::new(models()?));
    let (_awake, wake) = watch::channel(head);
    let feeds: FeedFactory = Arc::new(move || {
        Box::new(LogFeed::new(Arc::clone(&log), wake.clone(), POLL)) as Box<dyn Feed>
    });
    let settled = projector.clone();
    let running = projector.run(feeds, async move {
        // An error here ends the run, too, and its own result tells why.
        let _ = settled.settle(head).await;
        while !settled.status().iter().all(|model| model.live) {
            tokio::time::sleep(POLL).await;
        }
    });
    let ended = tokio::time::timeout(PATIENCE, running).await;
    ended
        .with_context(|| format!("the fresh replay did not end within {PATIENCE:?}"))?
        .context("the fresh replay failed")
}

fn differences(stored: &Contents, fresh: &Contents) -> Vec<String> {
    let shown = |bytes: Option<&Vec<u8>>| {
        bytes.map_or_else(
            || "nothing".to_owned(),
            |bytes| String::from_utf8_lossy(bytes).chars().take(300).collect(),
        )
    };
    let keys: std::collections::BTreeSet<&String> = stored.keys().chain(fresh.keys()).collect();
    let different = keys
        .into_iter()
        .filter(|key| stored.get(*key) != fresh.get(*key));
    different
        .take(ENOUGH)
        .map(|key| {
            format!(
                "DIFFERENT: {key} is {}, and a fresh replay gives {}",
                shown(stored.get(key)),
                shown(fresh.get(key))
            )
        })
        .collect()
}
