//! A store that goes away and comes back, with what it held or without.
//!
//! Never a wrong answer in between: 503, or the truth.

use accession_read_api::ReadOptions;
use accession_service::health::Condition;
use accession_testkit::{PrivateRedis, eventually};
use http::StatusCode;

use crate::asks::{App, LONG};
use crate::given::{Catalogue, redis_at};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_store_is_away_reads_are_refused_and_afterwards_they_are_true() {
    let redis = PrivateRedis::start_durable().await;
    let subject = redis_at(&redis.url());
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let title = catalogue.add_title(1, "book", "a", "Before");
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    assert_eq!(app.get("/api/read/titles/a").await.json()["name"], "Before");
    redis.kill();
    eventually(LONG, || async {
        app.get("/api/read/titles/a").await.status == 503
    })
    .await;
    let refused = app.get("/api/read/titles/a").await;
    assert_eq!(
        (refused.code(), refused.header("retry-after")),
        ("dependency_unavailable".into(), "1")
    );
    for path in [
        "/api/read/titles",
        "/api/read/titles/a/episodes",
        "/api/read/anime",
        "/api/read/isbn/9780439023481",
    ] {
        assert_eq!(
            app.get(path).await.status,
            StatusCode::SERVICE_UNAVAILABLE,
            "{path}"
        );
    }
    let parts = app.api.health_parts();
    assert_eq!(parts[0].condition, Condition::Down, "{parts:?}");
    assert!(parts[0].message.contains("cannot be reached"), "{parts:?}");
    redis.restart().await;
    // Somebody writes before anyone here follows again.
    catalogue.rename(title, "After");
    let position = catalogue.write().await;
    eventually(LONG, || async {
        app.get_at("/api/read/titles/a", position).await.status == 200
    })
    .await;
    assert_eq!(app.get("/api/read/titles/a").await.json()["name"], "After");
    eventually(LONG, || async { app.follows() }).await;
    catalogue.rename(title, "Later");
    let position = catalogue.write().await;
    assert_eq!(
        app.get_at("/api/read/titles/a", position).await.json()["name"],
        "Later"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_came_back_empty_is_not_answered_from_memory() {
    let redis = PrivateRedis::start().await;
    let subject = redis_at(&redis.url());
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    catalogue.add_title(1, "book", "a", "Before");
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    assert_eq!(app.get("/api/read/titles/a").await.status, StatusCode::OK);
    redis.kill();
    redis.restart().await;
    eventually(LONG, || async {
        app.get("/api/read/titles/a").await.status == 404
    })
    .await;
    assert_eq!(
        app.get("/api/read/titles/a").await.code(),
        "read_model_not_built"
    );
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    catalogue.add_title(1, "book", "a", "Rebuilt");
    let position = catalogue.write().await;
    eventually(LONG, || async {
        app.get_at("/api/read/titles/a", position).await.status == 200
    })
    .await;
    assert_eq!(
        app.get("/api/read/titles/a").await.json()["name"],
        "Rebuilt"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_not_there_at_the_start_is_found_when_it_comes() {
    let redis = PrivateRedis::start_durable().await;
    let subject = redis_at(&redis.url());
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    catalogue.add_title(1, "book", "a", "A");
    catalogue.write().await;
    redis.kill();
    let app = App::unsettled(&subject.store, &ReadOptions::embedded());
    assert_eq!(
        app.get("/api/read/titles/a").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    redis.restart().await;
    eventually(LONG, || async {
        app.get("/api/read/titles/a").await.status == 200
    })
    .await;
    eventually(LONG, || async { app.follows() }).await;
    // The search index is filled from the documents as soon as they are there again.
    eventually(LONG, || async {
        let parts = app.api.health_parts();
        let search = parts.iter().find(|part| part.name == "search");
        search.is_some_and(|part| part.condition == Condition::Ok)
    })
    .await;
    // Read models that nobody has built here say so; what was built and the store itself are well.
    let parts = app.api.health_parts();
    let built = [
        "read_store",
        "document_changes",
        "documents.title_page",
        "search",
    ];
    for name in built {
        let part = parts.iter().find(|part| part.name == name);
        assert!(
            part.is_some_and(|part| part.condition == Condition::Ok),
            "{name}: {parts:?}"
        );
    }
    let ill = parts.iter().filter(|part| part.condition != Condition::Ok);
    for part in ill {
        assert!(part.message.contains("it was never built"), "{part:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_store_is_not_waited_for_longer_than_its_timeout() {
    let redis = PrivateRedis::start().await;
    let subject = redis_at(&redis.url());
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    catalogue.add_title(1, "book", "a", "A");
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    redis.pause();
    let refused = app.get("/api/read/titles/a").await;
    assert_eq!(
        (refused.status, refused.code()),
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "dependency_unavailable".into()
        )
    );
    redis.resume();
    eventually(LONG, || async {
        app.get("/api/read/titles/a").await.status == 200
    })
    .await;
}
