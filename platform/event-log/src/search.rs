//! Looking for events by what is recorded about them: what an operator asks when he does not know the stream.
//!
//! Never a query over the whole log at once: a search walks along the positions, a stretch at a time, so that it holds
//! no transaction open, can be stopped between two stretches, and needs no index that every append would pay for.

use accession_events::{Position, RecordedEvent, StreamName};

use crate::error::LogError;
use crate::store::LogStore;

/// Positions that one query looks at.
pub const STRETCH: u64 = 50_000;

/// Which events are wanted; what is left out does not matter. Times are bounds of positions: see
/// [`LogStore::position_at`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Of this stream.
    pub stream: Option<StreamName>,
    /// Of aggregates of this type, for example `catalog.title`.
    pub aggregate_type: Option<String>,
    /// Of one of these types, for example `TitleAdded`; any when empty.
    pub event_types: Vec<String>,
    /// Caused by this actor, for example `curator:ana`.
    pub actor: Option<String>,
    /// Brought by this import run, or of the run itself.
    pub import_run: Option<String>,
    /// Of this request or job.
    pub correlation: Option<String>,
    /// Of the aggregate with this id, or with this text in the payload: all that can touch what has the id.
    pub mentions: Option<String>,
}

impl EventFilter {
    /// Whether an event is wanted.
    #[must_use]
    pub fn matches(&self, event: &RecordedEvent) -> bool {
        let is = |wanted: &Option<String>, found: Option<&str>| {
            wanted.is_none() || wanted.as_deref() == found
        };
        let id = &*event.stream.aggregate_id;
        let types = &self.event_types;
        let cheap = self
            .stream
            .as_ref()
            .is_none_or(|stream| *stream == event.stream)
            && is(&self.aggregate_type, Some(&event.stream.aggregate_type))
            && (types.is_empty() || types.iter().any(|name| **name == *event.event_type))
            && self
                .mentions
                .as_deref()
                .is_none_or(|text| text == id || event.payload.contains(text));
        if !cheap
            || (self.actor.is_none() && self.import_run.is_none() && self.correlation.is_none())
        {
            return cheap;
        }
        let metadata = event.parsed_metadata();
        is(&self.actor, metadata.actor.as_deref())
            && is(&self.correlation, metadata.correlation.as_deref())
            && (is(&self.import_run, metadata.import_run.as_deref())
                || is(&self.import_run, Some(id)))
    }
}

/// What a part of a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Wanted events, in order, at most as many as asked for.
    pub events: Vec<RecordedEvent>,
    /// Everything up to here has been looked at: the search goes on after it.
    pub looked_up_to: Position,
}

impl Found {
    /// What a query found that looked as far as `end`, unless it stopped at its limit.
    pub(crate) fn within(events: Vec<RecordedEvent>, end: u64, limit: usize) -> Self {
        let looked_up_to = match events.last() {
            Some(last) if events.len() >= limit => last.position,
            _ => Position::new(end),
        };
        Self {
            events,
            looked_up_to,
        }
    }
}

/// A walk along the log that finds what a filter wants, in bounded memory.
pub struct Search<'a> {
    store: &'a dyn LogStore,
    filter: EventFilter,
    after: Position,
    up_to: Position,
    /// Of a search in one stream: the last sequence that was looked at.
    sequence: u64,
}

impl<'a> Search<'a> {
    /// Looks for events after a position, up to and including another.
    #[must_use]
    pub fn new(
        store: &'a dyn LogStore,
        filter: EventFilter,
        after: Position,
        up_to: Position,
    ) -> Self {
        Self {
            store,
            filter,
            after,
            up_to,
            sequence: 0,
        }
    }

    /// The next events, at most `limit`; none when there are no more.
    pub async fn next(&mut self, limit: usize) -> Result<Vec<RecordedEvent>, LogError> {
        if let Some(stream) = self.filter.stream.clone() {
            return self.next_of_stream(&stream, limit).await;
        }
        while self.after < self.up_to {
            let found = self
                .store
                .find_events_where(&self.filter, self.after, self.up_to, limit)
                .await?;
            self.after = found.looked_up_to;
            if !found.events.is_empty() {
                return Ok(found.events);
            }
        }
        Ok(Vec::new())
    }

    /// Moves the end of the search, for one who follows a log that grows.
    pub fn extend_to(&mut self, up_to: Position) {
        self.up_to = self.up_to.max(up_to);
    }

    /// One stream is short beside the log and has an index of its own.
    async fn next_of_stream(
        &mut self,
        stream: &StreamName,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, LogError> {
        loop {
            let page = self.store.read_stream(stream, self.sequence, limit).await?;
            let Some(last) = page.last() else {
                return Ok(Vec::new());
            };
            if page
                .first()
                .is_some_and(|first| first.position > self.up_to)
            {
                return Ok(Vec::new());
            }
            let past_end = last.position > self.up_to;
            let wanted: Vec<RecordedEvent> = page
                .iter()
                .filter(|event| event.position > self.after && event.position <= self.up_to)
                .filter(|event| self.filter.matches(event))
                .cloned()
                .collect();
            let seen = page.iter().rev().find(|event| event.position <= self.up_to);
            self.sequence = seen.map_or(self.sequence, |event| event.sequence);
            if past_end || !wanted.is_empty() {
                return Ok(wanted);
            }
        }
    }
}

/// How a store without a query of its own answers: it reads the feed and picks.
pub(crate) async fn by_reading(
    store: &(impl LogStore + ?Sized),
    filter: &EventFilter,
    after: Position,
    up_to: Position,
    limit: usize,
) -> Result<Found, LogError> {
    let mut events = store.read_feed(after, limit.max(1)).await?;
    events.retain(|event| event.position <= up_to);
    let looked_up_to = events.last().map_or(up_to, |last| last.position);
    events.retain(|event| filter.matches(event));
    Ok(Found {
        events,
        looked_up_to,
    })
}
