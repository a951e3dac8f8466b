//! The index of copies in its directory: gone on with, filled anew, and filled while things change.
//!
//! Never looks into the index itself: what members find and what health says is compared.

use std::path::Path;

use accession_read_api::ReadOptions;
use accession_service::health::PartStatus;
use accession_testkit::eventually;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{OURS, found, ids, ours, shelf, told};
use crate::asks::{App, LONG};
use crate::given::{Catalogue, Subject, id, over_every_store};

over_every_store!(
    a_restarted_process_goes_on_from_its_index_of_copies,
    an_index_of_copies_follows_readers_to_another_generation,
    names_that_change_while_an_index_is_filled_are_those_that_copies_are_found_by,
);

fn health(app: &App) -> PartStatus {
    let parts = app.api.health_parts();
    let mut parts = parts.into_iter();
    parts.find(|part| part.name == "search_copies").unwrap()
}

async fn start(subject: &Subject, directory: &Path) -> App {
    let options = ReadOptions {
        search_dir: Some(directory.to_owned()),
        ..ReadOptions::default()
    };
    let app = App::with(&subject.store, &options).await;
    eventually(LONG, || async {
        !health(&app).details["position"].is_null()
    })
    .await;
    app
}

/// Everything that a member can learn from the index.
async fn everything(app: &App, catalogue: &Catalogue) -> Vec<Value> {
    let mut all = Vec::new();
    for more in [
        "",
        "&q=emma",
        "&q=northanger",
        "&q=scullery",
        "&q=signed",
        "&sort=author",
        "&sort=-title",
    ] {
        let path = ours(&format!(
            "search?facets=availability,tag,author&limit=200{more}"
        ));
        all.push(told(app, catalogue.position(), &path).await);
    }
    all
}

async fn a_restarted_process_goes_on_from_its_index_of_copies(subject: Subject) {
    let directory = TempDir::new().unwrap();
    let mut catalogue = shelf(&subject).await;
    let app = start(&subject, directory.path()).await;
    assert_eq!(health(&app).details["origin"], "filled");
    assert_eq!(health(&app).details["entries"], 4);
    catalogue.rename(id(3), "The Trial");
    let at = catalogue.write().await;
    assert_eq!(
        found(&told(&app, at, &ours("search?q=trial")).await),
        ids(&[103])
    );
    drop(app);
    // Missed meanwhile: of a title, of a place, of who waits, and of a copy itself.
    catalogue.rename(id(1), "Northanger Abbey");
    catalogue.write().await;
    let renamed = json!({ "place_id": id(200), "former": "Library", "name": "Scullery" });
    catalogue.tell("holdings.places", id(OURS), "PlaceRenamed", &renamed);
    catalogue.hold(id(100), id(OURS), id(1), id(super::ANA));
    catalogue.add_copy(120, id(OURS), id(2), &[]);
    let at = catalogue.write().await;
    let app = start(&subject, directory.path()).await;
    for (typed, expected) in [
        ("q=northanger", &[100, 101][..]),
        ("q=emma", &[]),
        ("q=scullery&availability=held", &[100]),
        ("q=persuasion", &[102, 120]),
    ] {
        let page = told(&app, at, &ours(&format!("search?{typed}&sort=oldest"))).await;
        assert_eq!(found(&page), ids(expected), "{typed}");
    }
    assert_eq!(health(&app).details["origin"], "resumed");
    let resumed = everything(&app, &catalogue).await;
    let fresh = App::over(&subject.store).await;
    assert_eq!(resumed, everything(&fresh, &catalogue).await);
}

async fn an_index_of_copies_follows_readers_to_another_generation(subject: Subject) {
    let catalogue = shelf(&subject).await;
    let app = App::over(&subject.store).await;
    let before = everything(&app, &catalogue).await;
    let second = Catalogue::unpromoted_with_libraries(&subject.store, 2).await;
    let mut second = catalogue.retold(second).await;
    second.promote().await;
    eventually(LONG, || async { health(&app).details["generation"] == 2 }).await;
    assert_eq!(before, everything(&app, &second).await);
    second.rename(id(3), "The Trial");
    let at = second.write().await;
    assert_eq!(
        found(&told(&app, at, &ours("search?q=trial")).await),
        ids(&[103])
    );
}

async fn names_that_change_while_an_index_is_filled_are_those_that_copies_are_found_by(
    subject: Subject,
) {
    let mut catalogue = shelf(&subject).await;
    for number in 0..1_500 {
        catalogue.add_copy(1_000 + number, id(OURS), id(3), &[]);
    }
    catalogue.write().await;
    let app = App::unsettled(&subject.store, &ReadOptions::default());
    for round in 0..30 {
        catalogue.rename(id(3), &format!("Trial number{round}"));
        catalogue.rename(id(1), &format!("Northanger number{round}"));
        catalogue.write().await;
    }
    let at = catalogue.position();
    eventually(LONG, || async {
        !health(&app).details["position"].is_null()
    })
    .await;
    eventually(LONG, || async { app.follows() }).await;
    assert_eq!(
        told(&app, at, &ours("search?q=number29&limit=1")).await["total"],
        1_503
    );
    assert_eq!(
        told(&app, at, &ours("search?q=%22number28%22")).await["total"],
        0
    );
    let fresh = App::over(&subject.store).await;
    assert_eq!(
        everything(&app, &catalogue).await,
        everything(&fresh, &catalogue).await
    );
}
