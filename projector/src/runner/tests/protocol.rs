//! The protocol from the log to the reader, small enough that every schedule is looked at: append, relay, checkpoint,
//! generation flip; with relays that do not know of each other, messages that are lost, late or out of order, projectors
//! that take over from each other, steps that are written long after they were made, and a store that goes back.
//!
//! It is a model, not the code: the rules are those of `relay/session.rs`, `bus_feed.rs`, `lane.rs`, `track.rs` and
//! `commit.lua`, one line each. Five variants break one rule each, and each has to be refuted.

mod rules;
mod state;

use stateright::{Checker, Model, Property};

use self::state::{Action, State};

// The stream is promised nothing: two relays that both began while it was empty, at different ends of the log, can leave a
// hole or a repeat in it. Consumers compare positions and go back to the log, which is why they must not trust the bus.

/// Which rule is broken, if any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Variant {
    Sound,
    /// A consumer takes what the bus delivers next, hole or not.
    TrustsTheBus,
    /// The checkpoint is written first, the documents later.
    TornCheckpoint,
    /// A step is written without comparing the stored checkpoint.
    UncomparedCheckpoint,
    /// A projector goes on from the checkpoint that it remembers.
    TrustsItsMemory,
    /// Readers are sent to a generation that has not caught up.
    PromotesBehind,
}

/// How much of everything is looked at.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    events: u8,
    /// How often a relay begins.
    sessions: u8,
    /// How often the stream loses its last message.
    losses: u8,
    /// How often a projector takes over.
    takeovers: u8,
    /// How often the store goes back to the copy that was made of it.
    returns: u8,
    generations: usize,
}

struct Protocol {
    variant: Variant,
    bounds: Bounds,
}

impl Model for Protocol {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State::new(self.bounds)]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        state.possible(self.bounds, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = state.clone();
        next.act(action, self.variant).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(
                "nothing is skipped and nothing applied twice",
                |_, state: &State| state.generations_are_whole(),
            ),
            Property::always("readers never go back", |_, state: &State| !state.went_back),
            Property::sometimes("everything gets through", |model: &Self, state: &State| {
                state.is_through(model.bounds)
            }),
        ]
    }
}

/// The way from the log to the documents, over the bus.
const CARRYING: Bounds = Bounds {
    events: 3,
    sessions: 2,
    losses: 1,
    takeovers: 1,
    returns: 0,
    generations: 1,
};
/// The way from the documents to readers.
const KEEPING: Bounds = Bounds {
    events: 2,
    sessions: 0,
    losses: 0,
    takeovers: 3,
    returns: 1,
    generations: 2,
};
/// All of it, with less of each.
const WHOLE: Bounds = Bounds {
    events: 2,
    sessions: 1,
    losses: 1,
    takeovers: 2,
    returns: 1,
    generations: 1,
};

fn check(variant: Variant, bounds: Bounds) -> impl Checker<Protocol> {
    Protocol { variant, bounds }.checker().spawn_bfs().join()
}

#[test]
fn no_schedule_skips_or_repeats_an_event_or_sends_readers_back() {
    let began = std::time::Instant::now();
    for bounds in [CARRYING, KEEPING, WHOLE] {
        let checked = check(Variant::Sound, bounds);
        eprintln!(
            "{} states, {:?}",
            checked.unique_state_count(),
            began.elapsed()
        );
        checked.assert_properties();
    }
}

#[test]
fn each_rule_is_needed() {
    let refuted = [
        (
            Variant::TrustsTheBus,
            CARRYING,
            "nothing is skipped and nothing applied twice",
        ),
        (
            Variant::TornCheckpoint,
            KEEPING,
            "nothing is skipped and nothing applied twice",
        ),
        (
            Variant::UncomparedCheckpoint,
            KEEPING,
            "nothing is skipped and nothing applied twice",
        ),
        (
            Variant::TrustsItsMemory,
            KEEPING,
            "nothing is skipped and nothing applied twice",
        ),
        (Variant::PromotesBehind, KEEPING, "readers never go back"),
    ];
    for (variant, bounds, property) in refuted {
        let found = check(variant, bounds).discovery(property);
        assert!(
            found.is_some(),
            "{variant:?} breaks nothing that is looked at"
        );
    }
}
