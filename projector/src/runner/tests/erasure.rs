//! Documents of a projector that was there all the time equal those of one that begins after the erasures, byte for byte.
//!
//! No box is opened with keys here: `accession-secrets` tests that.

use std::collections::BTreeMap;
use std::sync::Arc;

use accession_events::RecordedEvent;
use proptest::test_runner::{Config, TestRunner};

use super::models;
use crate::runner::ProjectorOptions;
use crate::testing::{
    History, contents, embedded, feeds_of, histories_of_people, keys_of_people, opened_late,
    opened_now, quick, run_to,
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
