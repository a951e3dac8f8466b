//! A Redis that dies, hangs or forgets: nothing is half written, and work goes on when it is back.

use std::time::{Duration, Instant};

use accession_events::Position;
use accession_read_store::{ChangeRead, ReadStore, ReadStoreError, RedisOptions, RedisStore};
use accession_testkit::{PrivateRedis, eventually};

use crate::given::{Projector, all, document, listed, model};
use crate::{store, tell};

const PATIENCE: Duration = Duration::from_secs(20);

#[expect(clippy::needless_pass_by_value, reason = "reads better at the calls")]
fn assert_unavailable<T: std::fmt::Debug>(result: Result<T, ReadStoreError>) {
    assert!(
        matches!(result, Err(ReadStoreError::Unavailable { .. })),
        "{result:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_killed_is_unavailable_and_then_works_again() {
    let redis = PrivateRedis::start_durable().await;
    let store = store(&redis.url()).await;
    let page = model("page", 1);
    let mut projector = Projector::of(&store, &page).await;
    projector.write(&store, vec![document("a")]).await;
    redis.kill();
    assert_unavailable(store.document(&page, "a").await);
    assert_unavailable(store.checkpoint(&page, 0).await);
    assert_unavailable(projector.try_write(&store, vec![document("b")]).await);
    assert_unavailable(store.check().await);
    redis.restart().await;
    let stands = eventually(PATIENCE, || store.checkpoint(&page, 0)).await;
    assert_eq!(
        (stands.position, stands.fence),
        (Position::new(1), projector.fence)
    );
    eventually(PATIENCE, || store.document(&page, "a"))
        .await
        .expect("the document is still there");
    // Redis has lost its scripts with its process; the store brings them again.
    eventually(PATIENCE, || store.take_over(&page, 0)).await;
    let mut projector = Projector::of(&store, &page).await;
    projector.write(&store, vec![document("b")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_redis_lost_its_data_old_projectors_and_old_readers_are_told() {
    let redis = PrivateRedis::start().await;
    let store = store(&redis.url()).await;
    let page = model("page", 1);
    let mut old = Projector::of(&store, &page).await;
    for _ in 0..3 {
        old.write(&store, vec![document("a")]).await;
    }
    let place = store.newest_change(0).await.unwrap();
    redis.restart().await;
    let stands = eventually(PATIENCE, || store.checkpoint(&page, 0)).await;
    assert_eq!(stands.position, Position::START);
    let other = model("other", 1);
    eventually(PATIENCE, || store.take_over(&other, 0)).await;
    let refused = old.try_write(&store, vec![document("b")]).await;
    assert!(
        matches!(refused, Err(ReadStoreError::CheckpointMoved { actual, .. }) if actual == Position::START),
        "{refused:?}"
    );
    let mut new = Projector::of(&store, &page).await;
    assert!(
        new.fence > old.fence,
        "a wipe must not make an old fence valid again"
    );
    for _ in 0..5 {
        new.write(&store, vec![document("a")]).await;
    }
    // The feed has grown past the old place, and yet it is not taken for the same feed.
    let read = store.changes(0, &place, 10, Duration::ZERO).await.unwrap();
    assert_eq!(
        read,
        ChangeRead::Lost {
            resume: store.newest_change(0).await.unwrap()
        }
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_hangs_is_unavailable_within_the_timeout_and_works_when_it_is_back() {
    let redis = PrivateRedis::start().await;
    let options = RedisOptions {
        read_timeout: Duration::from_millis(200),
        write_timeout: Duration::from_millis(200),
        ..RedisOptions::new(&redis.url())
    };
    let store = RedisStore::open(&options).await.unwrap();
    let page = model("page", 1);
    let mut projector = Projector::of(&store, &page).await;
    projector.write(&store, vec![document("a")]).await;
    redis.pause();
    let started = Instant::now();
    assert_unavailable(store.document(&page, "a").await);
    assert_unavailable(projector.try_write(&store, vec![document("b")]).await);
    assert!(started.elapsed() < PATIENCE / 2, "{:?}", started.elapsed());
    redis.resume();
    // The step that timed out may have been written, or be written only now: whenever checkpoint and document are
    // seen in one state of the store, they agree.
    eventually(PATIENCE, async || {
        let before = store.checkpoint(&page, 0).await.ok()?.position;
        let is_there = store.document(&page, "b").await.ok()?.is_some();
        let stands = store.checkpoint(&page, 0).await.ok()?.position;
        (before == stands && is_there == (stands == Position::new(2))).then_some(())
    })
    .await;
    let mut projector = Projector::of(&store, &page).await;
    projector.write(&store, vec![document("c")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_waits_when_redis_dies_is_told_at_once() {
    let redis = PrivateRedis::start().await;
    let url = redis.url();
    let store = store(&url).await;
    let end = store.newest_change(0).await.unwrap();
    let reader = tokio::spawn({
        let store = store.clone();
        async move { store.changes(0, &end, 10, PATIENCE * 3).await }
    });
    eventually(PATIENCE, || async {
        tell::<String>(&url, &["INFO", "clients"])
            .await
            .contains("blocked_clients:1\r")
    })
    .await;
    let started = Instant::now();
    redis.kill();
    assert_unavailable(reader.await.unwrap());
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_is_given_up_leaves_nothing_behind_in_redis() {
    let redis = PrivateRedis::start().await;
    let url = redis.url();
    let store = store(&url).await;
    let end = store.newest_change(0).await.unwrap();
    let reader = tokio::spawn({
        let store = store.clone();
        async move { store.changes(0, &end, 10, PATIENCE * 3).await }
    });
    let blocked = |count: u32| {
        let url = url.clone();
        move || {
            let url = url.clone();
            async move {
                tell::<String>(&url, &["INFO", "clients"])
                    .await
                    .contains(&format!("blocked_clients:{count}\r"))
            }
        }
    };
    eventually(PATIENCE, blocked(1)).await;
    reader.abort();
    eventually(PATIENCE, blocked(0)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_redis_takes_nothing_of_a_step_and_goes_on_when_it_has_room() {
    for transactions_from in [usize::MAX, 0] {
        full(transactions_from).await;
    }
}

/// Steps are written by script, or as transactions.
async fn full(transactions_from: usize) {
    let redis = PrivateRedis::start().await;
    let options = RedisOptions {
        transactions_from,
        ..RedisOptions::new(&redis.url())
    };
    let store = RedisStore::open(&options).await.unwrap();
    let mut projector = Projector::of(&store, &model("page", 1)).await;
    projector.write(&store, vec![document("a")]).await;
    let before = store.newest_change(0).await.unwrap();
    tell::<String>(&redis.url(), &["CONFIG", "SET", "maxmemory", "1mb"]).await;
    let refused = projector
        .try_write(&store, vec![listed("b", "by_title", "b")])
        .await;
    assert!(
        matches!(&refused, Err(ReadStoreError::Unavailable { reason }) if reason.contains("maxmemory")),
        "{refused:?}"
    );
    assert_eq!(store.document(&projector.model, "b").await.unwrap(), None);
    assert!(
        store
            .scan(&projector.model, &all("by_title"))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(store.newest_change(0).await.unwrap(), before);
    tell::<String>(&redis.url(), &["CONFIG", "SET", "maxmemory", "0"]).await;
    projector
        .write(&store, vec![listed("b", "by_title", "b")])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_not_there_is_unavailable_and_may_come_later() {
    let redis = PrivateRedis::start().await;
    redis.stop().await;
    let options = RedisOptions::new(&redis.url());
    assert_unavailable(RedisStore::open(&options).await.map(|_| ()));
    let early = RedisStore::new(&options).unwrap();
    assert_unavailable(early.check().await);
    redis.restart().await;
    eventually(PATIENCE, || early.check()).await;
}
