//! Folds one document over the events that touch it, in pages.
//!
//! Bounded: it holds one page of events and one document, whatever the log's size.

use std::collections::HashSet;

use accession_event_log::{EventFilter, LogStore, Search};
use accession_events::{Event, Position, RecordedEvent, StreamName};
use accession_projector::Model;
use accession_projector::alone::Alone;

use super::{Answer, AsOf, AsOfError, FoundBy, Kind};

/// Events read at a time.
pub(super) const PAGE: usize = 500;

/// The document as it was; none when there was none.
pub(super) async fn ask(
    past: &AsOf,
    id: &str,
    kind: Kind,
    position: Position,
) -> Result<Option<Answer>, AsOfError> {
    let Some((own, first)) = own_stream(&*past.log, id, kind, position).await? else {
        return Ok(None);
    };
    let mut folding = Folding::new(&kind.model(past.order), id);
    // A title's page hears of its editions and episodes, whose streams the log does not list by title; so does a tally of
    // the copies of its library. All other documents are made of their own stream alone.
    let (filter, found_by) = if matches!(kind, Kind::Title | Kind::HoldingsTally) {
        let mentions = Some(id.to_owned());
        let filter = EventFilter {
            mentions,
            ..EventFilter::default()
        };
        (filter, FoundBy::Mentions)
    } else {
        let stream = Some(own);
        let filter = EventFilter {
            stream,
            ..EventFilter::default()
        };
        (filter, FoundBy::OwnStream)
    };
    // Nothing names a thing before it is there.
    let after = Position::new(first.get().saturating_sub(1));
    let mut search = Search::new(&*past.log, filter, after, position);
    loop {
        let page = past.opened(search.next(PAGE).await?).await?;
        if page.is_empty() || !folding.take_page(&page) {
            break;
        }
    }
    Ok(folding.answer(position, found_by))
}

/// The stream that the document is about, and its first event, if it had one by then.
pub(super) async fn own_stream(
    log: &dyn LogStore,
    id: &str,
    kind: Kind,
    position: Position,
) -> Result<Option<(StreamName, Position)>, AsOfError> {
    for aggregate in kind.streams() {
        let stream = StreamName::new(aggregate, id);
        let first = log.read_stream(&stream, 0, 1).await?;
        if let Some(first) = first.first().filter(|first| first.position <= position) {
            return Ok(Some((stream, first.position)));
        }
    }
    Ok(None)
}

/// A document in the making, and what a projector would have parked on the way.
pub(super) struct Folding {
    pub(super) alone: Alone,
    unreadable: HashSet<StreamName>,
    pub(super) parked: Option<(Position, String)>,
}

impl Folding {
    pub(super) fn new(model: &Model, key: &str) -> Self {
        Self {
            alone: Alone::new(model, key),
            unreadable: HashSet::new(),
            parked: None,
        }
    }

    /// Takes a page in; false when nothing after it could be taken in either.
    pub(super) fn take_page(&mut self, page: &[RecordedEvent]) -> bool {
        page.iter().all(|recorded| self.take(recorded))
    }

    fn take(&mut self, recorded: &RecordedEvent) -> bool {
        if self.unreadable.contains(&recorded.stream) {
            return true;
        }
        // An event that nobody can read parks its stream; one that cannot be folded parks the document.
        if let Err(error) = Event::decode(recorded) {
            self.unreadable.insert(recorded.stream.clone());
            self.park(recorded, error.to_string());
            return true;
        }
        match self.alone.take(recorded) {
            Ok(_) => true,
            Err(error) => {
                self.park(recorded, error.reason);
                false
            }
        }
    }

    fn park(&mut self, recorded: &RecordedEvent, reason: String) {
        self.parked.get_or_insert((recorded.position, reason));
    }

    fn answer(mut self, position: Position, found_by: FoundBy) -> Option<Answer> {
        let rendered = match self.alone.rendered() {
            Ok(rendered) => rendered,
            Err(error) => {
                self.parked = Some((position, error.reason));
                return None;
            }
        };
        Some(Answer {
            body: rendered.body?,
            hidden: rendered.hidden,
            position,
            events: self.alone.taken(),
            found_by,
            parked: self.parked,
        })
    }
}
