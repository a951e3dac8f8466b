//! A Redis that dies, hangs and comes back, under a limiter that several processes share.
//!
//! Never expects that a call waits for it.

use std::time::{Duration, Instant};

use accession_guard::{Asked, Limiter as _, RedisLimiter, SharedLimiter};
use accession_testkit::{PrivateRedis, eventually};

use super::limit;

const SOON: Duration = Duration::from_secs(20);

fn replica(redis: &PrivateRedis) -> SharedLimiter {
    let limits = [limit("login", 5, 3600)];
    let shared = RedisLimiter::new(&redis.url(), "test").unwrap();
    SharedLimiter::new(&limits, Some(shared))
}

async fn let_in(limiter: &SharedLimiter, who: u128) -> bool {
    let limit = limit("login", 5, 3600);
    let asked = [Asked { limit: &limit, who }];
    limiter.ask(&asked).await.unwrap()[0].wait.is_none()
}

#[tokio::test]
async fn two_processes_count_together() {
    let redis = PrivateRedis::start().await;
    let (one, other) = (replica(&redis), replica(&redis));
    let mut admitted = 0;
    for _ in 0..5 {
        for replica in [&one, &other] {
            admitted += usize::from(let_in(replica, 1).await);
        }
    }
    assert_eq!(admitted, 5);
}

#[tokio::test]
async fn while_redis_is_dead_each_process_counts_for_itself_and_afterwards_together_again() {
    let redis = PrivateRedis::start().await;
    let limiter = replica(&redis);
    for _ in 0..5 {
        assert!(let_in(&limiter, 1).await);
    }
    redis.kill();
    let alone = [(); 6].map(|()| let_in(&limiter, 1));
    let alone = futures_util::future::join_all(alone).await;
    assert_eq!(alone.iter().filter(|admitted| **admitted).count(), 5);
    redis.restart().await;
    // It has forgotten everything, so calls that are counted there are let in again.
    eventually(SOON, async || let_in(&limiter, 1).await).await;
}

#[tokio::test]
async fn a_redis_that_hangs_costs_one_short_wait_and_no_error() {
    let redis = PrivateRedis::start().await;
    let limiter = replica(&redis);
    assert!(let_in(&limiter, 1).await);
    redis.pause();
    let began = Instant::now();
    for who in 0..50 {
        assert!(let_in(&limiter, who).await);
    }
    let took = began.elapsed();
    redis.resume();
    assert!(took < Duration::from_secs(5), "{took:?}");
}
