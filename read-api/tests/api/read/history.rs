//! `…/history`: who changed what, from what to what.
//!
//! Never shows a reader what a curator took away.

use accession_events::Position;
use serde_json::{Value, json};

use crate::asks::App;
use crate::given::{Catalogue, Subject, curated, id, over_every_store};

over_every_store!(
    a_titles_history_tells_every_change_with_before_and_after_the_newest_first,
    a_history_is_read_page_by_page_and_an_unknown_title_has_none,
    changes_of_a_withdrawn_edition_are_for_curators,
    a_part_has_a_history_of_its_own,
);

fn positions(page: &Value) -> Vec<u64> {
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|change| change["position"].as_u64().unwrap())
        .collect()
}

async fn a_titles_history_tells_every_change_with_before_and_after_the_newest_first(
    subject: Subject,
) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let title = catalogue.add_title(1, "book", "a", "Their name");
    catalogue.rename(title, "Our name");
    catalogue.add_edition(2, title, "9780439023481");
    let head = catalogue.write().await;
    let app = App::over(&subject.store).await;
    let got = app.get("/api/read/titles/a/history").await;
    assert_eq!(got.header("accession-position"), head.to_string());
    let history = got.json();
    assert_eq!(positions(&history), [4, 3, 2]);
    assert_eq!(history["next_cursor"], Value::Null);
    let renamed = &history["items"][1];
    assert_eq!(
        renamed["fields"],
        json!([{ "field": "name", "before": "Their name", "after": "Our name", "said": "Our name" }])
    );
    assert_eq!(renamed["actor"], "service:test");
    assert_eq!(
        history["items"][0]["about"],
        json!({ "kind": "edition", "id": id(2) })
    );
}

async fn a_history_is_read_page_by_page_and_an_unknown_title_has_none(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let title = catalogue.add_title(1, "book", "a", "Name 0");
    for round in 1..7 {
        catalogue.rename(title, &format!("Name {round}"));
    }
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let path = format!("/api/read/titles/{title}/history");
    assert_eq!(all_pages(&app, &path, 3).await, [8, 7, 6, 5, 4, 3, 2]);
    let missing = app.get("/api/read/titles/nothing/history").await;
    assert_eq!(
        (missing.status.as_u16(), missing.code()),
        (404, "not_found".into())
    );
}

async fn changes_of_a_withdrawn_edition_are_for_curators(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let title = catalogue.add_title(1, "book", "a", "A");
    let (kept, gone) = (
        catalogue.add_edition(2, title, "9780439023481"),
        catalogue.add_edition(3, title, "9780439023511"),
    );
    catalogue.tell(
        "catalog.edition",
        gone,
        "EditionWithdrawn",
        &json!({ "title_id": title }),
    );
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let path = "/api/read/titles/a/history";
    let seen = app.get(path).await.json();
    assert_eq!(positions(&seen), [3, 2]);
    assert_eq!(seen["items"][0]["about"]["id"], json!(kept));
    let all = app.get_as_curator(path).await.json();
    assert_eq!(positions(&all), [5, 4, 3, 2]);
    let hidden = format!("/api/read/editions/{gone}/history");
    assert_eq!(app.get(&hidden).await.status.as_u16(), 404);
    assert_eq!(positions(&app.get_as_curator(&hidden).await.json()), [5, 4]);
}

async fn a_part_has_a_history_of_its_own(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let title = catalogue.add_title(1, "series", "a", "A");
    let episode = catalogue.add_episode(3, title, 1, "Pilot");
    catalogue.add_source(9, episode, title, "mirror", 5);
    let mut renamed = curated(&[("name", json!("The pilot"))]);
    renamed["title_id"] = json!(title);
    catalogue.tell("catalog.episode", episode, "EpisodeFactsAsserted", &renamed);
    let head = catalogue.write().await;
    assert_eq!(head, Position::new(5));
    let app = App::over(&subject.store).await;
    let history = app
        .get(&format!("/api/read/episodes/{episode}/history"))
        .await
        .json();
    assert_eq!(positions(&history), [5, 4, 3]);
    assert_eq!(
        history["items"][1]["about"],
        json!({ "kind": "video_source", "id": id(9) })
    );
    assert_eq!(history["items"][0]["fields"][0]["before"], "Pilot");
    for limit in 1..=4 {
        assert_eq!(
            all_pages(
                &app,
                &format!("/api/read/episodes/{episode}/history"),
                limit
            )
            .await,
            [5, 4, 3],
            "{limit} a page"
        );
    }
}

/// The positions of all changes, by pages of so many.
async fn all_pages(app: &App, path: &str, limit: usize) -> Vec<u64> {
    let (mut found, mut query) = (Vec::new(), format!("limit={limit}"));
    loop {
        let page = app.get(&format!("{path}?{query}")).await.json();
        found.extend(positions(&page));
        match page["next_cursor"].as_str() {
            Some(cursor) => query = format!("limit={limit}&cursor={cursor}"),
            None => return found,
        }
    }
}
