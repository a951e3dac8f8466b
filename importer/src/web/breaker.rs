//! A breaker: after several failures in a row a provider is left alone for a while, then tried once.
//!
//! Time is an argument.

use std::time::{Duration, Instant};

/// Failures in a row that open it.
const FAILURES: u32 = 5;
/// How long it stays open.
const REST: Duration = Duration::from_secs(30);

/// Closed at first.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    failures: u32,
    opened: Option<Instant>,
}

impl Breaker {
    /// How long a request must wait; none when it may go now. When the rest is over one request goes and decides.
    pub(super) fn rest(&mut self, now: Instant) -> Option<Duration> {
        let opened = self.opened?;
        let rest = REST.checked_sub(now.saturating_duration_since(opened))?;
        (!rest.is_zero()).then_some(rest)
    }

    pub(super) fn succeeded(&mut self) {
        *self = Self::default();
    }

    pub(super) fn failed(&mut self, now: Instant) {
        self.failures += 1;
        if self.failures >= FAILURES {
            self.opened = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_after_failures_in_a_row_and_tries_again_after_a_rest() {
        let mut breaker = Breaker::default();
        let start = Instant::now();
        for _ in 0..FAILURES - 1 {
            breaker.failed(start);
        }
        assert_eq!(breaker.rest(start), None);
        breaker.succeeded();
        for _ in 0..FAILURES {
            breaker.failed(start);
        }
        assert_eq!(
            breaker.rest(start + Duration::from_secs(10)),
            Some(Duration::from_secs(20))
        );
        let later = start + REST;
        assert_eq!(breaker.rest(later), None);
        breaker.failed(later);
        assert!(
            breaker.rest(later + Duration::from_secs(1)).is_some(),
            "one failure more closes it again"
        );
        breaker.succeeded();
        assert_eq!(breaker.rest(later), None);
    }
}
