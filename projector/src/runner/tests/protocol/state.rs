//! What the model knows of the world, and what can happen in it.
//!
//! Positions are small numbers; a document set is the list of events that it has taken in.

use super::Bounds;

/// A message on its way: which event, and behind which sequence it is to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Message {
    pub(super) position: u8,
    pub(super) after: u8,
}

/// A relay in a session: what it sends next, and where it takes the stream to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Session {
    pub(super) next: u8,
    pub(super) end: u8,
}

/// A generation in the store.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Generation {
    pub(super) applied: Vec<u8>,
    pub(super) checkpoint: u8,
    pub(super) fence: u8,
}

/// The read store.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Store {
    pub(super) generations: Vec<Generation>,
    pub(super) live: usize,
}

/// A step that was made and may be written at any time, or never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Step {
    pub(super) generation: usize,
    pub(super) expected: u8,
    pub(super) event: u8,
    pub(super) fence: u8,
    /// Only its documents are missing: the rest of a torn step.
    pub(super) is_rest: bool,
}

/// A projector at work on a generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Projector {
    pub(super) generation: usize,
    pub(super) position: u8,
    pub(super) fence: u8,
    pub(super) step: Option<Step>,
}

/// Everything.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct State {
    pub(super) log: u8,
    pub(super) stream: Vec<u8>,
    pub(super) relays: [Option<Session>; 2],
    pub(super) network: Vec<Message>,
    pub(super) projectors: [Option<Projector>; 2],
    pub(super) store: Store,
    pub(super) copy: Option<Store>,
    /// How far readers have seen since the store last went back.
    pub(super) seen: u8,
    pub(super) went_back: bool,
    pub(super) sessions: u8,
    pub(super) losses: u8,
    pub(super) takeovers: u8,
    pub(super) returns: u8,
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Action {
    Append,
    /// A relay reads where the stream ends; whoever else is at work does not know.
    Begin(usize),
    Send(usize),
    Arrive(usize),
    LoseMessage(usize),
    LoseTail,
    TakeOver(usize, usize),
    /// The bus delivers the message at this place of the stream.
    Deliver(usize, usize),
    /// The log is polled.
    Poll(usize),
    Write(usize),
    CrashProjector(usize),
    Promote(usize),
    Copy,
    GoBack,
}

impl State {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            log: 0,
            stream: Vec::new(),
            relays: [None; 2],
            network: Vec::new(),
            projectors: [None; 2],
            store: Store {
                generations: vec![Generation::default(); bounds.generations],
                live: 0,
            },
            copy: None,
            seen: 0,
            went_back: false,
            sessions: bounds.sessions,
            losses: bounds.losses,
            takeovers: bounds.takeovers,
            returns: bounds.returns,
        }
    }

    /// What may happen next.
    pub(super) fn possible(&self, bounds: Bounds, actions: &mut Vec<Action>) {
        if self.log < bounds.events {
            actions.push(Action::Append);
        }
        for relay in 0..self.relays.len() {
            if self.sessions > 0 {
                actions.push(Action::Begin(relay));
            }
            actions.push(Action::Send(relay));
        }
        for place in 0..self.network.len() {
            actions.extend([Action::Arrive(place), Action::LoseMessage(place)]);
        }
        if self.losses > 0 {
            actions.push(Action::LoseTail);
        }
        for projector in 0..self.projectors.len() {
            self.possible_for(projector, actions);
        }
        for generation in 0..self.store.generations.len() {
            actions.push(Action::Promote(generation));
        }
        if self.returns > 0 {
            actions.extend([Action::Copy, Action::GoBack]);
        }
    }

    fn possible_for(&self, projector: usize, actions: &mut Vec<Action>) {
        if self.takeovers > 0 {
            let generations = 0..self.store.generations.len();
            actions.extend(generations.map(|generation| Action::TakeOver(projector, generation)));
        }
        let Some(working) = self.projectors[projector] else {
            return;
        };
        if working.step.is_some() {
            actions.extend([Action::Write(projector), Action::CrashProjector(projector)]);
        } else {
            actions.push(Action::Poll(projector));
            let places = 0..self.stream.len();
            actions.extend(places.map(|place| Action::Deliver(projector, place)));
        }
    }

    pub(super) fn generations_are_whole(&self) -> bool {
        self.store.generations.iter().all(|generation| {
            generation
                .applied
                .iter()
                .copied()
                .eq(1..=generation.checkpoint)
        })
    }

    pub(super) fn is_through(&self, bounds: Bounds) -> bool {
        let live = &self.store.generations[self.store.live];
        let carried = bounds.sessions == 0 || self.stream.last() == Some(&bounds.events);
        let flipped = self.store.live + 1 == bounds.generations;
        live.checkpoint == bounds.events && carried && flipped
    }
}
