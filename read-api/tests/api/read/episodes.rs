//! `/api/read/titles/{id-or-slug}/episodes`.
//!
//! Never an empty list for a title that is not there.

use http::StatusCode;
use serde_json::json;

use crate::asks::App;
use crate::given::{Catalogue, Subject, over_every_store};

over_every_store!(
    episodes_come_by_number_page_by_page,
    a_title_without_episodes_has_an_empty_list_and_an_unknown_title_none,
);

async fn episodes_come_by_number_page_by_page(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let title = catalogue.add_title(1, "series", "a", "A");
    for number in (1..=120_u32).rev() {
        catalogue.add_episode(u128::from(number) + 1000, title, number, "An episode");
    }
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let (mut numbers, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = app
            .get(&format!("/api/read/titles/a/episodes?limit=50{cursor}"))
            .await
            .json();
        numbers.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["number"].as_u64().unwrap()),
        );
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(numbers, (1..=120).collect::<Vec<u64>>());
}

async fn a_title_without_episodes_has_an_empty_list_and_an_unknown_title_none(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    catalogue.add_title(1, "series", "a", "A");
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    let empty = app.get("/api/read/titles/a/episodes").await;
    assert_eq!(empty.json(), json!({ "items": [], "next_cursor": null }));
    let unknown = app.get("/api/read/titles/b/episodes").await;
    assert_eq!(
        (unknown.status, unknown.code()),
        (StatusCode::NOT_FOUND, "not_found".into())
    );
}
