//! The feed of a consumer away from the log's process: history from the log, the tail from the bus.
//!
//! It never takes the bus's word for anything but the next position: a hole, a damaged message, a silent or absent bus
//! all mean the same, back to the log.

mod follower;

use std::sync::Arc;
use std::time::Duration;

use accession_event_log::LogStore;
use accession_events::{Position, RecordedEvent};
use async_trait::async_trait;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::bus::Bus;
use crate::log_reader::LogReader;
use crate::source::{Feed, FeedError};
use follower::{Follower, Sighting};

/// Settings of a feed over the bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusFeedConfig {
    /// How often the log is looked at while the bus delivers: covers a relay that is down.
    pub poll_beside_bus: Duration,
    /// How often the log is looked at while the bus is away.
    pub poll_without_bus: Duration,
}

impl Default for BusFeedConfig {
    fn default() -> Self {
        Self {
            poll_beside_bus: Duration::from_secs(1),
            poll_without_bus: Duration::from_millis(250),
        }
    }
}

/// Where a feed gets the log's tail from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The bus delivers.
    Bus,
    /// The log is polled.
    Log {
        /// Why the bus is not used.
        reason: String,
    },
}

/// A feed over the log and the bus.
pub struct BusFeed {
    log: LogReader,
    follower: Follower,
    config: BusFeedConfig,
    source: watch::Sender<Source>,
    /// An event of the bus that is beyond what was asked for so far.
    ahead: Option<RecordedEvent>,
    /// Where the last answer ended; who asks for anything else has moved, and the log answers.
    delivered: Position,
    /// The log has been read to its end, and nothing has hinted at more since.
    at_end: bool,
    /// When the log is looked at again although nothing hints at more.
    next_look: Instant,
}

impl BusFeed {
    /// Follows `log` with the help of `bus`. Must be called within a Tokio runtime.
    #[must_use]
    pub fn new(log: Arc<dyn LogStore>, bus: Bus, config: BusFeedConfig) -> Self {
        let reason = "history comes first".to_owned();
        Self {
            log: LogReader::new(Arc::clone(&log)),
            follower: Follower::start(bus, log),
            next_look: Instant::now(),
            config,
            source: watch::Sender::new(Source::Log { reason }),
            ahead: None,
            delivered: Position::START,
            at_end: false,
        }
    }

    /// Where the tail comes from, now and later.
    #[must_use]
    pub fn source(&self) -> watch::Receiver<Source> {
        self.source.subscribe()
    }

    /// What has come from the bus already and continues `after`.
    fn take_from_bus(&mut self, after: Position, max: usize) -> Vec<RecordedEvent> {
        let mut page = Vec::new();
        let mut last = after;
        while page.len() < max {
            let Some(event) = self.ahead.take().or_else(|| self.next_at_hand()) else {
                break;
            };
            if event.position > last.next() {
                self.hole(last, event);
                break;
            }
            // Lower ones were read from the log, or a relay went back.
            if event.position == last.next() {
                last = event.position;
                page.push(event);
            }
        }
        page
    }

    /// The next event that the bus has delivered, without waiting.
    fn next_at_hand(&mut self) -> Option<RecordedEvent> {
        while let Some(sighting) = self.follower.try_next() {
            if let Some(event) = self.note(sighting) {
                return Some(event);
            }
        }
        None
    }

    /// Between `last` and `beyond` something is missing: the log has it.
    fn hole(&mut self, last: Position, beyond: RecordedEvent) {
        if self.at_end {
            tracing::debug!(
                after = last.get(),
                next = beyond.position.get(),
                "a hole on the bus; back to the log"
            );
            metrics::counter!("accession_feed_holes_total").increment(1);
        }
        self.at_end = false;
        self.ahead = Some(beyond);
    }

    async fn read_from_log(
        &mut self,
        after: Position,
        max: usize,
    ) -> Result<Vec<RecordedEvent>, FeedError> {
        let missing = self
            .ahead
            .as_ref()
            .map(|ahead| ahead.position.get() - after.get() - 1);
        let limit = missing.map_or(max, |missing| {
            max.min(usize::try_from(missing).unwrap_or(max))
        });
        let page = self.log.page(after, limit).await?;
        match (page.len(), &self.ahead) {
            (0, Some(ahead)) => {
                let reason = format!(
                    "the bus holds position {}, but the log ends at {after}: the stream on the bus belongs to another \
                     log, or the log was restored from an older copy",
                    ahead.position
                );
                self.ahead = None;
                self.follower.begin_again();
                Err(FeedError::Corrupt { reason })
            }
            (read, ahead) => {
                self.at_end = if ahead.is_some() {
                    Some(read as u64) == missing
                } else {
                    read < limit
                };
                self.next_look = Instant::now() + self.poll();
                Ok(page)
            }
        }
    }

    fn deliver(&mut self, page: Vec<RecordedEvent>, from: &'static str) -> Vec<RecordedEvent> {
        if let Some(last) = page.last() {
            self.delivered = last.position;
        }
        metrics::counter!("accession_feed_events_total", "from" => from)
            .increment(page.len() as u64);
        page
    }

    /// Until something hints at more events, at most until `deadline`.
    async fn wait(&mut self, deadline: Instant) {
        let until = deadline.min(self.next_look);
        if let Ok(sighting) = tokio::time::timeout_at(until, self.follower.next()).await {
            self.ahead = self.note(sighting);
        }
        if Instant::now() >= self.next_look {
            self.at_end = false;
        }
    }

    fn note(&mut self, sighting: Sighting) -> Option<RecordedEvent> {
        match sighting {
            Sighting::Event(event) => {
                self.log.noticed(event.position);
                return Some(event);
            }
            Sighting::LookInLog(reason) => {
                tracing::debug!(%reason, "a message that is no event; back to the log");
                self.at_end = false;
            }
            Sighting::Opened => self.switch_to(Source::Bus),
            Sighting::Lost(reason) => {
                self.at_end = false;
                self.switch_to(Source::Log { reason });
            }
        }
        None
    }

    fn switch_to(&mut self, source: Source) {
        let on_bus = source == Source::Bus;
        let was_on_bus = *self.source.borrow() == Source::Bus;
        match &source {
            Source::Bus if !was_on_bus => tracing::info!("the feed follows the bus"),
            Source::Log { reason } if was_on_bus => {
                tracing::warn!(reason, "the feed polls the log: the bus is away");
            }
            Source::Bus | Source::Log { .. } => {}
        }
        metrics::gauge!("accession_feed_on_bus").set(if on_bus { 1.0 } else { 0.0 });
        self.source.send_replace(source);
        self.next_look = self.next_look.min(Instant::now() + self.poll());
    }

    fn poll(&self) -> Duration {
        if *self.source.borrow() == Source::Bus {
            self.config.poll_beside_bus
        } else {
            self.config.poll_without_bus
        }
    }
}

#[async_trait]
impl Feed for BusFeed {
    async fn after(
        &mut self,
        after: Position,
        max: usize,
        patience: Duration,
    ) -> Result<Vec<RecordedEvent>, FeedError> {
        let deadline = Instant::now() + patience;
        let max = max.max(1);
        if after != self.delivered {
            self.delivered = after;
            self.at_end = false;
        }
        loop {
            let page = self.take_from_bus(after, max);
            if !page.is_empty() {
                return Ok(self.deliver(page, "bus"));
            }
            if !self.at_end {
                let page = self.read_from_log(after, max).await?;
                if self.at_end {
                    self.follower
                        .reached(page.last().map_or(after, |last| last.position));
                }
                if !page.is_empty() {
                    return Ok(self.deliver(page, "log"));
                }
            }
            if Instant::now() >= deadline {
                return Ok(Vec::new());
            }
            self.wait(deadline).await;
        }
    }

    fn newest_known(&self) -> Position {
        self.log.newest()
    }
}
