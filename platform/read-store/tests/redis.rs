//! What only Redis can do to us: die, hang, forget, fill up, evict, forbid. Each has an answer.
//! Never repeats what the compliance suite asks of every store.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test crate: a surprise must stop the test and say where"
)]

#[path = "redis/faults.rs"]
mod faults;
#[path = "compliance/given.rs"]
mod given;
#[path = "redis/namespace.rs"]
mod namespace;
#[path = "redis/settings.rs"]
mod settings;
#[path = "redis/transactions.rs"]
mod transactions;

use accession_read_store::{RedisOptions, RedisStore};

/// A store of its own namespace in the Redis at this address.
pub(crate) async fn store(url: &str) -> RedisStore {
    let options = RedisOptions {
        namespace: accession_testkit::unique_name("test"),
        ..RedisOptions::new(url)
    };
    RedisStore::open(&options).await.expect("a Redis store")
}

/// Says something to Redis behind the store's back.
pub(crate) async fn tell<T: redis::FromRedisValue>(url: &str, words: &[&str]) -> T {
    let client = redis::Client::open(url).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let mut command = redis::cmd(words[0]);
    for word in &words[1..] {
        command.arg(word);
    }
    command.query_async(&mut connection).await.unwrap()
}
