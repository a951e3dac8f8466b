//! The keys of a namespace: apart from others, without an end of life, and checked before they are written.

use std::time::Duration;

use accession_read_store::{ChangeRead, ReadStore, ReadStoreError, RedisOptions, RedisStore};
use accession_testkit::{Stores, unique_name};

use crate::given::{Projector, all, document, listed, model};
use crate::tell;

fn options(namespace: &str) -> RedisOptions {
    RedisOptions {
        namespace: namespace.to_owned(),
        ..RedisOptions::new(&Stores::shared().redis_url)
    }
}

async fn keys(namespace: &str) -> Vec<String> {
    tell(
        &Stores::shared().redis_url,
        &["KEYS", &format!("{namespace}:*")],
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_namespaces_in_one_redis_do_not_see_each_other() {
    let (one, two) = (unique_name("test"), unique_name("test"));
    let (one, two) = (
        RedisStore::open(&options(&one)).await.unwrap(),
        RedisStore::open(&options(&two)).await.unwrap(),
    );
    let page = model("page", 1);
    one.register(&page, "fold").await.unwrap();
    Projector::of(&one, &page)
        .await
        .write(&one, vec![document("a")])
        .await;
    assert_eq!(two.document(&page, "a").await.unwrap(), None);
    assert!(two.model("page").await.unwrap().generations.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_key_expires_and_a_dropped_generation_leaves_none() {
    let namespace = unique_name("test");
    let store = RedisStore::open(&options(&namespace)).await.unwrap();
    let page = model("page", 1);
    store.register(&page, "fold").await.unwrap();
    Projector::of(&store, &page)
        .await
        .write(&store, vec![listed("a", "by_title", "a")])
        .await;
    let written = keys(&namespace).await;
    assert!(written.len() >= 8, "{written:?}");
    for key in &written {
        assert_eq!(
            tell::<i64>(&Stores::shared().redis_url, &["TTL", key]).await,
            -1,
            "{key}"
        );
    }
    store.drop_generation(&page).await.unwrap();
    let left = keys(&namespace).await;
    assert!(left.iter().all(|key| !key.contains(":page:1")), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_indexes_as_earlier_versions_kept_them_are_put_in_order_when_a_lane_is_taken_over()
{
    let namespace = unique_name("test");
    let store = RedisStore::open(&options(&namespace)).await.unwrap();
    let page = model("page", 1);
    store.register(&page, "fold").await.unwrap();
    let documents = (0..20).map(|n| listed(&format!("{n:02}"), &format!("of:{n:02}"), "s"));
    Projector::of(&store, &page)
        .await
        .write(&store, documents.collect())
        .await;
    let redis = &Stores::shared().redis_url;
    let of = |what: &str| format!("{namespace}:{{0}}:{what}:page:1");
    let names: Vec<String> = tell(redis, &["ZRANGE", &of("names"), "0", "-1"]).await;
    let _: i64 = tell(redis, &["DEL", &of("names")]).await;
    for name in &names {
        let _: i64 = tell(redis, &["SADD", &of("indexes"), name]).await;
    }
    assert_eq!(store.entries(&page, None, 100).await.unwrap(), []);
    store.take_over(&page, 0).await.unwrap();
    assert_eq!(store.entries(&page, None, 100).await.unwrap().len(), 20);

    // One that nobody takes over any more is removed as it is.
    for name in &names {
        let _: i64 = tell(redis, &["SADD", &of("indexes"), name]).await;
    }
    store.drop_generation(&page).await.unwrap();
    let left = keys(&namespace).await;
    assert!(left.iter().all(|key| !key.contains(":page:1")), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_holds_something_else_refuses_the_step_before_anything_is_written() {
    for transactions_from in [usize::MAX, 0] {
        refused_for_a_foreign_key(transactions_from).await;
    }
}

/// Steps are written by script, or as transactions.
async fn refused_for_a_foreign_key(transactions_from: usize) {
    let namespace = unique_name("test");
    let options = RedisOptions {
        transactions_from,
        ..options(&namespace)
    };
    let store = RedisStore::open(&options).await.unwrap();
    let mut projector = Projector::of(&store, &model("page", 1)).await;
    let foreign = format!("{namespace}:{{0}}:index:page:1:by_title");
    tell::<String>(&Stores::shared().redis_url, &["SET", &foreign, "not ours"]).await;
    let refused = projector
        .try_write(&store, vec![listed("a", "by_title", "a")])
        .await;
    assert!(
        matches!(&refused, Err(ReadStoreError::Corrupt { reason }) if reason.contains(&foreign)),
        "{refused:?}"
    );
    assert_eq!(store.document(&projector.model, "a").await.unwrap(), None);
    let scanned = store.scan(&projector.model, &all("by_title")).await;
    assert!(
        matches!(scanned, Err(ReadStoreError::Corrupt { .. })),
        "{scanned:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_someone_has_cut_or_removed_is_lost_to_its_readers() {
    let namespace = unique_name("test");
    let store = RedisStore::open(&options(&namespace)).await.unwrap();
    let url = &Stores::shared().redis_url;
    let mut projector = Projector::of(&store, &model("page", 1)).await;
    projector.write(&store, Vec::new()).await;
    let early = store.newest_change(0).await.unwrap();
    for _ in 0..5 {
        projector.write(&store, Vec::new()).await;
    }
    let lost = ChangeRead::Lost {
        resume: store.newest_change(0).await.unwrap(),
    };
    let stream = format!("{namespace}:{{0}}:changes");
    tell::<u64>(url, &["XTRIM", &stream, "MAXLEN", "2"]).await;
    assert_eq!(
        store.changes(0, &early, 10, Duration::ZERO).await.unwrap(),
        lost
    );
    tell::<u64>(url, &["DEL", &stream]).await;
    assert_eq!(
        store.changes(0, &early, 10, Duration::ZERO).await.unwrap(),
        lost
    );
    projector.write(&store, vec![document("a")]).await;
    let ChangeRead::Lost { resume } = lost else {
        panic!()
    };
    let read = store.changes(0, &resume, 10, Duration::ZERO).await.unwrap();
    assert!(matches!(read, ChangeRead::Changes(changes) if changes.len() == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_number_of_lanes_than_the_recorded_one_is_refused() {
    let namespace = unique_name("test");
    let three = RedisOptions {
        lanes: 3,
        ..options(&namespace)
    };
    let store = RedisStore::open(&three).await.unwrap();
    store.register(&model("page", 1), "fold").await.unwrap();
    let error = RedisStore::open(&options(&namespace))
        .await
        .err()
        .expect("a refusal");
    assert!(
        error.to_string().contains("made with 3 lanes, not 1"),
        "{error}"
    );
    let unopened = RedisStore::new(&options(&namespace)).unwrap();
    assert!(matches!(
        unopened.check().await,
        Err(ReadStoreError::Unusable { .. })
    ));
    let registered = unopened.register(&model("page", 2), "fold").await;
    assert!(
        matches!(registered, Err(ReadStoreError::Unusable { .. })),
        "{registered:?}"
    );
    RedisStore::open(&three).await.unwrap();
}

#[test]
fn a_namespace_that_would_break_the_keys_is_refused() {
    for namespace in ["", "a b", "a{0}", "a:b", "ä"] {
        assert!(
            RedisStore::new(&options(namespace)).is_err(),
            "{namespace:?}"
        );
    }
}
