//! Answers that must not tell by how long they take whether an account exists.
//!
//! Never hides that something is away: a failure is answered when it is known.

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;

/// The outcome of some work, not before this time has passed since it was begun.
pub(crate) async fn not_before<T, E>(
    least: Duration,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let until = Instant::now() + least;
    let done = work.await?;
    tokio::time::sleep_until(until).await;
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn quick_and_slow_work_are_answered_after_the_same_time_and_failures_at_once() {
        let least = Duration::from_millis(250);
        for takes in [0, 10, 249] {
            let begun = Instant::now();
            let work = async {
                tokio::time::advance(Duration::from_millis(takes)).await;
                Ok::<_, ()>(())
            };
            not_before(least, work).await.unwrap();
            assert_eq!(begun.elapsed().as_millis(), 250, "{takes}");
        }
        let begun = Instant::now();
        assert!(not_before(least, async { Err::<(), _>(()) }).await.is_err());
        assert_eq!(begun.elapsed().as_millis(), 0);
    }
}
