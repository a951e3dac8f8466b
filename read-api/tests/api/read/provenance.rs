//! `…/provenance`: who said what, and which of it holds.
//!
//! Never mixes the trails of two things.

use serde_json::json;

use crate::asks::App;
use crate::given::{Catalogue, Subject, over_every_store};

over_every_store!(
    the_trail_of_a_title_says_who_said_its_name_and_what_holds,
    the_parts_of_a_title_have_trails_of_their_own,
);

async fn the_trail_of_a_title_says_who_said_its_name_and_what_holds(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let title = catalogue.add_title(1, "book", "a", "Their name");
    catalogue.rename(title, "Our name");
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let trail = app.get("/api/read/titles/a/provenance").await.json();
    let said: Vec<_> = trail["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            (
                entry["source"].clone(),
                entry["facts"][0]["value"].clone(),
                entry["facts"][0]["effective"].clone(),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            (json!("goodbooks"), json!("Their name"), json!(false)),
            (json!("curator:ana"), json!("Our name"), json!(true)),
        ]
    );
}

async fn the_parts_of_a_title_have_trails_of_their_own(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let title = catalogue.add_title(1, "series", "a", "A");
    let edition = catalogue.add_edition(2, title, "9780439023481");
    let episodes = [3, 4]
        .map(|key| catalogue.add_episode(key, title, u32::try_from(key).unwrap(), "An episode"));
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let of_edition = app
        .get(&format!("/api/read/editions/{edition}/provenance"))
        .await
        .json();
    assert_eq!(
        of_edition["about"],
        json!({ "kind": "edition", "id": edition })
    );
    let editions = app
        .get("/api/read/titles/a/provenance/editions")
        .await
        .json();
    assert_eq!(
        editions,
        json!({ "items": [of_edition], "next_cursor": null })
    );
    let of_episode = app
        .get(&format!("/api/read/episodes/{}/provenance", episodes[1]))
        .await
        .json();
    let page = app
        .get("/api/read/titles/a/provenance/episodes?limit=1")
        .await
        .json();
    assert_eq!(page["items"][0]["about"]["id"], json!(episodes[0]));
    let next = page["next_cursor"].as_str().unwrap();
    let last = app
        .get(&format!(
            "/api/read/titles/a/provenance/episodes?limit=1&cursor={next}"
        ))
        .await
        .json();
    assert_eq!(last, json!({ "items": [of_episode], "next_cursor": null }));
}
