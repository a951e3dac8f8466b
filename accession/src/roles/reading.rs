//! The read API's role: it gets the read store and what verifies tokens, and nothing else.
//!
//! It starts without its store, too; until the store was found to be the right one, it answers no question.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use accession_read_api::calendar_links::CalendarOwners;
use accession_read_api::records::PersonalRecords;
use accession_read_api::{CurrentTexts, ReadApi, ReadOptions};
use accession_read_store::{ReadStore, ReadStoreError, RedisStore};
use accession_service::access::{AccessVerifier, NobodyKnows, Standings};
use accession_service::problem::Problem;
use accession_service::shutdown::Shutdown;
use accession_service::views::ViewLog;
use anyhow::{Context as _, Result};
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::health::Check;
use super::writing::verifying_keys;
use crate::assembly;
use crate::data_dir::DataDir;
use crate::settings::{Role, Settings};
use crate::waiting::{Dependency, MayPass as _};

/// How often a store that was away at the start is looked for.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// When a reader may try again.
const SOON: Duration = Duration::from_secs(1);

/// What the role consists of.
pub(super) struct Reading {
    pub(super) router: Router,
    pub(super) health: Vec<Check>,
    /// Ends with an error when the store turns out to be a wrong one.
    pub(super) looking: Option<JoinHandle<Result<()>>>,
}

/// What of people is held outside the read store, as far as this process reaches it.
#[derive(Default)]
pub(super) struct Held {
    /// Who looked at whose data.
    pub(super) views: Option<Arc<dyn ViewLog>>,
    /// Whose calendar a link opens.
    pub(super) calendars: Option<Arc<dyn CalendarOwners>>,
    /// Events and private rows.
    pub(super) records: Option<Arc<dyn PersonalRecords>>,
}

/// What asks the read store: for readers, and for every gate that has to know how accounts stand. None in a process that
/// reaches no read store.
pub(super) fn questions(
    settings: &Settings,
    data: &DataDir,
    role: Role,
    (store, held): (Option<Arc<dyn ReadStore>>, Held),
    shutdown: &Shutdown,
) -> Result<Option<ReadApi>> {
    let store = match store {
        Some(store) => Some(store),
        None => assembly::read_store_at_need(settings)?,
    };
    let Some(store) = store else {
        return Ok(None);
    };
    let verifier = AccessVerifier::new(verifying_keys(settings, role.writes())?);
    let options = if role.reads() {
        let cache_bytes = usize::try_from(settings.cache_mb * 1024 * 1024)
            .context("cache_mb is too large for this machine")?;
        ReadOptions {
            cache_bytes,
            lanes: settings.lanes,
            search: settings.search,
            search_dir: search_dir(settings, data),
        }
    } else {
        ReadOptions::standings_only(settings.lanes)
    };
    let now = settings.documents()?;
    let texts = CurrentTexts {
        privacy: now.privacy.map(|version| version.to_string()),
        terms: now.terms.map(|version| version.to_string()),
    };
    let mut api = ReadApi::start(store, Some(verifier), &options, shutdown).asking_for(texts);
    if let Some(views) = held.views {
        api = api.witnessed_by(views);
    } else {
        tracing::warn!(
            "private_url is not set: this process cannot write down who looks at other people's data, and shows none"
        );
    }
    if let Some(calendars) = held.calendars {
        api = api.opening_calendars(calendars);
    }
    if let Some(records) = held.records {
        api = api.telling(records);
    }
    Ok(Some(api))
}

/// Where the search index lies; in memory when there is none.
fn search_dir(settings: &Settings, data: &DataDir) -> Option<PathBuf> {
    let set = settings.search_dir.clone();
    let directory = set.unwrap_or_else(|| data.search());
    (!directory.as_os_str().is_empty()).then_some(directory)
}

/// How accounts stand. Without a read store nobody knows, and whoever is signed in with an account is refused here.
pub(super) fn standings(questions: Option<&ReadApi>) -> Arc<dyn Standings> {
    let Some(questions) = questions else {
        tracing::warn!(
            "read_store_url is not set: this process cannot tell how accounts stand, and refuses whoever is signed in with one"
        );
        return Arc::new(NobodyKnows {
            reason: "this process reaches no read store: set read_store_url",
        });
    };
    questions.standings()
}

pub(super) async fn start(settings: &Settings, api: ReadApi) -> Result<Reading> {
    let found = look(settings).await;
    let (mut router, mut looking): (Router, _) = (api.router().into(), None);
    match found {
        Ok(()) => {}
        Err(error) if error.may_pass() => {
            let dependency = Dependency::read_store(settings);
            tracing::warn!(%error, "starting without {dependency}: reads are refused with 503 until it is there");
            let (opened, open) = watch::channel(false);
            router = router.route_layer(from_fn_with_state(open, refuse_until_open));
            looking = Some(tokio::spawn(look_again(settings.clone(), opened)));
        }
        Err(error) => return Err(Dependency::read_store(settings).unusable(&error).into()),
    }
    Ok(Reading {
        router,
        health: vec![Box::new(move || api.health_parts())],
        looking,
    })
}

/// Whether the store is there and split as we split it: looking into the wrong lane would be a false 404.
async fn look(settings: &Settings) -> Result<(), ReadStoreError> {
    match assembly::redis_options(settings) {
        Some(options) => RedisStore::open(&options).await.map(|_| ()),
        None => Ok(()),
    }
}

async fn look_again(settings: Settings, opened: watch::Sender<bool>) -> Result<()> {
    loop {
        tokio::time::sleep(LOOK_AGAIN).await;
        match look(&settings).await {
            Ok(()) => {
                tracing::info!("{} is there now", Dependency::read_store(&settings));
                opened.send_replace(true);
                return Ok(());
            }
            Err(error) if error.may_pass() => {}
            Err(error) => return Err(Dependency::read_store(&settings).unusable(&error).into()),
        }
    }
}

async fn refuse_until_open(
    State(open): State<watch::Receiver<bool>>,
    request: Request,
    next: Next,
) -> Response {
    if *open.borrow() {
        return next.run(request).await;
    }
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "dependency_unavailable",
        "the read store cannot be reached",
    )
    .retry_after(SOON)
    .into_response()
}

/// Waits until a store was found to be a wrong one; for ever when it is, or was found to be, the right one.
pub(super) async fn ended(looking: &mut Option<JoinHandle<Result<()>>>) -> Result<()> {
    if let Some(task) = looking {
        let found = task.await.context("looking for the read store stopped")?;
        *looking = None;
        found?;
    }
    std::future::pending().await
}
