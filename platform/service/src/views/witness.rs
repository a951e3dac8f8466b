//! Writes views down for a whole process, many in one piece, and tells each who asked that theirs is written.
//!
//! Never forgets one silently: who waits for it is told and shows nothing, and it is counted.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::{View, ViewLog, ViewsAway};

/// Requests that may wait for their views to be written; the next is refused at once.
const WAITING: usize = 256;
/// Requests whose views are written in one piece.
const TOGETHER: usize = 64;
/// How long a request waits for it.
pub const WITNESS_PATIENCE: Duration = Duration::from_secs(2);

/// The views of one request.
struct Entry {
    views: Vec<View>,
    written: oneshot::Sender<Result<(), ViewsAway>>,
}

/// Has views written down by one task. Cheap to clone; the task ends with the last of them, after it has written what
/// waits.
#[derive(Clone)]
pub struct Witness {
    entries: mpsc::Sender<Entry>,
}

impl Witness {
    /// Starts to write into this; needs a Tokio runtime.
    #[must_use]
    pub fn start(log: Arc<dyn ViewLog>) -> Self {
        let (entries, waiting) = mpsc::channel(WAITING);
        tokio::spawn(write(log, waiting));
        metrics::counter!("accession_views_noted_total").increment(0);
        for why in ["queue_full", "not_written", "too_slow"] {
            metrics::counter!("accession_views_refused_total", "why" => why).increment(0);
        }
        Self { entries }
    }

    /// Returns when these views are written down: then what they are of may be shown. It costs one insert at most, which
    /// it shares with whoever waits at the same time.
    pub async fn note(&self, views: Vec<View>) -> Result<(), ViewsAway> {
        if views.is_empty() {
            return Ok(());
        }
        let noted = views.len() as u64;
        match self.written(views).await {
            Ok(()) => {
                metrics::counter!("accession_views_noted_total").increment(noted);
                Ok(())
            }
            Err((why, away)) => {
                metrics::counter!("accession_views_refused_total", "why" => why).increment(noted);
                Err(away)
            }
        }
    }

    async fn written(&self, views: Vec<View>) -> Result<(), (&'static str, ViewsAway)> {
        let (written, told) = oneshot::channel();
        let entry = Entry { views, written };
        self.entries
            .try_send(entry)
            .map_err(|_| ("queue_full", away("too many wait for it")))?;
        match tokio::time::timeout(WITNESS_PATIENCE, told).await {
            Ok(Ok(Ok(()))) => Ok(()),
            Ok(Ok(Err(away))) => Err(("not_written", away)),
            Ok(Err(_)) => Err(("not_written", away("who writes them down has ended"))),
            Err(_) => Err(("too_slow", away("it takes too long"))),
        }
    }
}

fn away(reason: &str) -> ViewsAway {
    ViewsAway {
        reason: reason.to_owned(),
    }
}

async fn write(log: Arc<dyn ViewLog>, mut waiting: mpsc::Receiver<Entry>) {
    let mut entries = Vec::with_capacity(TOGETHER);
    while waiting.recv_many(&mut entries, TOGETHER).await > 0 {
        let mut views = Vec::new();
        for entry in &mut entries {
            views.append(&mut entry.views);
        }
        let written = log.note(&views).await;
        for entry in entries.drain(..) {
            // Who has given up waiting does not need to know.
            let _ = entry.written.send(written.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_trait::async_trait;
    use jiff::Timestamp;
    use tokio::sync::Semaphore;
    use uuid::Uuid;

    use super::*;

    /// Writes when it is let, and remembers how much it wrote each time.
    struct Slow {
        may: Semaphore,
        pieces: Mutex<Vec<usize>>,
        fails: bool,
    }

    impl Slow {
        fn new(permits: usize, fails: bool) -> Arc<Self> {
            Arc::new(Self {
                may: Semaphore::new(permits),
                pieces: Mutex::default(),
                fails,
            })
        }
    }

    #[async_trait]
    impl ViewLog for Slow {
        async fn note(&self, views: &[View]) -> Result<(), ViewsAway> {
            self.may.acquire().await.unwrap().forget();
            self.pieces.lock().unwrap().push(views.len());
            if self.fails {
                return Err(away("the disk is full"));
            }
            Ok(())
        }

        async fn of(&self, _: Uuid, _: Option<Timestamp>, _: u32) -> Result<Vec<View>, ViewsAway> {
            Ok(Vec::new())
        }

        async fn purge(&self, _: Timestamp) -> Result<u64, ViewsAway> {
            Ok(0)
        }

        async fn forget(&self, _: Uuid) -> Result<(), ViewsAway> {
            Ok(())
        }
    }

    fn view() -> View {
        View {
            at: Timestamp::UNIX_EPOCH,
            viewer: Uuid::from_u128(1),
            subject: Uuid::from_u128(2),
            route: "/".to_owned(),
        }
    }

    #[tokio::test]
    async fn views_of_requests_that_wait_together_are_written_in_one_piece() {
        let log = Slow::new(0, false);
        let witness = Witness::start(log.clone());
        let waiting: Vec<_> = (0..5)
            .map(|_| {
                let witness = witness.clone();
                tokio::spawn(async move { witness.note(vec![view(), view()]).await })
            })
            .collect();
        tokio::task::yield_now().await;
        log.may.add_permits(10);
        for one in waiting {
            one.await.unwrap().unwrap();
        }
        let pieces = log.pieces.lock().unwrap().clone();
        assert_eq!(pieces.iter().sum::<usize>(), 10);
        assert!(pieces.len() < 5, "{pieces:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_cannot_be_written_down_in_time_is_told() {
        let failing = Witness::start(Slow::new(9, true));
        let refused = failing.note(vec![view()]).await.unwrap_err();
        assert!(refused.reason.contains("disk"), "{refused}");
        let hanging = Witness::start(Slow::new(0, false));
        let refused = hanging.note(vec![view()]).await.unwrap_err();
        assert!(refused.reason.contains("too long"), "{refused}");
        hanging.note(Vec::new()).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn of_too_many_who_wait_the_next_is_refused_at_once() {
        let witness = Witness::start(Slow::new(0, false));
        let calls = (0..WAITING + TOGETHER + 2).map(|_| witness.note(vec![view()]));
        let answers = futures_util::future::join_all(calls).await;
        let full = |answer: &&Result<(), ViewsAway>| {
            answer
                .as_ref()
                .is_err_and(|away| away.reason.contains("too many"))
        };
        assert!(answers.iter().filter(full).count() >= 2);
    }
}
