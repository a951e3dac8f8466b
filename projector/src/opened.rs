//! A feed whose events come opened: what is sealed in them is known to the folds, as far as its keys are there.
//!
//! Keys that cannot be looked up interrupt the feed; nothing is skipped, and nothing is taken for erased that is not.

use std::sync::Arc;
use std::time::Duration;

use accession_events::{Position, RecordedEvent};
use accession_feed::{Feed, FeedError};
use accession_secrets::Opening;
use async_trait::async_trait;

use crate::runner::FeedFactory;

/// Feeds like these, with opened events.
#[must_use]
pub fn opened(feeds: FeedFactory, opening: Opening) -> FeedFactory {
    Arc::new(move || {
        let (feed, opening) = (feeds(), opening.clone());
        Box::new(Opened { feed, opening }) as Box<dyn Feed>
    })
}

struct Opened {
    feed: Box<dyn Feed>,
    opening: Opening,
}

#[async_trait]
impl Feed for Opened {
    async fn after(
        &mut self,
        after: Position,
        max: usize,
        patience: Duration,
    ) -> Result<Vec<RecordedEvent>, FeedError> {
        let mut events = self.feed.after(after, max, patience).await?;
        match self.opening.open(&mut events).await {
            Ok(()) => Ok(events),
            Err(error) => Err(FeedError::Interrupted {
                reason: error.to_string(),
            }),
        }
    }

    fn newest_known(&self) -> Position {
        self.feed.newest_known()
    }
}
