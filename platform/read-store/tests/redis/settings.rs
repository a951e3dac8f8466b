//! A Redis that would lose documents is refused, with the setting and the way to change it.

use accession_read_store::{ReadStore, ReadStoreError, RedisOptions, RedisStore};
use accession_testkit::PrivateRedis;

use crate::given::{Projector, document, model};
use crate::{store, tell};

async fn refusal(store: &RedisStore) -> String {
    match store.check().await {
        Err(ReadStoreError::Unusable { reason }) => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_evicts_is_refused_until_it_no_longer_does() {
    let redis = PrivateRedis::start().await;
    let store = store(&redis.url()).await;
    store.check().await.unwrap();
    tell::<String>(
        &redis.url(),
        &["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"],
    )
    .await;
    let reason = refusal(&store).await;
    for part in [
        "maxmemory-policy",
        "allkeys-lru",
        "noeviction",
        "CONFIG SET",
    ] {
        assert!(reason.contains(part), "{reason}");
    }
    tell::<String>(
        &redis.url(),
        &["CONFIG", "SET", "maxmemory-policy", "noeviction"],
    )
    .await;
    store.check().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_without_config_is_enough_but_one_without_info_is_told_what_to_allow() {
    let redis = PrivateRedis::start().await;
    let url = redis.url();
    tell::<String>(
        &url,
        &[
            "ACL", "SETUSER", "plain", "on", ">secret", "~*", "+@all", "-config",
        ],
    )
    .await;
    tell::<String>(
        &url,
        &[
            "ACL", "SETUSER", "blind", "on", ">secret", "~*", "+@all", "-info",
        ],
    )
    .await;
    let of = |user: &str| url.replace("redis://", &format!("redis://{user}:secret@"));
    store(&of("plain")).await.check().await.unwrap();
    let reason = refusal(&store(&of("blind")).await).await;
    assert!(reason.contains("+info"), "{reason}");
    let wrong = RedisStore::new(&RedisOptions::new(
        &url.replace("redis://", "redis://plain:wrong@"),
    ))
    .unwrap();
    let reason = refusal(&wrong).await;
    assert!(reason.contains("password"), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_protocol_and_another_database_work_as_well() {
    let redis = PrivateRedis::start().await;
    for url in [
        format!("{}/?protocol=resp3", redis.url()),
        format!("{}/3", redis.url()),
    ] {
        let store = store(&url).await;
        store.check().await.unwrap();
        store.register(&model("page", 1), "fold").await.unwrap();
        let mut projector = Projector::of(&store, &model("page", 1)).await;
        let start = store.newest_change(0).await.unwrap();
        projector.write(&store, vec![document("a")]).await;
        store.promote(&projector.model).await.unwrap();
        assert!(
            store
                .document(&projector.model, "a")
                .await
                .unwrap()
                .is_some()
        );
        assert_eq!(store.model("page").await.unwrap().generations.len(), 1);
        let read = store
            .changes(0, &start, 10, std::time::Duration::from_millis(1))
            .await
            .unwrap();
        assert!(
            matches!(read, accession_read_store::ChangeRead::Changes(changes) if changes.len() == 2)
        );
    }
}

#[test]
fn an_address_that_is_not_understood_is_refused() {
    let error = RedisStore::new(&RedisOptions::new("http://example.test"))
        .err()
        .expect("a refusal");
    assert!(error.to_string().contains("redis://host:port"), "{error}");
}
