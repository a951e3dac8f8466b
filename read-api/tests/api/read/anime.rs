//! `/api/read/anime` and `/api/read/anime/{slug}`: the payloads that clients of an older catalogue know.
//!
//! Never a field more or less than they expect.

use http::StatusCode;
use serde_json::{Value, json};

use crate::asks::App;
use crate::given::{Catalogue, Subject, id, over_every_store};

over_every_store!(
    the_list_is_a_bare_array_of_series_and_films_in_the_known_shape,
    the_list_pages_by_offset_within_bounds,
    a_page_has_episodes_with_their_sources_by_priority,
    a_page_follows_every_change_of_its_title,
    a_book_is_no_anime,
);

fn facts() -> Vec<(&'static str, Value)> {
    vec![
        ("name", json!("Attack on Titan")),
        ("alternative_names", json!(["進撃の巨人"])),
        ("genres", json!(["Action", "Drama"])),
        ("release_year", json!(2013)),
        ("status", json!("completed")),
        ("poster", json!("https://example.org/p.jpg")),
        ("description", json!("Walls.")),
    ]
}

fn card() -> Value {
    json!({
        "slug": "attack-on-titan",
        "title": "Attack on Titan",
        "poster": "https://example.org/p.jpg",
        "year": 2013,
        "status": "completed",
        "genres": ["Action", "Drama"],
        "alternative_titles": ["進撃の巨人"],
        "is_active": true,
        "last_updated": "2023-11-14T22:13:22Z",
    })
}

async fn the_list_is_a_bare_array_of_series_and_films_in_the_known_shape(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    catalogue.add_title_with(1, "series", "attack-on-titan", &facts());
    catalogue.add_title(2, "book", "a-book", "A book");
    catalogue.add_title(3, "film", "a-film", "A film");
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let bare = json!({
        "slug": "a-film", "title": "A film", "poster": null, "year": null, "status": null, "genres": [],
        "alternative_titles": [], "is_active": true, "last_updated": "2023-11-14T22:13:24Z",
    });
    for _ in 0..2 {
        let list = app.get("/api/read/anime").await;
        assert_eq!(list.json(), json!([bare, card()]));
        assert_eq!(
            list.header("accession-position"),
            catalogue.position().to_string()
        );
    }
    // A client compares texts of old answers, too: the order of the fields is part of the shape.
    let list = app.get("/api/read/anime?skip=1").await;
    let text = String::from_utf8(list.bytes.to_vec()).unwrap();
    assert!(
        text.starts_with(r#"[{"slug":"attack-on-titan","title":"#),
        "{text}"
    );
}

async fn the_list_pages_by_offset_within_bounds(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    for number in 0..130 {
        catalogue.add_title(number + 1, "series", &format!("s-{number:03}"), "Name");
    }
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let mut slugs = Vec::new();
    for skip in [0, 100] {
        let page = app
            .get(&format!("/api/read/anime?skip={skip}&limit=100"))
            .await
            .json();
        let found = page
            .as_array()
            .unwrap()
            .iter()
            .map(|card| card["slug"].as_str().unwrap().to_owned());
        slugs.extend(found);
    }
    let expected: Vec<_> = (0..130)
        .rev()
        .map(|number| format!("s-{number:03}"))
        .collect();
    assert_eq!(slugs, expected);
    assert_eq!(app.get("/api/read/anime?skip=500").await.json(), json!([]));
    for bad in ["limit=101", "limit=0", "skip=-1", "skip=999999", "cursor=x"] {
        let got = app.get(&format!("/api/read/anime?{bad}")).await;
        assert_eq!(
            (got.status, got.code()),
            (StatusCode::BAD_REQUEST, "malformed_request".into()),
            "{bad}"
        );
    }
}

async fn a_page_has_episodes_with_their_sources_by_priority(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let title = catalogue.add_title_with(1, "series", "attack-on-titan", &facts());
    let second = catalogue.add_episode(12, title, 2, "That Day");
    let first = catalogue.add_episode(11, title, 1, "To You");
    let detached = catalogue.add_episode(13, title, 3, "Elsewhere");
    catalogue.add_source(21, first, title, "low", 1);
    catalogue.add_source(22, first, title, "high", 10);
    catalogue.tell(
        "catalog.episode",
        detached,
        "EpisodeDetached",
        &json!({ "title_id": title, "number": 3 }),
    );
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let source = |name: &str, priority: i32| {
        json!({ "type": "m3u8", "url": format!("https://video.example/{name}.m3u8"), "source_name": name,
            "priority": priority, "is_active": true })
    };
    let mut expected = card();
    expected["last_updated"] = json!("2023-11-14T22:13:28Z");
    expected["description"] = json!("Walls.");
    expected["episodes"] = json!([
        { "id": first, "number": 1, "title": "To You", "video_sources": [source("high", 10), source("low", 1)] },
        { "id": second, "number": 2, "title": "That Day", "video_sources": [] },
    ]);
    for _ in 0..2 {
        let page = app.get("/api/read/anime/attack-on-titan").await;
        assert_eq!(page.json(), expected);
        let same = app
            .get_with(
                "/api/read/anime/attack-on-titan",
                &[("if-none-match", page.header("etag"))],
            )
            .await;
        assert_eq!(same.status, StatusCode::NOT_MODIFIED);
    }
}

async fn a_page_follows_every_change_of_its_title(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let title = catalogue.add_title(1, "film", "a-film", "First");
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    for round in 0..5 {
        let name = format!("Name {round}");
        catalogue.rename(title, &name);
        let position = catalogue.write().await;
        let page = app.get_at("/api/read/anime/a-film", position).await;
        assert_eq!(page.json()["title"], json!(name));
        let list = app.get_at("/api/read/anime", position).await;
        assert_eq!(list.json()[0]["title"], json!(name));
    }
}

async fn a_book_is_no_anime(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    catalogue.add_title(1, "book", "a-book", "A book");
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    for slug in ["a-book".to_owned(), "nothing".to_owned(), id(1).to_string()] {
        let got = app.get(&format!("/api/read/anime/{slug}")).await;
        assert_eq!(
            (got.status, got.code()),
            (StatusCode::NOT_FOUND, "not_found".into()),
            "{slug}"
        );
    }
}
