//! A limiter whose clock stands still until a test moves it.
//!
//! Never shared between tests: each has keys of its own.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use accession_guard::{Asked, By, InProcess, Limit, Limiter, Reach, RedisLimiter, Verdict};
use accession_testkit::{Stores, unique_name};
use governor::clock::FakeRelativeClock;

pub(crate) struct Subject {
    limiter: Box<dyn Limiter>,
    advance: Box<dyn Fn(Duration) + Send + Sync>,
}

pub(crate) fn limit(name: &'static str, calls: u32, seconds: u64) -> Limit {
    Limit {
        name,
        calls: NonZeroU32::new(calls).unwrap(),
        over: Duration::from_secs(seconds),
        by: By::Address,
        reach: Reach::Shared,
    }
}

/// A limiter in the process has to know its limits beforehand; the tests use these, whatever their numbers.
const NAMES: [&str; 3] = ["login", "register", "refresh"];

impl Subject {
    pub(crate) fn in_process() -> Self {
        let clock = FakeRelativeClock::default();
        let limiter = PerNumbers {
            clock: clock.clone(),
            known: std::sync::Mutex::default(),
        };
        Self {
            limiter: Box::new(limiter),
            advance: Box::new(move |by| clock.advance(by)),
        }
    }

    pub(crate) fn in_redis() -> Self {
        // Any time but 0, which stands for the server's own clock.
        let now = Arc::new(AtomicU64::new(1_700_000_000_000_000));
        let limiter = RedisLimiter::new(&Stores::shared().redis_url, &unique_name("limits"));
        let read = Arc::clone(&now);
        let limiter = limiter
            .unwrap()
            .with_clock(Arc::new(move || read.load(Ordering::SeqCst)));
        let advance = move |by: Duration| {
            now.fetch_add(u64::try_from(by.as_micros()).unwrap(), Ordering::SeqCst);
        };
        Self {
            limiter: Box::new(limiter),
            advance: Box::new(advance),
        }
    }

    pub(crate) async fn ask(&self, limit: &Limit, who: u128) -> Verdict {
        self.ask_all(&[(limit, who)]).await[0]
    }

    pub(crate) async fn ask_all(&self, questions: &[(&Limit, u128)]) -> Vec<Verdict> {
        let asked = questions.iter().map(|&(limit, who)| Asked { limit, who });
        let asked: Vec<Asked<'_>> = asked.collect();
        self.limiter.ask(&asked).await.unwrap()
    }

    pub(crate) fn advance(&self, by: Duration) {
        (self.advance)(by);
    }
}

/// Makes the limiter when the numbers of a test are known.
struct PerNumbers {
    clock: FakeRelativeClock,
    known: std::sync::Mutex<Vec<(Limit, Arc<InProcess<FakeRelativeClock>>)>>,
}

impl PerNumbers {
    fn of(&self, limit: &Limit) -> Arc<InProcess<FakeRelativeClock>> {
        assert!(NAMES.contains(&limit.name));
        let mut known = self.known.lock().unwrap();
        if let Some((_, limiter)) = known.iter().find(|(known, _)| known == limit) {
            return Arc::clone(limiter);
        }
        let limiter = InProcess::with_clock(std::slice::from_ref(limit), self.clock.clone());
        let limiter = Arc::new(limiter);
        known.push((limit.clone(), Arc::clone(&limiter)));
        limiter
    }
}

#[async_trait::async_trait]
impl Limiter for PerNumbers {
    async fn ask(&self, asked: &[Asked<'_>]) -> Result<Vec<Verdict>, accession_guard::LimiterAway> {
        let mut verdicts = Vec::new();
        for asked in asked {
            let one = self
                .of(asked.limit)
                .ask(std::slice::from_ref(asked))
                .await?;
            verdicts.extend(&one);
            if one.iter().any(|verdict| verdict.wait.is_some()) {
                break;
            }
        }
        Ok(verdicts)
    }
}

macro_rules! over_both {
    ($($test:ident),* $(,)?) => {
        mod in_process {
            $(#[tokio::test] async fn $test() { super::$test(super::Subject::in_process()).await; })*
        }
        mod in_redis {
            $(#[tokio::test] async fn $test() { super::$test(super::Subject::in_redis()).await; })*
        }
    };
}

pub(crate) use over_both;
