//! A thread that does pieces of work one after the other, for work that waits for a disk or fills a core.
//!
//! Never a pool: what one piece allocates, the next one of the same kind frees or uses again. A pool spreads such work
//! over all of its threads, and each of them keeps memory of its own and finds nothing in its caches.

use std::sync::mpsc;

use tokio::sync::oneshot;

type Work = Box<dyn FnOnce() + Send>;

/// A thread that works for its owner, and ends with it.
#[derive(Debug)]
pub struct OneThread {
    works: mpsc::Sender<Work>,
}

/// The thread has ended: a piece of work before has panicked, or it could not be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the thread has ended, because a piece of its work panicked or it could not be started")]
pub struct ThreadEnded;

impl OneThread {
    /// Starts a thread of this name (at most 15 bytes are shown by the system).
    #[must_use]
    pub fn named(name: &str) -> Self {
        let (works, waiting) = mpsc::channel::<Work>();
        let thread = std::thread::Builder::new().name(name.to_owned());
        let started = thread.spawn(move || {
            while let Ok(work) = waiting.recv() {
                work();
            }
        });
        if let Err(error) = started {
            // Whoever brings work is told that nobody is there.
            tracing::error!(%error, name, "one_thread.not_started");
        }
        Self { works }
    }

    /// Does a piece of work after all that was brought before it.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ThreadEnded> {
        let (done, result) = oneshot::channel();
        let work = move || {
            // Nobody may wait for it any longer.
            let _ = done.send(work());
        };
        self.works.send(Box::new(work)).map_err(|_| ThreadEnded)?;
        result.await.map_err(|_| ThreadEnded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_is_done_in_order_on_one_thread() {
        let thread = OneThread::named("test");
        let first = thread.run(|| std::thread::current().id()).await.unwrap();
        let (second, third) = tokio::join!(
            thread.run(|| std::thread::current().id()),
            thread.run(|| std::thread::current().name().map(str::to_owned)),
        );
        assert_eq!(second, Ok(first));
        assert_eq!(third, Ok(Some("test".to_owned())));
    }

    #[tokio::test]
    async fn who_brings_work_after_a_panic_is_told() {
        let thread = OneThread::named("test");
        let broken = thread.run(|| panic!("on purpose")).await;
        assert_eq!(broken, Err::<(), _>(ThreadEnded));
        assert_eq!(thread.run(|| 1).await, Err(ThreadEnded));
    }
}
