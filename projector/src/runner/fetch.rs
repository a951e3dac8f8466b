//! Reads the feed ahead of the folding: the next page is fetched and decoded while the present one is committed.
//!
//! It holds at most two pages, and never decides how far anything is.

use std::sync::Arc;
use std::time::Duration;

use accession_events::{Position, RecordedEvent};
use accession_feed::Feed;
use accession_read_store::OneThread;
use tokio::sync::mpsc;

use super::error::{ProjectorError, Trouble};
use super::plan::Incoming;

/// Fewer events than this are decoded where they are.
const INLINE: usize = 16;

/// What the feed gave.
pub(crate) enum Fetched {
    /// The next events, and the newest position that the feed knows of.
    Page(Vec<Incoming>, Position),
    /// Nothing came in time: this is the end of the log for now.
    Idle(Position),
}

/// Reads on from a position until the receiver is gone or trouble comes, which is the last thing sent.
pub(crate) async fn fetch(
    mut feed: Box<dyn Feed>,
    mut at: Position,
    max: usize,
    heartbeat: Duration,
    pages: mpsc::Sender<Result<Fetched, Trouble>>,
) {
    let decoder = OneThread::named("projector-read");
    // The first look must not wait: whether anything is to be caught up with is known after it.
    let mut patience = Duration::ZERO;
    loop {
        let fetched = match feed.after(at, max, patience).await {
            Ok(events) => decode(events, feed.newest_known(), &mut at, &decoder).await,
            Err(error) => Err(error.into()),
        };
        patience = heartbeat;
        let ended = fetched.is_err();
        if pages.send(fetched).await.is_err() || ended {
            return;
        }
    }
}

async fn decode(
    events: Vec<RecordedEvent>,
    newest: Position,
    at: &mut Position,
    decoder: &OneThread,
) -> Result<Fetched, Trouble> {
    let Some(last) = events.last().map(|event| event.position) else {
        return Ok(Fetched::Idle(newest.max(*at)));
    };
    *at = last;
    let page = if events.len() <= INLINE {
        events.into_iter().map(Incoming::read).collect()
    } else {
        let decoding = move || events.into_iter().map(Incoming::read).collect();
        decoder.run(decoding).await.map_err(|error| {
            Trouble::Fatal(ProjectorError::Defect {
                reason: format!("decoding events: {error}"),
            })
        })?
    };
    Ok(Fetched::Page(page, newest.max(last)))
}

/// A page being worked off in portions.
pub(crate) struct Portions {
    rest: std::vec::IntoIter<Incoming>,
}

impl Portions {
    pub(crate) fn of(page: Vec<Incoming>) -> Self {
        Self {
            rest: page.into_iter(),
        }
    }

    /// The next portion of at most `max` events; none at the end.
    pub(crate) fn next(&mut self, max: usize) -> Option<Arc<Vec<Incoming>>> {
        let portion: Vec<_> = self.rest.by_ref().take(max.max(1)).collect();
        (!portion.is_empty()).then(|| Arc::new(portion))
    }
}
