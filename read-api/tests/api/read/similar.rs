//! `/api/read/titles/{id_or_slug}/similar`.
//!
//! Never a test of taste: what is alike here shares an author, a genre or rare words.

use http::StatusCode;
use serde_json::{Value, json};

use crate::asks::App;
use crate::given::{Catalogue, Subject, id, over_every_store};

over_every_store!(
    similar_titles_share_authors_genres_or_what_they_are_about,
    similar_titles_are_never_the_title_itself_nor_a_hidden_one,
    bad_questions_for_similar_titles_are_refused,
);

async fn shelf(subject: &Subject) -> Catalogue {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let books = [
        (
            "rose",
            "The Name of the Rose",
            "Umberto Eco",
            "Mystery",
            "Murders in a medieval abbey.",
        ),
        (
            "pendulum",
            "Foucault's Pendulum",
            "Umberto Eco",
            "Mystery",
            "Editors invent a plot.",
        ),
        (
            "morbid",
            "A Morbid Taste for Bones",
            "Ellis Peters",
            "Mystery",
            "A medieval abbey, a relic.",
        ),
        (
            "cadfael",
            "Monk's Hood",
            "Ellis Peters",
            "Crime",
            "Poison in a medieval abbey.",
        ),
        ("cookery", "Cookery", "Someone Else", "Cooking", "Soups."),
    ];
    for (number, (slug, name, author, genre, about)) in (1u128..).zip(books) {
        let facts = [
            ("name", json!(name)),
            ("authors", json!([author])),
            ("genres", json!([genre])),
            ("description", json!(about)),
        ];
        catalogue.add_title_with(number, "book", slug, &facts);
    }
    for number in 100..140u128 {
        catalogue.add_title(
            number,
            "book",
            &format!("other-{number}"),
            &format!("Other{number}"),
        );
    }
    catalogue.write().await;
    catalogue
}

fn slugs(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|card| card["slug"].as_str().unwrap()).collect()
}

async fn similar_titles_share_authors_genres_or_what_they_are_about(subject: Subject) {
    let catalogue = shelf(&subject).await;
    let app = App::over(&subject.store).await;
    let at = catalogue.position();
    let by_slug = app.get_at("/api/read/titles/rose/similar", at).await;
    assert_eq!(by_slug.status, StatusCode::OK, "{by_slug:?}");
    assert_eq!(by_slug.header("accession-position"), at.to_string());
    let page = by_slug.json();
    assert_eq!(slugs(&page)[0], "pendulum");
    assert!(slugs(&page).contains(&"morbid") && slugs(&page).contains(&"cadfael"));
    assert!(!slugs(&page).contains(&"cookery"));
    let card = app.get("/api/read/titles?limit=200").await.json();
    assert!(
        card["items"]
            .as_array()
            .unwrap()
            .contains(&page["items"][0])
    );
    let by_id = app
        .get_at(&format!("/api/read/titles/{}/similar", id(1)), at)
        .await;
    assert_eq!(by_id.json(), page);
    let one = app
        .get_at("/api/read/titles/rose/similar?limit=1", at)
        .await;
    assert_eq!(slugs(&one.json()), ["pendulum"]);
    let etag = by_id.header("etag").to_owned();
    let path = "/api/read/titles/rose/similar";
    let same = app.get_with(path, &[("if-none-match", &etag)]).await;
    assert_eq!(same.status, StatusCode::NOT_MODIFIED);
}

async fn similar_titles_are_never_the_title_itself_nor_a_hidden_one(subject: Subject) {
    let mut catalogue = shelf(&subject).await;
    let app = App::over(&subject.store).await;
    let reason = json!({ "reason": "entered twice" });
    catalogue.tell("catalog.title", id(2), "TitleDeactivated", &reason);
    let at = catalogue.write().await;
    for slug in ["rose", "morbid", "cadfael"] {
        let path = format!("/api/read/titles/{slug}/similar?limit=50");
        let found = app.get_at(&path, at).await.json();
        assert!(!slugs(&found).is_empty(), "{slug}");
        assert!(
            !slugs(&found).contains(&slug) && !slugs(&found).contains(&"pendulum"),
            "{slug}"
        );
        let curator = app.get_as_curator(&path).await.json();
        assert!(!slugs(&curator).contains(&"pendulum"), "{slug}");
    }
    let hidden = "/api/read/titles/pendulum/similar";
    let got = app.get(hidden).await;
    assert_eq!(
        (got.status, got.code()),
        (StatusCode::NOT_FOUND, "not_found".to_owned())
    );
    assert_eq!(app.get_as_curator(hidden).await.status, StatusCode::OK);
}

async fn bad_questions_for_similar_titles_are_refused(subject: Subject) {
    shelf(&subject).await;
    let app = App::over(&subject.store).await;
    for query in ["limit=0", "limit=51", "limit=x", "cursor=x", "q=rose"] {
        let got = app
            .get(&format!("/api/read/titles/rose/similar?{query}"))
            .await;
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{query}");
    }
    for missing in ["nothing", "..%2f", &id(4711).to_string(), &"x".repeat(5000)] {
        let got = app
            .get(&format!("/api/read/titles/{missing}/similar"))
            .await;
        assert_eq!(got.status, StatusCode::NOT_FOUND, "{missing}");
    }
}
