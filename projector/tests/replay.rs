//! How fast a log is replayed into an empty embedded read store. Run by hand, in release, on a quiet machine.
//!
//! It prints and compares with nothing: an absolute rate is no test.

use std::sync::Arc;
use std::time::{Duration, Instant};

use accession_event_log::{Append, LogError, LogStore, NewEvent, SqliteLog, StreamWrite};
use accession_events::ids::EventId;
use accession_events::values::AuthorityOrder;
use accession_events::{Position, StreamName};
use accession_feed::{Feed, LogFeed};
use accession_projector::{FeedFactory, Projector, ProjectorOptions, all_models};
use accession_read_store::EmbeddedStore;
use serde_json::{Value, json};
use tokio::sync::watch;
use uuid::Uuid;

fn events() -> u64 {
    std::env::var("REPLAY_EVENTS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(100_000)
}

fn id(number: u64) -> Uuid {
    Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_0000 + u128::from(number))
}

fn title(number: u64) -> Value {
    json!({ "TitleAdded": {
        "kind": "book",
        "slug": format!("the-hunger-games-{number}"),
        "provenance": {
            "source": "goodbooks", "authority": "primary_provider", "record": number.to_string(),
            "content_hash": "LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ", "import_run": id(1),
        },
        "facts": [
            { "field": "name", "value": format!("The Hunger Games {number}") },
            { "field": "authors", "value": ["Suzanne Collins"] },
            { "field": "release_year", "value": 2008 },
            { "field": "language", "value": "en" },
            { "field": "poster", "value": format!("https://images.example/books/{number}m/{number}.jpg") },
            { "field": "audience_rating", "value": { "hundredths": 434, "votes": 4_780_653 } },
        ],
    } })
}

fn append(number: u64) -> Append {
    let event = NewEvent {
        id: EventId::new(id(10_000_000 + number)),
        event_type: "TitleAdded".into(),
        event_version: 2,
        payload: title(number).to_string(),
    };
    let stream = StreamName::new("catalog.title", id(number));
    let write = StreamWrite {
        stream,
        expected_version: 0,
        events: vec![event],
        claims: Vec::new(),
    };
    Append {
        writes: vec![write],
        metadata: r#"{"actor":"service:import"}"#.into(),
        idempotency: None,
    }
}

async fn filled(directory: &std::path::Path) -> Result<Arc<dyn LogStore>, LogError> {
    let log = SqliteLog::open(directory.join("log.db")).await?;
    for batch in (0..events()).collect::<Vec<_>>().chunks(2000) {
        let appends: Vec<_> = batch.iter().copied().map(append).collect();
        log.append(&appends).await?;
    }
    Ok(Arc::new(log))
}

fn feeds(log: Arc<dyn LogStore>) -> FeedFactory {
    Arc::new(move || {
        let wake = watch::channel(Position::START).1;
        Box::new(LogFeed::new(
            Arc::clone(&log),
            wake,
            Duration::from_millis(5),
        )) as Box<dyn Feed>
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: run it alone, in release, with --nocapture"]
async fn replay_of_single_event_titles_from_the_log_into_the_embedded_store() {
    let directory = tempfile::tempdir().unwrap();
    let log = filled(directory.path()).await.unwrap();
    for round in 1..=3 {
        let store = EmbeddedStore::open(directory.path().join(format!("read-{round}"))).unwrap();
        let options = ProjectorOptions::new(all_models(AuthorityOrder::default()));
        let projector = Projector::new(Arc::new(store), options);
        let began = Instant::now();
        let settled = projector.clone();
        let shutdown = async move { settled.settle(Position::new(events())).await.unwrap() };
        projector
            .run(feeds(Arc::clone(&log)), shutdown)
            .await
            .unwrap();
        let rate = u128::from(events()) * 1000 / began.elapsed().as_millis().max(1);
        println!("round {round}: {} events, {rate} events/s", events());
    }
}
