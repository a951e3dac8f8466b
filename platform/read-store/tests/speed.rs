//! Measures both stores; run by hand on a quiet machine, in a release build:
//! `cargo test --release -p accession-read-store --test speed -- --ignored --nocapture`.
//! Never judges: numbers depend on the machine, so no number is asserted.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "test crate: a surprise must stop the measurement and say where"
)]

#[path = "compliance/given.rs"]
mod given;

use std::time::{Duration, Instant};

use accession_read_store::{
    DocumentWrite, EmbeddedStore, IndexRange, ReadStore, RedisOptions, RedisStore,
};
use accession_testkit::PrivateRedis;
use bytes::Bytes;

use given::{Projector, all, document, entry, listed, model};

const DIRECTORY: &str = "ACCESSION_TEST_SPEED_DIRECTORY";
const BATCH: u64 = 500;
const BATCHES: u64 = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, run by hand"]
async fn embedded() {
    let directory = tempfile::tempdir().unwrap();
    println!("resident before: {} MB", resident());
    let store = EmbeddedStore::open(directory.path()).unwrap();
    measure("embedded", &store).await;
    println!("resident after: {} MB", resident());
    drop(store);
    // In a process of its own, for this one keeps the memory that the measurements took.
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "reopened", "--ignored", "--nocapture"])
        .env(DIRECTORY, directory.path())
        .status()
        .unwrap();
    assert!(status.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a part of the measurement of the embedded store"]
async fn reopened() {
    let Ok(directory) = std::env::var(DIRECTORY) else {
        return;
    };
    let before = resident();
    let started = Instant::now();
    let store = EmbeddedStore::open(directory).unwrap();
    println!(
        "reopened in {:?}: from {before} to {} MB",
        started.elapsed(),
        resident()
    );
    point_reads("reopened", &store).await;
    println!("after reading everything twice: {} MB", resident());
    let mut projector = Projector::of(&store, &model("large-2000", 1)).await;
    for batch in 0..40 {
        let documents = (0..BATCH).map(|number| large(batch * BATCH + number, 2_000, Some(1)));
        projector.write(&store, documents.collect()).await;
    }
    println!("after replacing 20,000 documents: {} MB", resident());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, run by hand"]
async fn redis() {
    let redis = PrivateRedis::start().await;
    let store = RedisStore::open(&RedisOptions::new(&redis.url()))
        .await
        .unwrap();
    measure("redis", &store).await;
}

async fn measure(name: &str, store: &(impl ReadStore + Clone)) {
    // The first step opens connections and brings scripts.
    let mut warm_up = Projector::of(store, &model("warm-up", 1)).await;
    warm_up
        .write(store, vec![listed("a", "by_title", "a")])
        .await;
    large_batches(name, store, 2_000).await;
    large_batches(name, store, 200).await;
    replacing(name, store).await;
    single_documents(name, store).await;
    point_reads(name, store).await;
    pages(name, store).await;
}

fn large(number: u64, size: usize, old: Option<u64>) -> DocumentWrite {
    let key = format!("01983b2e-7d10-7cc0-8e25-{number:012}");
    let entries = |salt: u64| {
        (0..4).map(move |index| {
            let sort = (number ^ salt).wrapping_mul(0x9e37_79b9_7f4a_7c15 + index);
            (format!("book:{index}"), format!("{sort:016x}"))
        })
    };
    let owned = |pairs: Box<dyn Iterator<Item = (String, String)>>| {
        pairs
            .map(|(index, sort)| entry(&index, &sort, &key))
            .collect()
    };
    DocumentWrite {
        state: Bytes::from(vec![b's'; size]),
        body: Some(Bytes::from(vec![b'b'; size])),
        add: owned(Box::new(entries(old.map_or(0, |old| old + 1)))),
        remove: old.map_or_else(Vec::new, |old| owned(Box::new(entries(old)))),
        ..document(&key)
    }
}

async fn large_batches(name: &str, store: &impl ReadStore, size: usize) {
    let mut projector = Projector::of(store, &model(&format!("large-{size}"), 1)).await;
    let batches: Vec<Vec<_>> = (0..BATCHES)
        .map(|batch| {
            (0..BATCH)
                .map(|number| large(batch * BATCH + number, size, None))
                .collect()
        })
        .collect();
    let started = Instant::now();
    for batch in batches {
        projector.write(store, batch).await;
    }
    rate(
        &format!("{name}: new documents, {size} B body and state, 4 entries, {BATCH} a step"),
        BATCH * BATCHES,
        started,
    );
}

async fn replacing(name: &str, store: &impl ReadStore) {
    let mut projector = Projector::of(store, &model("large-2000", 1)).await;
    let started = Instant::now();
    for batch in 0..20 {
        let keys: Vec<_> = (0..BATCH)
            .map(|number| large(batch * BATCH + number, 0, None).key)
            .collect();
        let states = store.states(&projector.model, 0, &keys).await.unwrap();
        assert!(states.iter().all(Option::is_some));
        let documents = (0..BATCH).map(|number| large(batch * BATCH + number, 2_000, Some(0)));
        projector.write(store, documents.collect()).await;
    }
    rate(
        &format!("{name}: read states, replace documents, 4 entries out and in"),
        20 * BATCH,
        started,
    );
}

async fn single_documents(name: &str, store: &impl ReadStore) {
    let mut projector = Projector::of(store, &model("single", 1)).await;
    let mut times = Vec::new();
    for number in 0..5_000_u64 {
        let documents = vec![large(number, 2_000, None)];
        let started = Instant::now();
        projector.write(store, documents).await;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    let at = |share: usize| {
        times
            .get(times.len() * share / 1_000)
            .copied()
            .unwrap_or_default()
    };
    println!(
        "{name}: one document a step: p50 {:?}, p99 {:?}, p99.9 {:?}",
        at(500),
        at(990),
        at(999)
    );
}

async fn point_reads(name: &str, store: &(impl ReadStore + Clone)) {
    for readers in [1_u64, 32] {
        let started = Instant::now();
        let each = 60_000 / readers;
        let tasks = (0..readers).map(|reader| {
            let store = store.clone();
            tokio::spawn(async move {
                let model = model("large-2000", 1);
                for number in 0..each {
                    let key = large((number * 7 + reader * 311) % (BATCH * BATCHES), 0, None).key;
                    assert!(store.document(&model, &key).await.unwrap().is_some());
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        rate(
            &format!("{name}: point reads of 2 kB, {readers} readers"),
            each * readers,
            started,
        );
    }
}

async fn pages(name: &str, store: &impl ReadStore) {
    let model = model("large-2000", 1);
    let mut range = IndexRange {
        limit: 50,
        ..all("book:1")
    };
    let started = Instant::now();
    let mut pages = 0;
    loop {
        let page = store.scan(&model, &range).await.unwrap();
        let Some(last) = page.last() else { break };
        range.after = Some((last.sort.clone(), last.key.clone()));
        let keys: Vec<_> = page.into_iter().map(|entry| entry.key).collect();
        assert!(
            store
                .documents(&model, &keys)
                .await
                .unwrap()
                .iter()
                .all(Option::is_some)
        );
        pages += 1;
    }
    rate(&format!("{name}: pages of 50 documents"), pages, started);
    let found = store
        .scan(
            &model,
            &IndexRange {
                limit: 10,
                ..all("book:2")
            },
        )
        .await
        .unwrap();
    assert_eq!(found.len(), 10);
}

fn rate(what: &str, count: u64, started: Instant) {
    let took = started.elapsed().max(Duration::from_nanos(1));
    println!("{what}: {:.0}/s", count as f64 / took.as_secs_f64());
}

/// Resident memory in MB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .expect("Linux tells VmRSS");
    line.trim()
        .trim_end_matches(" kB")
        .trim()
        .parse::<u64>()
        .unwrap()
        / 1024
}
