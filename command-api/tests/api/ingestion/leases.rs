//! `PUT` and `DELETE /api/v1/internal/import/leases/{source}/{holder}`.
//!
//! That a lease runs out is tested at its table, where time is an argument.

use serde_json::json;
use uuid::Uuid;

use crate::app::App;

#[tokio::test]
async fn one_importer_has_a_source_and_another_is_told_who_until_it_is_given_back() {
    for app in App::everywhere().await {
        let path = |source: &str, holder: u128| {
            let holder = Uuid::from_u128(holder);
            format!("/api/v1/internal/import/leases/{source}/{holder}")
        };
        let input = json!({ "input": "books.csv#abc" });
        let take = |source: &str, holder: u128| {
            let call = app.put(path(source, holder)).by_importer();
            call.json(&input).send()
        };
        let before = app.events().await.len();
        let held = take("goodbooks", 1).await.ok().json();
        assert_eq!(held["source"], "goodbooks");
        let renewed = take("goodbooks", 1).await.ok().json();
        assert_eq!(renewed["taken_at"], held["taken_at"]);
        let refused = take("goodbooks", 2).await;
        assert_eq!(refused.problem(), (409, "import_under_way".into()));
        assert!(refused.text.contains("books.csv#abc"), "{refused:?}");
        take("marc", 2).await.ok();
        let give_back = |holder: u128| app.delete(path("goodbooks", holder)).by_importer().send();
        assert_eq!(give_back(2).await.status, 204);
        assert_eq!(
            take("goodbooks", 2).await.status,
            409,
            "it is another's to give back"
        );
        assert_eq!(give_back(1).await.status, 204);
        take("goodbooks", 2).await.ok();
        assert_eq!(app.events().await.len(), before);
    }
}

#[tokio::test]
async fn a_lease_without_a_source_a_holder_or_an_input_is_refused() {
    let app = App::embedded().await;
    for (path, input, field) in [
        (
            "Good Books/0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c",
            "x",
            "source",
        ),
        ("goodbooks/me", "x", "holder"),
        (
            "goodbooks/0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c",
            " ",
            "input",
        ),
    ] {
        let path = format!(
            "/api/v1/internal/import/leases/{}",
            path.replace(' ', "%20")
        );
        let body = json!({ "input": input });
        let refused = app.put(path).by_importer().json(&body).send().await;
        assert_eq!(refused.faults()[0].0, field);
    }
}
