//! Group commit: one task takes what waits, writes it in one call, and repeats. No timer: under little load a batch is
//! one append and waits for nobody, under much load batches grow by themselves.
//!
//! It never reorders what one caller submitted together, and it never says "not written" when it does not know.

mod numbers;

use std::sync::Arc;
use std::time::Duration;

use accession_events::Position;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, oneshot, watch};

use crate::append::{Append, Outcome};
use crate::error::LogError;
use crate::store::LogStore;

/// How long a caller who was turned away should wait: a full queue drains in less.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Bounds of the writer.
#[derive(Debug, Clone, Copy)]
pub struct WriterOptions {
    /// Appends that may wait or be on their way; beyond it callers get [`LogError::Overloaded`].
    pub queue: usize,
    /// Most appends of one call to the store; appends submitted together stay together even beyond it.
    pub max_batch_appends: usize,
    /// Most events of one call to the store, likewise.
    pub max_batch_events: usize,
}

impl Default for WriterOptions {
    fn default() -> Self {
        Self {
            queue: 4096,
            max_batch_appends: 1000,
            max_batch_events: 4000,
        }
    }
}

type Answer = Result<Vec<Outcome>, LogError>;

/// Appends submitted together, and who waits for the answer.
struct Job {
    appends: Vec<Append>,
    events: usize,
    reply: oneshot::Sender<Answer>,
    _place: OwnedSemaphorePermit,
}

enum Message {
    Write(Job),
    /// Take nothing more; what waits already is still written.
    Close,
}

/// The callers' end of the writer.
pub(crate) struct Writer {
    messages: UnboundedSender<Message>,
    places: Arc<Semaphore>,
    queue: usize,
    head: watch::Receiver<Position>,
}

impl Writer {
    pub(crate) fn start(store: Arc<dyn LogStore>, options: WriterOptions) -> Self {
        let (messages, inbox) = unbounded_channel();
        let (head_sender, head) = watch::channel(Position::START);
        let queue = options.queue.clamp(1, Semaphore::MAX_PERMITS);
        tokio::spawn(
            WriterTask {
                store,
                options,
                inbox,
                head: head_sender,
                left_over: None,
            }
            .run(),
        );
        Self {
            messages,
            places: Arc::new(Semaphore::new(queue)),
            queue,
            head,
        }
    }

    pub(crate) fn head(&self) -> watch::Receiver<Position> {
        self.head.clone()
    }

    /// How many places of the queue are taken, of how many.
    pub(crate) fn waiting(&self) -> (usize, usize) {
        let free = self.places.available_permits();
        (self.queue.saturating_sub(free), self.queue)
    }

    pub(crate) async fn write(&self, appends: Vec<Append>) -> Answer {
        let started = tokio::time::Instant::now();
        let answer = self.submit(appends).await;
        numbers::answered(&answer, started.elapsed());
        answer
    }

    async fn submit(&self, appends: Vec<Append>) -> Answer {
        // A submission larger than the whole queue is let in when the queue is empty.
        let places = u32::try_from(appends.len().min(self.queue)).unwrap_or(u32::MAX);
        let place = Arc::clone(&self.places)
            .try_acquire_many_owned(places)
            .map_err(|error| match error {
                TryAcquireError::NoPermits => {
                    metrics::counter!("accession_log_overloaded_total").increment(1);
                    LogError::Overloaded {
                        retry_after: RETRY_AFTER,
                    }
                }
                TryAcquireError::Closed => LogError::Closed,
            })?;
        let (reply, answer) = oneshot::channel();
        let events = appends.iter().map(Append::event_count).sum();
        let job = Job {
            appends,
            events,
            reply,
            _place: place,
        };
        self.messages
            .send(Message::Write(job))
            .map_err(|_| LogError::Closed)?;
        answer.await.unwrap_or_else(|_| {
            Err(LogError::Ambiguous {
                reason: "the log's writer stopped before it answered".to_owned(),
            })
        })
    }

    /// Refuses what comes from now on; returns when all that waited has been answered.
    pub(crate) async fn close(&self) {
        self.places.close();
        // The send fails when it was closed before; then there is nothing to do but to wait.
        drop(self.messages.send(Message::Close));
        self.messages.closed().await;
    }
}

struct WriterTask {
    store: Arc<dyn LogStore>,
    options: WriterOptions,
    inbox: UnboundedReceiver<Message>,
    head: watch::Sender<Position>,
    /// A job that did not fit into the last batch.
    left_over: Option<Job>,
}

impl WriterTask {
    async fn run(mut self) {
        if let Ok(head) = self.store.head().await {
            self.announce(head);
        }
        while let Some(batch) = self.next_batch().await {
            self.write(batch).await;
        }
    }

    /// What waits, up to the bounds; None when closed and drained.
    async fn next_batch(&mut self) -> Option<Vec<Job>> {
        let first = loop {
            if let Some(job) = self.left_over.take() {
                break job;
            }
            match self.inbox.recv().await? {
                Message::Write(job) => break job,
                Message::Close => self.inbox.close(),
            }
        };
        let (mut appends, mut events) = (first.appends.len(), first.events);
        let mut batch = vec![first];
        while appends < self.options.max_batch_appends && events < self.options.max_batch_events {
            match self.inbox.try_recv() {
                Ok(Message::Write(job)) => {
                    appends += job.appends.len();
                    events += job.events;
                    if appends > self.options.max_batch_appends
                        || events > self.options.max_batch_events
                    {
                        self.left_over = Some(job);
                        break;
                    }
                    batch.push(job);
                }
                Ok(Message::Close) => self.inbox.close(),
                Err(_) => break,
            }
        }
        Some(batch)
    }

    async fn write(&self, mut batch: Vec<Job>) {
        let counts: Vec<usize> = batch.iter().map(|job| job.appends.len()).collect();
        let appends: Vec<Append> = batch
            .iter_mut()
            .flat_map(|job| std::mem::take(&mut job.appends))
            .collect();
        let started = tokio::time::Instant::now();
        let answer = self.store.append(&appends).await;
        let events = batch.iter().map(|job| job.events).sum();
        numbers::batch(appends.len(), events, started.elapsed());
        match answer {
            Ok(outcomes) => self.answer(batch, &counts, outcomes),
            Err(LogError::Permanent { .. } | LogError::Corrupt { .. }) if batch.len() > 1 => {
                self.write_one_by_one(batch, &counts, appends).await;
            }
            Err(error) => {
                for job in batch {
                    drop(job.reply.send(Err(error.clone())));
                }
            }
        }
    }

    fn answer(&self, batch: Vec<Job>, counts: &[usize], outcomes: Vec<Outcome>) {
        let last = outcomes.iter().filter_map(|outcome| match outcome {
            Outcome::Committed(committed) => Some(committed.last),
            _ => None,
        });
        self.announce(last.max().unwrap_or(Position::START));
        let mut outcomes = outcomes.into_iter();
        for (job, count) in batch.into_iter().zip(counts) {
            // A caller who no longer waits is no concern: what was written is written.
            drop(job.reply.send(Ok(outcomes.by_ref().take(*count).collect())));
        }
    }

    /// Something in the batch can never be written: only its own caller shall hear of it.
    async fn write_one_by_one(&self, batch: Vec<Job>, counts: &[usize], appends: Vec<Append>) {
        let mut appends = appends.into_iter();
        for (job, count) in batch.into_iter().zip(counts) {
            let own: Vec<Append> = appends.by_ref().take(*count).collect();
            match self.store.append(&own).await {
                Ok(outcomes) => self.answer(vec![job], &[*count], outcomes),
                Err(error) => drop(job.reply.send(Err(error))),
            }
        }
    }

    fn announce(&self, position: Position) {
        self.head.send_if_modified(|head| {
            let newer = position > *head;
            *head = position.max(*head);
            newer
        });
    }
}
