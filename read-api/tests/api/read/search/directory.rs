//! The search index in a directory: gone on with after a restart.
//!
//! Never looks into the index itself: what readers find and what health says is compared.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use accession_events::Position;
use accession_read_api::ReadOptions;
use accession_read_store::{Generation, ModelRef, ReadStore};
use accession_service::health::{Condition, PartStatus};
use accession_testkit::eventually;
use serde_json::Value;
use tempfile::TempDir;

use crate::asks::{App, LONG};
use crate::given::{Catalogue, Subject, id, over_every_store};

over_every_store!(
    a_restarted_process_goes_on_from_its_index,
    a_process_that_missed_nothing_goes_on_from_its_index,
    another_generation_gets_an_index_of_its_own_and_the_former_one_goes,
);

pub(super) async fn shelf(subject: &Subject) -> Catalogue {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    for number in 1..=40 {
        let name = format!("Volume {number:02} of the winter garden");
        catalogue.add_title(number, "book", &format!("volume-{number}"), &name);
        if number % 10 == 0 {
            catalogue.write().await;
        }
    }
    catalogue
}

pub(super) async fn start(store: &Arc<dyn ReadStore>, directory: &Path) -> App {
    let options = ReadOptions {
        search_dir: Some(directory.to_owned()),
        ..ReadOptions::default()
    };
    let app = App::with(store, &options).await;
    eventually(LONG, || async {
        !health(&app).details["position"].is_null()
    })
    .await;
    app
}

pub(super) fn health(app: &App) -> PartStatus {
    let parts = app.api.health_parts();
    parts
        .into_iter()
        .find(|part| part.name == "search")
        .unwrap()
}

pub(super) async fn found(app: &App, at: Position, query: &str) -> Value {
    let got = app.get_at(&format!("/api/read/search?q={query}"), at).await;
    assert_eq!(got.status, 200, "{query}: {got:?} {:?}", health(app));
    got.json()
}

/// The folders of indexes of titles.
pub(super) fn folders(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let of_titles = |path: &PathBuf| path.is_dir() && !path.ends_with("copies");
    paths.filter(of_titles).collect()
}

async fn a_restarted_process_goes_on_from_its_index(subject: Subject) {
    let directory = TempDir::new().unwrap();
    let mut catalogue = shelf(&subject).await;
    let app = start(&subject.store, directory.path()).await;
    assert_eq!(health(&app).details["origin"], "filled");
    catalogue.rename(id(3), "Winter came early");
    let at = catalogue.write().await;
    assert_eq!(found(&app, at, "early").await["total"], 1);
    drop(app);
    catalogue.rename(id(4), "Winter came late");
    catalogue.write().await;
    catalogue.add_title(41, "book", "last", "The last of winters");
    let at = catalogue.write().await;
    let app = start(&subject.store, directory.path()).await;
    for (query, total) in [("early", 1), ("late", 1), ("last", 1), ("volume", 38)] {
        assert_eq!(found(&app, at, query).await["total"], total, "{query}");
    }
    let status = health(&app);
    assert_eq!(status.details["origin"], "resumed");
    assert_eq!(status.details["entries"], 41);
    assert_eq!(status.details["kept"], "directory");
    assert_eq!(status.condition, Condition::Ok, "{status:?}");
}

async fn a_process_that_missed_nothing_goes_on_from_its_index(subject: Subject) {
    let directory = TempDir::new().unwrap();
    let catalogue = shelf(&subject).await;
    let before = folders_of_a_run(&subject.store, directory.path()).await;
    let app = start(&subject.store, directory.path()).await;
    let page = found(&app, catalogue.position(), "volume").await;
    assert_eq!(page["total"], 40);
    assert_eq!(health(&app).details["origin"], "resumed");
    assert_eq!(folders(directory.path()), before);
}

/// Starts and ends a process; the folders that it leaves.
pub(super) async fn folders_of_a_run(store: &Arc<dyn ReadStore>, directory: &Path) -> Vec<PathBuf> {
    drop(start(store, directory).await);
    let left = folders(directory);
    assert_eq!(left.len(), 1, "{left:?}");
    left
}

async fn another_generation_gets_an_index_of_its_own_and_the_former_one_goes(subject: Subject) {
    let directory = TempDir::new().unwrap();
    let catalogue = shelf(&subject).await;
    let app = start(&subject.store, directory.path()).await;
    let mut second = catalogue.rebuilt(2).await;
    second.rename(id(3), "Winter came early");
    let at = second.write().await;
    assert_eq!(found(&app, catalogue.position(), "early").await["total"], 0);
    second.promote().await;
    // Searching goes on meanwhile, and nobody sees an index that is not whole.
    while health(&app).details["generation"] == 1 {
        let page = app.get("/api/read/search?q=winter").await.json();
        assert_eq!(page["total"], 40);
    }
    assert_eq!(found(&app, at, "early").await["total"], 1);
    assert_eq!(health(&app).details["generation"], 2);
    let first = ModelRef {
        name: "title_page".into(),
        generation: Generation(1),
    };
    subject.store.promote_behind(&first).await.unwrap();
    eventually(LONG, || async {
        let page = app.get("/api/read/search?q=early").await.json();
        page["total"] == 0 && health(&app).details["generation"] == 1
    })
    .await;
    eventually(LONG, || async { folders(directory.path()).len() == 1 }).await;
    let left = folders(directory.path());
    assert!(
        left[0].to_str().unwrap().contains("generation-1."),
        "{left:?}"
    );
    drop(app);
    let app = start(&subject.store, directory.path()).await;
    assert_eq!(health(&app).details["origin"], "resumed");
}
