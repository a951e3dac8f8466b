//! `/api/read/titles/{id_or_slug}/duplicates`.
//!
//! Never a test of the comparison itself, which has its own: that the right titles are compared, and shown to the right people.

use accession_events::Position;
use accession_service::access::ACCESS_LIFETIME;
use http::StatusCode;
use serde_json::{Value, json};

use crate::asks::{App, token};
use crate::given::{Catalogue, Subject, id, over_every_store};

over_every_store!(
    a_title_entered_twice_is_found_with_reasons,
    other_volumes_kinds_and_hidden_titles_are_no_duplicates,
    possible_duplicates_are_for_curators,
);

async fn shelf(subject: &Subject) -> Catalogue {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let books = [
        (1, "book", "rose", "The Name of the Rose", "Umberto Eco"),
        (2, "book", "rose-2", "Name of the Rose, The", "Eco, Umberto"),
        (3, "book", "pendulum", "Foucault's Pendulum", "Umberto Eco"),
        (
            4,
            "book",
            "saga-1",
            "Saga of the North, Volume 1",
            "Ann Lee",
        ),
        (
            5,
            "book",
            "saga-2",
            "Saga of the North, Volume 2",
            "Ann Lee",
        ),
        (
            6,
            "film",
            "rose-film",
            "The Name of the Rose",
            "Umberto Eco",
        ),
    ];
    for (number, kind, slug, name, author) in books {
        let facts = [("name", json!(name)), ("authors", json!([author]))];
        catalogue.add_title_with(number, kind, slug, &facts);
    }
    for number in 100..130u128 {
        let (slug, name) = (format!("other-{number}"), format!("Other{number}"));
        catalogue.add_title(number, "book", &slug, &name);
    }
    catalogue.write().await;
    catalogue
}

fn slugs(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item["slug"].as_str().unwrap()).collect()
}

async fn asked(app: &App, slug: &str, position: Position) -> Value {
    let path = format!("/api/read/titles/{slug}/duplicates?min_position={position}");
    let answer = app.get_as_curator(&path).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json());
    answer.json()
}

async fn a_title_entered_twice_is_found_with_reasons(subject: Subject) {
    let catalogue = shelf(&subject).await;
    let app = App::over(&subject.store).await;
    let page = asked(&app, "rose", catalogue.position()).await;
    assert_eq!(slugs(&page), ["rose-2"]);
    let twin = &page["items"][0];
    assert_eq!(twin["band"], "likely");
    assert!(twin["score"].as_f64().unwrap() > 0.5);
    let reasons = twin["factors"].as_array().unwrap();
    assert!(
        reasons.iter().any(|reason| reason["name"] == "title_same"
            && reason["contribution"].as_f64().unwrap() > 0.0)
    );
    assert!(!twin["doubts"].as_array().unwrap().is_empty());
}

async fn other_volumes_kinds_and_hidden_titles_are_no_duplicates(subject: Subject) {
    let mut catalogue = shelf(&subject).await;
    let app = App::over(&subject.store).await;
    let reason = json!({ "reason": "entered twice" });
    catalogue.tell("catalog.title", id(2), "TitleDeactivated", &reason);
    let position = catalogue.write().await;
    assert_eq!(
        slugs(&asked(&app, "rose", position).await),
        Vec::<&str>::new()
    );
    assert_eq!(
        slugs(&asked(&app, "saga-1", position).await),
        Vec::<&str>::new()
    );
    assert_eq!(
        slugs(&asked(&app, "rose-film", position).await),
        Vec::<&str>::new()
    );
}

async fn possible_duplicates_are_for_curators(subject: Subject) {
    let catalogue = shelf(&subject).await;
    let app = App::over(&subject.store).await;
    let path = "/api/read/titles/rose/duplicates";
    let anonymous = app.get_at(path, catalogue.position()).await;
    assert_eq!(anonymous.status, StatusCode::UNAUTHORIZED);
    let bearer = format!("Bearer {}", token(None, ACCESS_LIFETIME));
    let reader = app.get_with(path, &[("authorization", &bearer)]).await;
    assert_eq!(reader.status, StatusCode::FORBIDDEN);
    let missing = app
        .get_as_curator("/api/read/titles/no-such/duplicates")
        .await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}
