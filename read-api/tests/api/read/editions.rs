//! `/api/read/editions/{id}` and `/api/read/episodes/{id}`.
//!
//! Never one thing under the address of another.

use http::StatusCode;
use serde_json::json;

use crate::asks::App;
use crate::given::{Catalogue, Subject, over_every_store};

over_every_store!(
    an_edition_leads_to_its_title,
    an_episode_is_answered_by_its_id,
    the_id_of_something_else_is_not_found,
);

async fn an_edition_leads_to_its_title(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let title = catalogue.add_title(1, "book", "a", "A");
    let edition = catalogue.add_edition(2, title, "9780439023481");
    let position = catalogue.write().await;
    let app = App::over(&subject.store).await;
    let got = app.get(&format!("/api/read/editions/{edition}")).await;
    assert_eq!(got.json()["isbn10"], "0439023483");
    assert_eq!(
        got.header("link"),
        format!("</api/read/titles/{title}>; rel=\"up\"")
    );
    let etag = got.header("etag");
    assert!(etag.starts_with(&format!("\"g1-{position}-")), "{etag}");
}

async fn an_episode_is_answered_by_its_id(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let title = catalogue.add_title(1, "series", "a", "A");
    let episode = catalogue.add_episode(2, title, 1, "One");
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let got = app.get(&format!("/api/read/episodes/{episode}")).await;
    assert_eq!(
        (got.json()["number"].clone(), got.json()["title_id"].clone()),
        (json!(1), json!(title))
    );
    catalogue.tell(
        "catalog.episode",
        episode,
        "EpisodeDetached",
        &json!({ "title_id": title, "number": 1 }),
    );
    let position = catalogue.write().await;
    let got = app
        .get_at(&format!("/api/read/episodes/{episode}"), position)
        .await;
    assert_eq!(got.status, StatusCode::NOT_FOUND);
}

async fn the_id_of_something_else_is_not_found(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let title = catalogue.add_title(1, "series", "a", "A");
    let edition = catalogue.add_edition(2, title, "9780439023481");
    let episode = catalogue.add_episode(3, title, 1, "One");
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    for path in [
        format!("editions/{title}"),
        format!("editions/{episode}"),
        format!("editions/{title}/provenance"),
        format!("episodes/{edition}"),
        format!("episodes/{edition}/provenance"),
        format!("titles/{episode}"),
        "editions/nonsense".to_owned(),
    ] {
        let got = app.get(&format!("/api/read/{path}")).await;
        assert_eq!(
            (got.status, got.code()),
            (StatusCode::NOT_FOUND, "not_found".into()),
            "{path}"
        );
    }
}
