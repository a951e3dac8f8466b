//! The read API: questions answered from documents, hot ones from memory.
//!
//! It never sees the log, the bus or the write side; documents and their change feed are all it knows.

mod answering;
mod asking;
mod browsing;
mod cache;
pub mod calendar_links;
mod catalog;
mod circulation;
mod compressing;
mod described;
mod feed_health;
mod health;
mod holdings;
mod identity;
mod ingestion;
mod library;
mod models;
mod pages;
mod reads;
pub mod records;
mod search;
mod standings;
mod streaming;
mod texts;
mod viewing;
mod visiting;

use std::path::PathBuf;
use std::sync::Arc;

use accession_read_store::ReadStore;
use accession_service::access::{AccessVerifier, Deciding, Gate, Standings};
use accession_service::describing::describe_access;
use accession_service::health::PartStatus;
use accession_service::requests::ReadObserver;
use accession_service::shutdown::Shutdown;
use accession_service::views::ViewLog;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use cache::HotDocuments;
use calendar_links::CalendarOwners;
use compressing::Compressing;
use feed_health::FeedHealth;
use reads::{Reads, Sources};
use records::PersonalRecords;
use search::{Finder, Followed, Topic};
use standings::HotStandings;
use viewing::Views;

pub use holdings::{Neighbour, Neighbours};
pub use standings::standing_of;
pub use texts::CurrentTexts;

const MEGABYTE: usize = 1024 * 1024;

/// How the read API is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadOptions {
    /// Bytes of documents that are kept in memory, at most; 0 keeps none.
    pub cache_bytes: usize,
    /// How many lanes the store's keys are shared among: the same number as the projector's.
    pub lanes: u16,
    /// Whether this process keeps a search index.
    pub search: bool,
    /// The directory that it lies in; in memory when there is none. One process only can have it.
    pub search_dir: Option<PathBuf>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            cache_bytes: 64 * MEGABYTE,
            lanes: 1,
            search: true,
            search_dir: None,
        }
    }
}

impl ReadOptions {
    /// For a process that answers no question of others and only has to know how accounts stand.
    #[must_use]
    pub fn standings_only(lanes: u16) -> Self {
        Self {
            cache_bytes: 4 * MEGABYTE,
            lanes,
            search: false,
            search_dir: None,
        }
    }

    /// For a server that is one process: it shares its memory with the other roles and with the store itself.
    #[must_use]
    pub fn embedded() -> Self {
        Self {
            cache_bytes: 24 * MEGABYTE,
            ..Self::default()
        }
    }
}

/// The running read API. Cheap to clone.
#[derive(Clone)]
pub struct ReadApi {
    hot: Arc<HotDocuments>,
    feed: Arc<FeedHealth>,
    /// Of titles, and of copies.
    finders: [Option<Arc<Finder>>; 2],
    gate: Gate,
    standings: Arc<dyn Standings>,
    views: Option<Views>,
    records: Option<Arc<dyn PersonalRecords>>,
    calendars: Option<Arc<dyn CalendarOwners>>,
    texts: CurrentTexts,
}

impl ReadApi {
    /// Starts to follow the change feed of documents, until the signal to stop; needs a Tokio runtime.
    ///
    /// The store need not be reachable yet: questions are refused with 503 until it is. Without a verifier every
    /// token is refused.
    #[must_use]
    pub fn start(
        store: Arc<dyn ReadStore>,
        verifier: Option<AccessVerifier>,
        options: &ReadOptions,
        shutdown: &Shutdown,
    ) -> Self {
        let finders = [Topic::Titles, Topic::Copies].map(|topic| {
            let followed = Followed {
                store: store.clone(),
                lanes: options.lanes,
                directory: options.search_dir.clone(),
            };
            let finder = options.search.then(|| Arc::new(Finder::new(topic)));
            if let Some(finder) = finder.clone() {
                tokio::spawn(search::follow(followed, finder, shutdown.clone()));
            }
            finder
        });
        let hot = Arc::new(HotDocuments::new(store, options.cache_bytes, options.lanes));
        let feed = Arc::new(FeedHealth::new(options.lanes));
        for lane in 0..options.lanes.max(1) {
            let follower = cache::follow(hot.clone(), lane, feed.clone(), shutdown.clone());
            tokio::spawn(follower);
        }
        let verifier = verifier.unwrap_or_else(|| AccessVerifier::new(Vec::new()));
        let standings: Arc<dyn Standings> = Arc::new(HotStandings::new(hot.clone()));
        Self {
            hot,
            feed,
            finders,
            gate: Gate::of_people(verifier).knowing(standings.clone()),
            standings,
            views: None,
            records: None,
            calendars: None,
            texts: CurrentTexts::default(),
        }
    }

    /// The same, writing down here who looks at whose data by virtue of an office. Without it such questions are refused.
    #[must_use]
    pub fn witnessed_by(mut self, views: Arc<dyn ViewLog>) -> Self {
        self.views = Some(Views::new(views));
        self
    }

    /// The same, telling a person also what is held about them beside the documents.
    #[must_use]
    pub fn telling(mut self, records: Arc<dyn PersonalRecords>) -> Self {
        self.records = Some(records);
        self
    }

    /// The same, answering calendar programs by links that these know.
    #[must_use]
    pub fn opening_calendars(mut self, owners: Arc<dyn CalendarOwners>) -> Self {
        self.calendars = Some(owners);
        self
    }

    /// The same, telling people which of these texts they agreed to in another version.
    #[must_use]
    pub fn asking_for(mut self, texts: CurrentTexts) -> Self {
        self.texts = texts;
        self
    }

    /// How accounts stand: what every gate of this process asks.
    #[must_use]
    pub fn standings(&self) -> Arc<dyn Standings> {
        self.standings.clone()
    }

    /// Which titles are near a name: what the writing side asks before a copy is taken in.
    #[must_use]
    pub fn neighbours(&self) -> Neighbours {
        Neighbours::new(self.hot.clone())
    }

    /// All questions under `/api/read`, with their description, compression and observation.
    #[must_use]
    pub fn router(&self) -> OpenApiRouter {
        let all = OpenApiRouter::new()
            .merge(catalog::router())
            .merge(ingestion::router())
            .merge(identity::router())
            .merge(library::router())
            .merge(holdings::router())
            .merge(circulation::router())
            .merge(search::router());
        self.serving(all)
    }

    /// Only what a person may ask about what is held of them: for a process that answers no question of others, but
    /// reaches what is not in documents.
    #[must_use]
    pub fn own_data_router(&self) -> OpenApiRouter {
        self.serving(identity::own_data())
    }

    fn serving(&self, routes: OpenApiRouter<Reads>) -> OpenApiRouter {
        let [finder, copies] = self.finders.clone();
        let reads = Reads::of(Sources {
            hot: self.hot.clone(),
            views: self.views.clone(),
            records: self.records.clone(),
            finder,
            copies,
            calendars: self.calendars.clone(),
            texts: self.texts.clone(),
        });
        // One layer of three for each route: what is put around a route one by one costs a box each, with every question.
        let around = (
            ReadObserver::default(),
            Deciding::new(self.gate.clone()).as_of(asking::as_of),
            Compressing::new(self.hot.clone()),
        );
        routes.with_state(reads).route_layer(around)
    }

    /// How the store, the change feed and each read model do now.
    #[must_use]
    pub fn health_parts(&self) -> Vec<PartStatus> {
        let mut parts = health::parts(&self.hot, &self.feed);
        let position = |model| self.hot.standing(model).map(|standing| standing.position);
        let finders = self.finders.iter().flatten();
        parts.extend(finders.map(|finder| finder.health(position(finder.model()))));
        parts
    }
}

/// The description of all questions, without a running read API.
#[must_use]
pub fn openapi() -> OpenApi {
    let mut api = OpenApiRouter::<Reads>::new()
        .merge(catalog::router())
        .merge(ingestion::router())
        .merge(identity::router())
        .merge(library::router())
        .merge(holdings::router())
        .merge(circulation::router())
        .merge(search::router())
        .into_openapi();
    describe_access(&mut api);
    api
}
