//! Documents of a projector that was there all the time equal those of one that begins after the erasures, byte for byte.
//!
//! Never over a log: which boxes can be opened when is played.

use std::collections::BTreeMap;
use std::sync::Arc;

use accession_events::ids::SubjectId;
use accession_events::values::EmailIndex;
use accession_events::{RecordedEvent, StreamName};
use accession_read_store::ReadStore as _;
use accession_secrets::{Opening, PrivateDatabase, RootKey, Sealer, SubjectKeys};
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use super::models;
use crate::runner::{Projector, ProjectorOptions};
use crate::testing::{
    History, contents, embedded, feeds_of, histories_of_people, id, keys_of_people, live,
    opened_late, opened_now, quick, run_to, until,
};

/// What nobody is called any more, in lower case.
const TELLING: [&str; 7] = [
    "person number",
    "another name",
    "@example.org",
    "nickname",
    "gone ",
    "child ",
    "the tablet",
];

async fn documents(
    history: &History,
    events: Vec<RecordedEvent>,
    batch: usize,
) -> BTreeMap<String, String> {
    let store = embedded(1);
    let head = events.last().unwrap().position;
    let options = ProjectorOptions {
        max_events: batch,
        ..quick(models())
    };
    run_to(
        Arc::clone(&store.store) as _,
        options,
        feeds_of(events),
        head,
    )
    .await
    .unwrap();
    contents(&*store.store, &models(), &keys_of_people(history), 1).await
}

fn check(
    cases: u32,
    everybody_goes: bool,
    property: impl Fn(&tokio::runtime::Runtime, History, usize, u64) + Copy,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let mut runner = TestRunner::new(Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 256,
        ..Config::default()
    });
    let inputs = (
        histories_of_people(90, everybody_goes),
        1..40usize,
        0..12u64,
    );
    runner
        .run(&inputs, |(history, batch, behind)| {
            if history.events().is_empty() {
                return Ok(());
            }
            property(&runtime, history, batch, behind);
            Ok(())
        })
        .unwrap();
}

#[test]
fn live_documents_equal_those_of_a_replay_after_the_erasures() {
    check(24, false, |runtime, history, batch, behind| {
        runtime.block_on(async {
            let live = documents(&history, opened_now(&history, behind), batch).await;
            let replayed = documents(&history, opened_late(&history), 1000).await;
            assert_eq!(live, replayed);
        });
    });
}

#[test]
fn no_document_state_or_index_entry_tells_of_who_was_erased() {
    check(16, true, |runtime, history, batch, behind| {
        runtime.block_on(async {
            let live = documents(&history, opened_now(&history, behind), batch).await;
            for (place, text) in &live {
                let told = TELLING
                    .iter()
                    .find(|word| text.to_lowercase().contains(**word));
                assert_eq!(told, None, "{place}: {text}");
            }
        });
    });
}

/// An account whose name was sealed for it; `tampered` has another bit in the box.
async fn registered(keys: &SubjectKeys, number: u64, tampered: bool) -> History {
    let subject: SubjectId = id(number).parse().unwrap();
    let stream = StreamName::new("identity.account", id(number));
    let desk = Sealer::new(keys.clone()).of(subject).await.unwrap();
    let sealed = |field: &str, text: &str| {
        serde_json::to_value(desk.seal(&stream, field, &text).unwrap()).unwrap()
    };
    let mut name = sealed("name", "Person Number 7");
    if tampered {
        let text = name["box"].as_str().unwrap();
        let other = if text.ends_with('A') { "Q" } else { "A" };
        let changed = format!("{}{other}", &text[..text.len() - 1]);
        name["box"] = json!(changed);
    }
    History::new().account(
        number,
        json!({ "AccountRegistered": {
            "email": sealed("email", "person7@example.org"), "email_index": EmailIndex::new([7; 32]),
            "name": name, "language": "en", "consents": { "privacy": "1", "terms": "1" } } }),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_box_that_was_tampered_with_is_parked_with_its_reason_and_is_no_erasure() {
    let folder = tempfile::tempdir().unwrap();
    let database = PrivateDatabase::open_file(&folder.path().join("private.db")).await;
    let keys = SubjectKeys::new(&database.unwrap(), &RootKey::from_bytes([3; 32]));
    for (tampered, shown) in [(false, true), (true, false)] {
        let history = registered(&keys, 600, tampered).await;
        let store = embedded(1);
        let opening = Opening::new(keys.clone());
        let feeds = crate::opened(feeds_of(history.events()), opening);
        let projector = Projector::new(Arc::clone(&store.store) as _, quick(models()));
        let (running, head) = (projector.clone(), history.head());
        let running = tokio::spawn(async move { running.run(feeds, std::future::pending()).await });
        until(&projector, head).await;
        for model in ["account", "member"] {
            let reference = live(&*store.store, model).await;
            let document = store.store.document(&reference, &id(600)).await.unwrap();
            let body =
                document.map(|document| String::from_utf8_lossy(&document.body).into_owned());
            assert_eq!(
                body.is_some_and(|body| body.contains("Person Number 7")),
                shown
            );
            let parked = projector.parked(model).await.unwrap();
            let reasons: Vec<&str> = parked.iter().map(|one| &*one.reason).collect();
            assert_eq!(reasons.len(), usize::from(tampered), "{reasons:?}");
            assert!(
                reasons.iter().all(|reason| reason.contains("was changed")),
                "{reasons:?}"
            );
        }
        running.abort();
    }
}
