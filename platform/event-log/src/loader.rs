//! Loads streams the way the writer writes: what is asked for at the same time is fetched in one round trip.
//!
//! No timer: a load that finds nobody else loading goes off at once, in its caller's task. It caches nothing; what it returns was read after it was asked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use accession_events::StreamName;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Mutex, oneshot};

use crate::error::LogError;
use crate::store::{LogStore, StoredStream, StreamToRestore};

/// Fetches that may be on their way at the same time; more would only make the groups smaller.
const LANES: usize = 2;
/// Most streams of one fetch.
const GROUP: usize = 500;

struct Request {
    wanted: StreamToRestore,
    reply: oneshot::Sender<Result<StoredStream, LogError>>,
}

/// The callers' end of the loader.
pub(crate) struct StreamLoader {
    store: Arc<dyn LogStore>,
    requests: UnboundedSender<Request>,
    /// Loads on their way.
    under_way: AtomicUsize,
}

impl StreamLoader {
    pub(crate) fn start(store: &Arc<dyn LogStore>) -> Self {
        let (requests, inbox) = unbounded_channel();
        let inbox = Arc::new(Mutex::new(inbox));
        for _ in 0..LANES {
            tokio::spawn(serve(Arc::clone(store), Arc::clone(&inbox)));
        }
        Self {
            store: Arc::clone(store),
            requests,
            under_way: AtomicUsize::new(0),
        }
    }

    /// What is stored of one stream.
    pub(crate) async fn load(
        &self,
        stream: StreamName,
        schema: &'static str,
    ) -> Result<StoredStream, LogError> {
        let wanted = StreamToRestore { stream, schema };
        let others = self.under_way.fetch_add(1, Ordering::Relaxed);
        let _ended = Ended(&self.under_way);
        if others == 0 {
            let stored = self.store.restore_streams(&[wanted]).await?;
            return Ok(stored.into_iter().next().unwrap_or_default());
        }
        let (reply, answer) = oneshot::channel();
        let request = Request { wanted, reply };
        self.requests.send(request).map_err(|_| LogError::Closed)?;
        answer.await.unwrap_or(Err(LogError::Closed))
    }
}

/// Counts a load as ended, also when its caller stops waiting.
struct Ended<'a>(&'a AtomicUsize);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn serve(store: Arc<dyn LogStore>, inbox: Arc<Mutex<UnboundedReceiver<Request>>>) {
    while let Some(group) = next_group(&inbox).await {
        let (wanted, replies): (Vec<_>, Vec<_>) = group
            .into_iter()
            .map(|request| (request.wanted, request.reply))
            .unzip();
        match store.restore_streams(&wanted).await {
            Ok(stored) => {
                for (reply, stream) in replies.into_iter().zip(stored) {
                    drop(reply.send(Ok(stream)));
                }
            }
            Err(error) => {
                for reply in replies {
                    drop(reply.send(Err(error.clone())));
                }
            }
        }
    }
}

async fn next_group(inbox: &Mutex<UnboundedReceiver<Request>>) -> Option<Vec<Request>> {
    let mut inbox = inbox.lock().await;
    let mut group = vec![inbox.recv().await?];
    while group.len() < GROUP {
        match inbox.try_recv() {
            Ok(request) => group.push(request),
            Err(_) => break,
        }
    }
    Some(group)
}
