//! A bounded pool of threads that hash passwords, so that log-ins can starve neither reads nor memory.
//!
//! Memory is threads × the cost of a hash, whatever comes in; what is too much to wait is refused, never queued for ever.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use super::Password;
use super::argon::{self, Cost, HashError, Memory};

/// How much politer than everything else the threads are: reads come first where cores are scarce.
const NICENESS: i32 = 10;
/// When somebody who was refused may try again.
const AGAIN: Duration = Duration::from_secs(2);

/// Settings of the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashingOptions {
    /// Hashes that are computed at the same time; each holds `cost.memory_kib`.
    pub threads: usize,
    /// Hashes that wait; beyond it callers get 503 with `Retry-After`.
    pub waiting: usize,
    /// What a new hash costs.
    pub cost: Cost,
}

impl Default for HashingOptions {
    /// Half of the cores, and a queue that is worked off within a few seconds.
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            threads: (cores / 2).max(1),
            waiting: 128,
            cost: Cost::default(),
        }
    }
}

/// Too much is waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HashingBusy {
    /// The queue is full.
    #[error("too many passwords are being checked; try again in a moment")]
    Full {
        /// When to try again.
        retry_after: Duration,
    },
    /// What was asked cannot be done.
    #[error(transparent)]
    Failed(#[from] HashError),
}

/// What comparing a password with a kept hash says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// Whether it is the password.
    pub right: bool,
    /// Whether the hash was made at another cost than new ones are.
    pub outdated: bool,
}

struct Job {
    password: Password,
    work: Work,
}

enum Work {
    Hash(oneshot::Sender<Result<String, HashError>>),
    Compare {
        kept: String,
        reply: oneshot::Sender<Result<Match, HashError>>,
    },
}

/// Hashes and compares passwords. Clones share the threads, which end with the last clone.
#[derive(Clone)]
pub struct Hashing {
    queue: SyncSender<Job>,
    options: HashingOptions,
    /// A hash of nobody's password, for who is not there: comparing with it takes as long as with a real one.
    dummy: Arc<str>,
}

impl Hashing {
    /// Starts the threads.
    pub fn start(options: HashingOptions) -> Result<Self, HashError> {
        let (queue, jobs) = sync_channel(options.waiting);
        let jobs = Arc::new(Mutex::new(jobs));
        let dummy = argon::of_nobody(options.cost)?.into();
        for number in 0..options.threads.max(1) {
            let (jobs, cost) = (Arc::clone(&jobs), options.cost);
            std::thread::Builder::new()
                .name(format!("passwords-{number}"))
                .spawn(move || work_off(&jobs, cost))
                .map_err(|_| HashError::Unusable)?;
        }
        Ok(Self {
            queue,
            options,
            dummy,
        })
    }

    /// The text to keep for a password.
    pub async fn hash(&self, password: Password) -> Result<String, HashingBusy> {
        let (reply, answer) = oneshot::channel();
        self.enqueue(Job {
            password,
            work: Work::Hash(reply),
        })?;
        Ok(answer.await.map_err(|_| HashError::Unusable)??)
    }

    /// Whether a password is the one that a kept text was made from. Without one it takes as long, and is wrong.
    pub async fn compare(
        &self,
        kept: Option<String>,
        password: Password,
    ) -> Result<Match, HashingBusy> {
        let (reply, answer) = oneshot::channel();
        let known = kept.is_some();
        let kept = kept.unwrap_or_else(|| self.dummy.to_string());
        self.enqueue(Job {
            password,
            work: Work::Compare { kept, reply },
        })?;
        let found = answer.await.map_err(|_| HashError::Unusable)??;
        Ok(Match {
            right: known && found.right,
            outdated: found.outdated,
        })
    }

    /// The settings it was started with.
    #[must_use]
    pub const fn options(&self) -> &HashingOptions {
        &self.options
    }

    fn enqueue(&self, job: Job) -> Result<(), HashingBusy> {
        self.queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => {
                metrics::counter!("accession_password_checks_refused_total").increment(1);
                HashingBusy::Full { retry_after: AGAIN }
            }
            TrySendError::Disconnected(_) => HashError::Unusable.into(),
        })
    }
}

/// Until the last sender is gone.
fn work_off(jobs: &Mutex<Receiver<Job>>, cost: Cost) {
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::debug!(%error, "a thread for passwords stays as impolite as the others");
    }
    let mut memory = Memory::default();
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { password, work }) = next else {
            return;
        };
        match work {
            // Whoever hung up while waiting costs nothing.
            Work::Hash(reply) if !reply.is_closed() => {
                let _ = reply.send(memory.hash(cost, &password));
            }
            Work::Compare { kept, reply } if !reply.is_closed() => {
                let _ = reply.send(memory.matches(&kept, &password).map(|right| Match {
                    right,
                    outdated: argon::outdated(&kept, cost),
                }));
            }
            Work::Hash(_) | Work::Compare { .. } => continue,
        }
        metrics::counter!("accession_password_hashes_total").increment(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Cost = Cost {
        memory_kib: 64,
        passes: 1,
    };

    fn pool(threads: usize, waiting: usize, cost: Cost) -> Hashing {
        Hashing::start(HashingOptions {
            threads,
            waiting,
            cost,
        })
        .unwrap()
    }

    fn password(text: &str) -> Password {
        Password::new(text).unwrap()
    }

    #[tokio::test]
    async fn a_password_is_right_only_for_its_own_hash() {
        let pool = pool(2, 8, CHEAP);
        let kept = pool.hash(password("correct horse")).await.unwrap();
        let compare = |kept: Option<&String>, text| pool.compare(kept.cloned(), password(text));
        let right = |right| Match {
            right,
            outdated: false,
        };
        assert_eq!(compare(Some(&kept), "correct horse").await, Ok(right(true)));
        assert_eq!(
            compare(Some(&kept), "wrong password").await,
            Ok(right(false))
        );
        // Whoever is not there has no password.
        assert_eq!(compare(None, "correct horse").await, Ok(right(false)));
    }

    #[tokio::test]
    async fn what_is_too_much_to_wait_is_refused_at_once_and_the_rest_is_served() {
        let slow = Cost {
            memory_kib: 8 * 1024,
            passes: 2,
        };
        let pool = pool(1, 2, slow);
        let asked = (0..20).map(|_| pool.hash(password("correct horse")));
        let answers = futures_util::future::join_all(asked).await;
        let served = answers.iter().filter(|answer| answer.is_ok()).count();
        let refused = answers
            .iter()
            .filter(|answer| matches!(answer, Err(HashingBusy::Full { .. })))
            .count();
        assert_eq!(served + refused, 20);
        assert!((2..20).contains(&served), "{served} were served");
    }

    #[tokio::test]
    async fn who_hangs_up_while_waiting_costs_nothing() {
        let pool = pool(1, 64, CHEAP);
        for _ in 0..32 {
            let (reply, answer) = oneshot::channel();
            drop(answer);
            pool.enqueue(Job {
                password: password("correct horse"),
                work: Work::Hash(reply),
            })
            .unwrap();
        }
        assert!(pool.hash(password("correct horse")).await.is_ok());
    }
}
