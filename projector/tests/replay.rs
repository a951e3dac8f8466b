//! How fast a log is replayed into an empty embedded read store. Run by hand, in release, on a quiet machine.
//!
//! It prints and compares with nothing: an absolute rate is no test.

#![cfg(test)]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use accession_event_log::{Append, LogError, LogStore, NewEvent, SqliteLog, StreamWrite};
use accession_events::ids::EventId;
use accession_events::values::AuthorityOrder;
use accession_events::{Position, StreamName};
use accession_feed::{Feed, LogFeed};
use accession_projector::{FeedFactory, Projector, ProjectorOptions, all_models};
use accession_read_store::{EmbeddedStore, Generation, ModelRef, ReadStore};
use serde_json::{Value, json};
use tokio::sync::watch;
use uuid::Uuid;

/// The allocator of the product.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
    one(
        "catalog.title",
        number,
        0,
        10_000_000 + number,
        2,
        "TitleAdded",
        &title(number),
    )
}

fn one(
    kind: &str,
    of: u64,
    expected: u64,
    event: u64,
    version: u16,
    name: &'static str,
    payload: &Value,
) -> Append {
    let event = NewEvent {
        id: EventId::new(id(event)),
        event_type: name.into(),
        event_version: version,
        payload: payload.to_string(),
    };
    let stream = StreamName::new(kind, id(of));
    let write = StreamWrite {
        stream,
        expected_version: expected,
        events: vec![event],
        claims: Vec::new(),
    };
    Append {
        writes: vec![write],
        metadata: r#"{"actor":"service:import"}"#.into(),
        idempotency: None,
    }
}

/// A series with 1,800 episodes of four sources each.
fn series() -> impl Iterator<Item = Append> {
    let by = json!({ "source": "anime-list", "authority": "primary_provider", "record": "1:1" });
    let parts = (0..1800 * 5).map(move |number| {
        let (episode, part) = (number / 5, number % 5);
        if part == 0 {
            let facts = json!([{ "field": "name", "value": format!("Episode {episode}") }]);
            let added = json!({ "title_id": id(1), "number": episode, "provenance": by, "facts": facts });
            return one("catalog.episode", 10_000 + episode, 0, 20_000_000 + number, 1, "EpisodeAdded", &json!({ "EpisodeAdded": added }));
        }
        let facts = json!([{ "field": "kind", "value": "m3u8" }, { "field": "priority", "value": part }]);
        let added = json!({
            "title_id": id(1), "source_id": id(30_000_000 + number), "url": format!("https://video.example/1/{episode}/{part}.m3u8"),
            "name": format!("Mirror {part}"), "provenance": by, "facts": facts,
        });
        one("catalog.episode", 10_000 + episode, part, 20_000_000 + number, 1, "VideoSourceAdded", &json!({ "VideoSourceAdded": added }))
    });
    std::iter::once(append(1)).chain(parts)
}

async fn filled(
    directory: &Path,
    appends: impl Iterator<Item = Append>,
) -> Result<Arc<dyn LogStore>, LogError> {
    let log = SqliteLog::open(directory.join("log.db")).await?;
    let appends: Vec<Append> = appends.collect();
    for batch in appends.chunks(2000) {
        log.append(batch).await?;
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
    let log = filled(directory.path(), (0..events()).map(append))
        .await
        .unwrap();
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

/// Processor time of this process so far, in seconds.
fn processor_time() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let ticks = |place: usize| -> f64 {
        let field = fields.split_whitespace().nth(place).unwrap();
        field.parse().unwrap()
    };
    // User and system time, in ticks of ten milliseconds.
    (ticks(11) + ticks(12)) / 100.0
}

/// Bytes that this process has handed to the operating system so far.
fn written() -> u64 {
    let io = std::fs::read_to_string("/proc/self/io").unwrap();
    let line = io.lines().find_map(|line| line.strip_prefix("wchar: "));
    line.unwrap().parse().unwrap()
}

/// Processor time and bytes an event say more than the rate where others share the machine.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: run it alone, in release, with --nocapture and REPLAY_LOG=<log.db of a data directory>"]
#[expect(
    clippy::cast_precision_loss,
    reason = "rates for people; no log that is measured has 2^52 events or bytes"
)]
async fn replay_of_a_log_that_is_there() {
    let path = std::env::var("REPLAY_LOG").expect("REPLAY_LOG names a log");
    let log: Arc<dyn LogStore> = Arc::new(SqliteLog::open(path).await.unwrap());
    let head = log.head().await.unwrap();
    for round in 1..=2 {
        let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let store = EmbeddedStore::open(directory.path().join("read")).unwrap();
        let mut options = ProjectorOptions::new(all_models(AuthorityOrder::default()));
        if let Ok(wanted) = std::env::var("REPLAY_MODELS") {
            options
                .models
                .retain(|model| wanted.split(',').any(|name| name == model.name()));
        }
        if let Ok(most) = std::env::var("REPLAY_STEP") {
            options.max_events = most.parse().unwrap();
        }
        let projector = Projector::new(Arc::new(store), options);
        let (began, time, bytes) = (Instant::now(), processor_time(), written());
        let settled = projector.clone();
        let shutdown = async move { settled.settle(head).await.unwrap() };
        projector
            .run(feeds(Arc::clone(&log)), shutdown)
            .await
            .unwrap();
        let events = head.get() as f64;
        println!(
            "round {round}: {head} events, {:.0} events/s, {:.1} µs of processor time and {:.0} bytes written an event",
            events / began.elapsed().as_secs_f64(),
            (processor_time() - time) / events * 1e6,
            (written() - bytes) as f64 / events,
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: run it alone, in release, with --nocapture"]
async fn replay_of_a_series_with_thousands_of_episodes_and_a_late_change() {
    let directory = tempfile::tempdir().unwrap();
    let log = filled(directory.path(), series()).await.unwrap();
    let store = Arc::new(EmbeddedStore::open(directory.path().join("read")).unwrap());
    let options = ProjectorOptions::new(all_models(AuthorityOrder::default()));
    let projector = Projector::new(Arc::clone(&store) as _, options);
    let (running, feeds) = (projector.clone(), feeds(Arc::clone(&log)));
    let began = Instant::now();
    let running = tokio::spawn(async move { running.run(feeds, std::future::pending()).await });
    projector.settle(Position::new(9001)).await.unwrap();
    println!("9001 events in {:?}", began.elapsed());

    let page = ModelRef {
        name: "title_page".into(),
        generation: Generation(1),
    };
    let key = id(1).to_string();
    let body = store
        .document(&page, &key)
        .await
        .unwrap()
        .unwrap()
        .body
        .len();
    let state = store
        .states(&page, 0, &[key])
        .await
        .unwrap()
        .remove(0)
        .unwrap()
        .len();
    println!("body {body} bytes, state {state} bytes");
    for round in 0..10u64 {
        let facts = json!([{ "field": "name", "value": format!("Late {round}") }]);
        let said = json!({ "title_id": id(1), "provenance": { "source": "curator:ada", "authority": "curator" }, "facts": facts });
        let payload = json!({ "EpisodeFactsAsserted": said });
        let late = one(
            "catalog.episode",
            10_000,
            5 + round,
            40_000_000 + round,
            1,
            "EpisodeFactsAsserted",
            &payload,
        );
        let began = Instant::now();
        log.append(&[late]).await.unwrap();
        projector.settle(Position::new(9002 + round)).await.unwrap();
        println!(
            "one more event, from append to readable: {:?}",
            began.elapsed()
        );
    }
    running.abort();
}
