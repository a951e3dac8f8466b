//! `Accession-Min-Position`: an answer that contains what its reader has seen, or a refusal in time.
//!
//! Never a silent stale answer to a client that asked.

use std::time::{Duration, Instant};

use accession_events::Position;
use http::StatusCode;

use crate::asks::{App, LONG};
use crate::given::{Catalogue, Subject, over_every_store};

over_every_store!(
    a_reached_position_is_answered_at_once,
    a_reader_waits_until_the_position_is_reached,
    a_position_that_is_not_reached_in_time_is_refused,
);

async fn a_reached_position_is_answered_at_once(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    catalogue.add_title(1, "book", "a", "A");
    let position = catalogue.write().await;
    let app = App::over(&subject.store).await;
    let started = Instant::now();
    let by_parameter = app
        .get(&format!("/api/read/titles/a?min_position={position}"))
        .await;
    assert_eq!(by_parameter.status, StatusCode::OK);
    assert_eq!(
        app.get_at("/api/read/titles", position).await.status,
        StatusCode::OK
    );
    assert!(
        started.elapsed() < Duration::from_secs(2),
        "{:?}",
        started.elapsed()
    );
    for bad in ["x", "-1", "1.5"] {
        let got = app
            .get_with("/api/read/titles/a", &[("accession-min-position", bad)])
            .await;
        assert_eq!(
            (got.status, got.code()),
            (StatusCode::BAD_REQUEST, "malformed_request".into()),
            "{bad}"
        );
    }
}

async fn a_reader_waits_until_the_position_is_reached(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    let title = catalogue.add_title(1, "book", "a", "A");
    catalogue.write().await;
    let app = App::over(&subject.store).await;
    for round in 0..20 {
        let next = Position::new(catalogue.position().get() + 1);
        let name = format!("Name {round}");
        let change = async {
            tokio::task::yield_now().await;
            catalogue.rename(title, &name);
            catalogue.write().await
        };
        let (page, position) = tokio::join!(app.get_at("/api/read/titles/a", next), change);
        assert_eq!((page.status, position), (StatusCode::OK, next), "{page:?}");
        assert_eq!(page.json()["name"].as_str(), Some(name.as_str()));
    }
}

async fn a_position_that_is_not_reached_in_time_is_refused(subject: Subject) {
    let mut catalogue = Catalogue::in_store(&subject.store).await;
    catalogue.add_title(1, "book", "a", "A");
    let position = catalogue.write().await;
    let app = App::over(&subject.store).await;
    let far = Position::new(position.get() + 100);
    let started = Instant::now();
    let got = app.get_at("/api/read/titles/a", far).await;
    assert_eq!(
        (got.status, got.code()),
        (StatusCode::SERVICE_UNAVAILABLE, "projection_behind".into())
    );
    assert_eq!(got.header("retry-after"), "1");
    assert!(got.detail().contains(&far.to_string()), "{}", got.detail());
    let waited = started.elapsed();
    assert!(
        waited >= Duration::from_millis(1900) && waited < LONG,
        "{waited:?}"
    );
}
