//! Calls counted for all processes together, in Redis; in this process, while Redis is away.
//!
//! Never refuses a call because Redis is away, and never asks it twice about one call.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Script};
use tokio::time::Instant;

use crate::in_process::InProcess;
use crate::limit::{Asked, Limit, Reach, Verdict};
use crate::limiter::{Limiter, LimiterAway};

/// How long a call waits for Redis before it is counted here.
const PATIENCE: Duration = Duration::from_millis(250);
/// For how long a Redis that did not answer is not asked.
const LEFT_ALONE: Duration = Duration::from_secs(1);

/// A clock that tells microseconds.
pub type Microseconds = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Counts calls in Redis: one script, one round trip, however many limits are asked.
pub struct RedisLimiter {
    connection: ConnectionManager,
    prefix: String,
    script: Script,
    now: Option<Microseconds>,
}

impl RedisLimiter {
    /// Counts under keys that begin with the namespace. It connects when it is first asked; needs a Tokio runtime.
    pub fn new(url: &str, namespace: &str) -> Result<Self, LimiterAway> {
        let client = Client::open(url).map_err(|error| away(&error))?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_number_of_retries(1);
        let connection = ConnectionManager::new_lazy_with_config(client, config);
        Ok(Self {
            connection: connection.map_err(|error| away(&error))?,
            // One hash slot, for a script must find all its keys on one server.
            prefix: format!("{namespace}:{{limits}}"),
            script: Script::new(include_str!("shared/gcra.lua")),
            now: None,
        })
    }

    /// The same by a clock that tells microseconds, instead of the Redis server's own.
    #[must_use]
    pub fn with_clock(mut self, now: Microseconds) -> Self {
        self.now = Some(now);
        self
    }
}

fn away(error: &redis::RedisError) -> LimiterAway {
    LimiterAway {
        reason: error.to_string(),
    }
}

#[async_trait]
impl Limiter for RedisLimiter {
    async fn ask(&self, asked: &[Asked<'_>]) -> Result<Vec<Verdict>, LimiterAway> {
        let mut call = self.script.prepare_invoke();
        call.arg(self.now.as_ref().map_or(0, |now| now()));
        for Asked { limit, who } in asked {
            let step = u64::try_from(limit.step().as_micros()).unwrap_or(u64::MAX);
            call.key(format!("{}:{}:{who:032x}", self.prefix, limit.name));
            call.arg(step.max(1)).arg(limit.calls.get());
        }
        let mut connection = self.connection.clone();
        let answer = tokio::time::timeout(PATIENCE, call.invoke_async(&mut connection)).await;
        let numbers: Vec<i64> = answer
            .map_err(|_| LimiterAway {
                reason: format!("no answer within {} ms", PATIENCE.as_millis()),
            })?
            .map_err(|error| away(&error))?;
        Ok(numbers.chunks_exact(2).filter_map(verdict).collect())
    }
}

fn verdict(numbers: &[i64]) -> Option<Verdict> {
    let [remaining, wait] = numbers else {
        return None;
    };
    Some(Verdict {
        remaining: u32::try_from(*remaining).unwrap_or_default(),
        wait: u64::try_from(*wait).ok().map(Duration::from_micros),
    })
}

/// Asks Redis about what is counted together, and this process about the rest, and about all while Redis is away.
pub struct SharedLimiter {
    redis: Option<RedisLimiter>,
    here: InProcess,
    began: Instant,
    /// Milliseconds since `began` until which Redis is left alone.
    alone_until: AtomicU64,
    is_away: AtomicBool,
}

impl SharedLimiter {
    /// Counts calls against these limits.
    #[must_use]
    pub fn new(limits: &[Limit], redis: Option<RedisLimiter>) -> Self {
        Self {
            redis,
            here: InProcess::new(limits),
            began: Instant::now(),
            alone_until: AtomicU64::new(0),
            is_away: AtomicBool::new(false),
        }
    }

    /// Asks what can be answered without waiting; none when Redis is to be asked.
    pub(crate) fn ask_here(&self, asked: &Asked<'_>) -> Option<Verdict> {
        let here = self.redis.is_none() || asked.limit.reach == Reach::Process;
        here.then(|| self.here.ask_now(asked)).flatten()
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Says it once, and once more when it is over.
    fn found_away(&self, error: &LimiterAway) {
        let until = self.elapsed() + u64::try_from(LEFT_ALONE.as_millis()).unwrap_or_default();
        self.alone_until.store(until, Ordering::Relaxed);
        metrics::counter!("accession_limiter_fallbacks_total").increment(1);
        if !self.is_away.swap(true, Ordering::Relaxed) {
            tracing::warn!(%error, "calls are counted in this process alone until Redis answers again");
        }
    }

    fn found_there(&self) {
        if self.is_away.swap(false, Ordering::Relaxed) {
            tracing::info!("calls are counted in Redis again");
        }
    }
}

#[async_trait]
impl Limiter for SharedLimiter {
    async fn ask(&self, asked: &[Asked<'_>]) -> Result<Vec<Verdict>, LimiterAway> {
        let redis = self.redis.as_ref();
        let redis = redis.filter(|_| self.elapsed() >= self.alone_until.load(Ordering::Relaxed));
        if let Some(redis) = redis {
            match redis.ask(asked).await {
                Ok(verdicts) => {
                    self.found_there();
                    return Ok(verdicts);
                }
                Err(error) => self.found_away(&error),
            }
        }
        self.here.ask(asked).await
    }
}
