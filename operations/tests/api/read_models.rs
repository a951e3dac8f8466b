//! What an operator sees of the read models and does to them.
//!
//! The tree mirrors the URLs.

use crate::app::App;

#[tokio::test]
async fn every_model_is_listed_also_before_anything_was_built() {
    let app = App::start().await;
    let answer = app.get("/api/v1/admin/read-models").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let items = answer.json["items"].as_array().unwrap();
    let names: Vec<&str> = items
        .iter()
        .map(|item| item["name"].as_str().unwrap())
        .collect();
    assert!(
        names.contains(&"title_page") && names.contains(&"import_run"),
        "{names:?}"
    );
    assert!(items.iter().all(|item| item["condition"] == "not_built"));
}

#[tokio::test]
async fn a_process_without_a_read_store_says_so() {
    let app = App::without_a_read_store().await;
    let answer = app.get("/api/v1/admin/read-models").await;
    assert_eq!(answer.problem(), (503, "no_read_store"));
}
