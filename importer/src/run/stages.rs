//! The stages before the last: reading ahead, then titles, then editions, each in the input's order.
//!
//! They are tasks of their own, so that all are busy; bounded channels between them keep memory bounded.

use tokio::sync::mpsc;

use super::{IN_FLIGHT, ImportError, Opening, unreadable};
use crate::pipeline::Work;
use crate::record::Record;
use crate::sources::{Records, UnreadableInput};

/// Records in one chunk: large enough to share a commit, small enough to keep memory and latency low.
const CHUNK: usize = 250;

/// Some records, or the reason why no more come.
pub(super) type Chunk = Result<Vec<Record>, UnreadableInput>;
/// A chunk whose titles, and perhaps editions, are in.
type Sent = Result<Work, ImportError>;

/// Sends titles, and behind them editions, chunk after chunk: two tasks, so that both are always busy.
pub(super) fn in_order(
    run: &Opening,
    mut chunks: mpsc::Receiver<Chunk>,
    identity: &str,
) -> mpsc::Receiver<Sent> {
    let (titled, mut with_titles) = mpsc::channel::<Sent>(1);
    let (edited, with_editions) = mpsc::channel::<Sent>(1);
    let (first, second, identity) = (run.clone(), run.clone(), identity.to_owned());
    tokio::spawn(async move {
        while let Some(chunk) = chunks.recv().await {
            let sent = match chunk {
                Ok(records) => {
                    let mut work = Work::of(records);
                    work.send_titles(&first)
                        .await
                        .map(|()| work)
                        .map_err(ImportError::from)
                }
                Err(error) => Err(unreadable(&identity, &error)),
            };
            let failed = sent.is_err();
            if titled.send(sent).await.is_err() || failed {
                return;
            }
        }
    });
    tokio::spawn(async move {
        while let Some(sent) = with_titles.recv().await {
            let sent = match sent {
                Ok(mut work) => work
                    .send_editions(&second)
                    .await
                    .map(|()| work)
                    .map_err(ImportError::from),
                Err(error) => Err(error),
            };
            let failed = sent.is_err();
            if edited.send(sent).await.is_err() || failed {
                return;
            }
        }
    });
    with_editions
}

/// Parses on a thread of its own, a few chunks ahead.
pub(super) fn chunks(records: Records, done: u64, limit: Option<u64>) -> mpsc::Receiver<Chunk> {
    let (sender, receiver) = mpsc::channel(IN_FLIGHT);
    tokio::task::spawn_blocking(move || {
        let end = limit.unwrap_or(u64::MAX);
        let mut chunk = Vec::with_capacity(CHUNK);
        for record in records {
            match record {
                Ok(record) if record.number <= done => {}
                Ok(record) if record.number > end => break,
                Ok(record) => chunk.push(record),
                Err(error) => {
                    // What was read before the fault goes in first: a later attempt goes on behind it.
                    let _ = sender.blocking_send(Ok(std::mem::take(&mut chunk)));
                    let _ = sender.blocking_send(Err(error));
                    return;
                }
            }
            if chunk.len() == CHUNK
                && sender
                    .blocking_send(Ok(std::mem::take(&mut chunk)))
                    .is_err()
            {
                return;
            }
        }
        if !chunk.is_empty() {
            let _ = sender.blocking_send(Ok(chunk));
        }
    });
    receiver
}
