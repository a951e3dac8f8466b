//! A pace: requests go one behind another with a least time between them, however many tasks ask.

use std::time::{Duration, Instant};

use tokio::sync::Mutex;

/// Gives out turns.
pub(super) struct Pace {
    between: Duration,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    pub(super) fn new(between: Duration) -> Self {
        Self {
            between,
            next: Mutex::new(None),
        }
    }

    /// Waits for a turn.
    pub(super) async fn turn(&self) {
        let wait = {
            let mut next = self.next.lock().await;
            self.reserve(&mut next, Instant::now())
        };
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
    }

    /// Takes the next turn and tells how far off it is.
    fn reserve(&self, next: &mut Option<Instant>, now: Instant) -> Duration {
        let turn = next.map_or(now, |next| next.max(now));
        *next = Some(turn + self.between);
        turn.saturating_duration_since(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_given_out_one_behind_another() {
        let pace = Pace::new(Duration::from_secs(1));
        let now = Instant::now();
        let mut next = None;
        let waits: Vec<u64> = (0..3)
            .map(|_| pace.reserve(&mut next, now).as_secs())
            .collect();
        assert_eq!(waits, [0, 1, 2]);
        assert_eq!(
            pace.reserve(&mut next, now + Duration::from_secs(10)),
            Duration::ZERO
        );
    }
}
