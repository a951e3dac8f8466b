//! Which documents of a model a page touches, and which of its events must wait because their key is parked.
//!
//! Pure: it decides, and changes only the list of what is parked.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use accession_events::{DecodeError, Event, Position, RecordedEvent};
use accession_read_store::lane_of;

use super::assigned::Assigned;
use super::parking::{Parked, stream_key};

/// An event of a page, read.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) recorded: RecordedEvent,
    pub(crate) event: Result<Event, DecodeError>,
}

impl Incoming {
    /// Reads an event.
    pub(crate) fn read(recorded: RecordedEvent) -> Self {
        Self {
            event: Event::decode(&recorded),
            recorded,
        }
    }
}

/// A document that a page touches, and the events that do, by their places in the page.
#[derive(Debug)]
pub(crate) struct Touch {
    pub(crate) key: String,
    pub(crate) events: Vec<usize>,
}

/// What a page means for one model in one lane.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// In the order of first touch.
    pub(crate) touches: Vec<Touch>,
    /// Keys of which something was parked.
    pub(crate) parked: Vec<String>,
}

/// Which lane of how many.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LaneOf {
    pub(crate) lane: u16,
    pub(crate) lanes: u16,
}

impl LaneOf {
    pub(crate) fn owns(self, key: &str) -> bool {
        self.lanes <= 1 || lane_of(key, self.lanes) == self.lane
    }
}

/// Plans a page for a model. Events that are in its documents already are passed over.
pub(crate) fn plan(
    page: &Arc<Vec<Incoming>>,
    model: &Assigned,
    lane: LaneOf,
    parked: &mut Parked,
) -> Plan {
    let mut planner = Planner {
        plan: Plan::default(),
        places: HashMap::new(),
        lane,
        model,
        parked,
    };
    for (place, incoming) in page.iter().enumerate() {
        if incoming.recorded.position > model.position {
            planner.place(place, incoming);
        }
    }
    planner.plan
}

struct Planner<'a> {
    plan: Plan,
    /// Where in the plan a key is.
    places: HashMap<String, usize>,
    lane: LaneOf,
    model: &'a Assigned,
    parked: &'a mut Parked,
}

impl Planner<'_> {
    fn place(&mut self, place: usize, incoming: &Incoming) {
        let recorded = &incoming.recorded;
        let event = match &incoming.event {
            Ok(event) => event,
            // Its keys cannot be known, so its whole stream waits.
            Err(error) => {
                let stream = stream_key(&recorded.stream);
                return self.park(&stream, recorded, &error.reason);
            }
        };
        if !self.parked.is_empty(self.model.name()) {
            let stream = stream_key(&recorded.stream);
            if self.parked.holds(self.model.name(), &stream) {
                return self.park(&stream, recorded, "");
            }
        }
        for key in self.model.model.keys(event, recorded) {
            if self.lane.owns(&key) {
                self.touch(place, key, recorded);
            }
        }
    }

    fn touch(&mut self, place: usize, key: String, recorded: &RecordedEvent) {
        let name = self.model.name();
        if self.parked.skips(name, &key, recorded.position) {
            return;
        }
        if self.parked.holds(name, &key) {
            return self.park(&key, recorded, "");
        }
        match self.places.entry(key) {
            Entry::Occupied(known) => {
                if let Some(touch) = self.plan.touches.get_mut(*known.get())
                    && touch.events.last() != Some(&place)
                {
                    touch.events.push(place);
                }
            }
            Entry::Vacant(new) => {
                self.plan.touches.push(Touch {
                    key: new.key().clone(),
                    events: vec![place],
                });
                new.insert(self.plan.touches.len() - 1);
            }
        }
    }

    fn park(&mut self, key: &str, recorded: &RecordedEvent, reason: &str) {
        let position: Position = recorded.position;
        if self.parked.skips(self.model.name(), key, position) {
            return;
        }
        self.parked.park(
            self.model.name(),
            key,
            position,
            recorded.recorded_at,
            reason,
        );
        if !self.plan.parked.iter().any(|known| known == key) {
            self.plan.parked.push(key.to_owned());
        }
    }
}
