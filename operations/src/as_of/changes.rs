//! The history of a thing as it was: a page of changes, the newest first.
//!
//! Bounded: it keeps as many changes as are asked for, and folds one stream after the other.

use std::collections::{BTreeMap, BTreeSet};

use accession_event_log::{EventFilter, Search};
use accession_events::LoggedEvent as _;
use accession_events::catalog::TitleEvent;
use accession_events::{Position, StreamName};
use accession_projector::Leaf;
use accession_projector::catalog::HistoryModel;

use super::fold::{Folding, PAGE, own_stream};
use super::{Answer, AsOf, AsOfError, FoundBy, Kind, Question};

/// The page as it was; none when there was no such thing.
pub(super) async fn ask(
    past: &AsOf,
    id: &str,
    question: &Question,
    position: Position,
) -> Result<Option<Answer>, AsOfError> {
    let Some((own, first)) = own_stream(&*past.log, id, Kind::History, position).await? else {
        return Ok(None);
    };
    let of_title = *own.aggregate_type == *TitleEvent::AGGREGATE;
    let (index, streams, found_by) = if of_title {
        let streams = streams_naming(past, id, first, position).await?;
        (Some(HistoryModel::of_title(id)), streams, FoundBy::Mentions)
    } else {
        let streams = BTreeSet::from([own]);
        (None, streams, FoundBy::OwnStream)
    };
    let mut page = ChangesPage {
        index,
        before: question.before,
        limit: question.limit,
        changes: BTreeMap::new(),
        more: false,
    };
    let (mut events, mut parked) = (0, None);
    for stream in streams {
        let mut folding = Folding::new(
            &Kind::History.model(past.order),
            &stream.aggregate_id.clone(),
        );
        let filter = EventFilter {
            stream: Some(stream),
            ..EventFilter::default()
        };
        let mut search = Search::new(&*past.log, filter, Position::START, position);
        loop {
            let found = past.opened(search.next(PAGE).await?).await?;
            let goes_on = !found.is_empty() && folding.take_page(&found);
            page.keep(folding.alone.take_leaves().unwrap_or_default());
            if !goes_on {
                break;
            }
        }
        events += folding.alone.taken();
        parked = parked.or(folding.parked);
    }
    Ok(Some(Answer {
        body: page.body(),
        hidden: false,
        position,
        events,
        found_by,
        parked,
    }))
}

/// The streams that touch a title: its own, and those of its parts, now or once.
async fn streams_naming(
    past: &AsOf,
    id: &str,
    first: Position,
    position: Position,
) -> Result<BTreeSet<StreamName>, AsOfError> {
    let filter = EventFilter {
        mentions: Some(id.to_owned()),
        ..EventFilter::default()
    };
    let after = Position::new(first.get().saturating_sub(1));
    let mut search = Search::new(&*past.log, filter, after, position);
    let mut streams = BTreeSet::new();
    loop {
        let page = search.next(PAGE).await?;
        if page.is_empty() {
            return Ok(streams);
        }
        streams.extend(page.into_iter().map(|event| event.stream));
    }
}

/// The newest changes found so far.
struct ChangesPage {
    /// The index that they are in; none when all changes of the streams belong to the page.
    index: Option<String>,
    before: Option<Position>,
    limit: usize,
    /// By their sort in the index.
    changes: BTreeMap<String, Vec<u8>>,
    more: bool,
}

impl ChangesPage {
    fn keep(&mut self, leaves: Vec<Leaf>) {
        for leaf in leaves {
            let is_ours = |index: &String| self.index.as_ref().is_none_or(|ours| ours == index);
            let place = leaf.found_in.iter().find(|(index, _)| is_ours(index));
            let Some((_, sort)) = place else { continue };
            let end = self.before.map(|before| format!("{:020}", before.get()));
            if end.is_some_and(|end| *sort >= end) {
                continue;
            }
            self.changes.insert(sort.clone(), leaf.body);
            if self.changes.len() > self.limit {
                self.changes.pop_first();
                self.more = true;
            }
        }
    }

    /// As the read API writes a page; of a longer history, the position to ask `before` next.
    fn body(self) -> Vec<u8> {
        let oldest = self.changes.keys().next();
        let oldest = oldest.and_then(|sort| sort.get(..20)?.parse::<u64>().ok());
        let mut body = b"{\"items\":[".to_vec();
        for (place, change) in self.changes.values().rev().enumerate() {
            if place > 0 {
                body.push(b',');
            }
            body.extend_from_slice(change);
        }
        body.extend_from_slice(b"],\"next_cursor\":");
        match oldest.filter(|_| self.more) {
            Some(oldest) => body.extend_from_slice(format!("\"{oldest}\"").as_bytes()),
            None => body.extend_from_slice(b"null"),
        }
        body.push(b'}');
        body
    }
}
