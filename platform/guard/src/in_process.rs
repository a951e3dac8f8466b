//! Calls counted in this process, by `governor`.
//!
//! Never grows for ever: whoever has not called for a while is forgotten.

use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use governor::clock::{Clock, DefaultClock, Reference as _};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::limit::{Asked, Limit, Verdict};
use crate::limiter::{Limiter, LimiterAway};

/// After so many calls whoever has all their calls back is forgotten.
const TIDY_AFTER: u32 = 8192;

type Counted<C> = RateLimiter<u128, DashMapStateStore<u128>, C, StateInformationMiddleware>;

/// Counts calls in memory.
pub struct InProcess<C: Clock = DefaultClock> {
    limits: Vec<(Limit, Counted<C>)>,
    clock: C,
    calls: AtomicU32,
}

impl InProcess {
    /// Counts calls against these limits, by the process's own monotonic clock.
    #[must_use]
    pub fn new(limits: &[Limit]) -> Self {
        Self::with_clock(limits, DefaultClock::default())
    }
}

impl<C: Clock + Clone> InProcess<C> {
    /// The same by another clock.
    #[must_use]
    pub fn with_clock(limits: &[Limit], clock: C) -> Self {
        let counted = |limit: &Limit| {
            let quota =
                Quota::with_period(limit.step()).map(|quota| quota.allow_burst(limit.calls));
            let quota = quota.unwrap_or_else(|| Quota::per_second(limit.calls));
            let counted = RateLimiter::dashmap_with_clock(quota, clock.clone()).with_middleware();
            (limit.clone(), counted)
        };
        Self {
            limits: limits.iter().map(counted).collect(),
            clock,
            calls: AtomicU32::new(0),
        }
    }

    /// Asks one limit; none when it is not one of those that are counted here.
    pub fn ask_now(&self, asked: &Asked<'_>) -> Option<Verdict> {
        let (_, counted) = self
            .limits
            .iter()
            .find(|(limit, _)| limit.name == asked.limit.name)?;
        if self.calls.fetch_add(1, Ordering::Relaxed) % TIDY_AFTER == TIDY_AFTER - 1 {
            self.tidy();
        }
        Some(match counted.check_key(&asked.who) {
            Ok(snapshot) => Verdict {
                remaining: snapshot.remaining_burst_capacity(),
                wait: None,
            },
            Err(not_until) => {
                let now = self.clock.now();
                let earliest = not_until.earliest_possible();
                let wait = earliest.duration_since(now.min(earliest)).into();
                Verdict {
                    remaining: 0,
                    wait: Some(wait),
                }
            }
        })
    }

    /// How many callers are remembered.
    #[must_use]
    pub fn remembered(&self) -> usize {
        self.limits.iter().map(|(_, counted)| counted.len()).sum()
    }

    fn tidy(&self) {
        for (_, counted) in &self.limits {
            counted.retain_recent();
            counted.shrink_to_fit();
        }
    }
}

#[async_trait]
impl<C> Limiter for InProcess<C>
where
    C: Clock + Clone + Send + Sync + 'static,
    C::Instant: Send + Sync,
{
    async fn ask(&self, asked: &[Asked<'_>]) -> Result<Vec<Verdict>, LimiterAway> {
        let mut verdicts = Vec::with_capacity(asked.len());
        for asked in asked {
            let Some(verdict) = self.ask_now(asked) else {
                return Err(LimiterAway {
                    reason: format!("nobody counts `{}` here", asked.limit.name),
                });
            };
            verdicts.push(verdict);
            if verdict.wait.is_some() {
                break;
            }
        }
        Ok(verdicts)
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;
    use std::time::Duration;

    use governor::clock::FakeRelativeClock;

    use super::*;
    use crate::limit::{By, Reach};

    #[test]
    fn whoever_has_not_called_for_a_while_is_forgotten() {
        let limit = Limit {
            name: "reads",
            calls: NonZeroU32::new(10).unwrap(),
            over: Duration::from_secs(10),
            by: By::Address,
            reach: Reach::Process,
        };
        let clock = FakeRelativeClock::default();
        let limiter = InProcess::with_clock(std::slice::from_ref(&limit), clock.clone());
        let ask = |who: u32| {
            let who = u128::from(who);
            limiter.ask_now(&Asked { limit: &limit, who }).unwrap()
        };
        for who in 0..TIDY_AFTER - 2 {
            ask(who);
        }
        assert_eq!(limiter.remembered(), TIDY_AFTER as usize - 2);
        clock.advance(Duration::from_mins(1));
        ask(0);
        ask(0);
        assert!(limiter.remembered() <= 1, "{}", limiter.remembered());
    }
}
