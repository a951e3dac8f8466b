//! The rules of the protocol: what each party does, and where each variant breaks one.
//!
//! Every rule is a method; an action that changes nothing is none.

use super::Variant;
use super::state::{Action, Message, Projector, Session, State, Step};

impl State {
    /// Whether the action could happen; the state is then the next one.
    pub(super) fn act(&mut self, action: Action, variant: Variant) -> bool {
        let happened = match action {
            Action::Append => {
                self.log += 1;
                true
            }
            Action::Begin(relay) => self.begin(relay),
            Action::Send(relay) => self.send(relay),
            Action::Arrive(place) => self.arrive(place),
            Action::LoseMessage(place) => {
                self.network.remove(place);
                true
            }
            Action::LoseTail => {
                self.losses -= 1;
                self.stream.pop().is_some()
            }
            Action::TakeOver(projector, generation) => {
                self.take_over(projector, generation, variant)
            }
            Action::Deliver(projector, place) => {
                self.deliver(projector, self.stream[place], variant)
            }
            Action::Poll(projector) => self.make(projector, None),
            Action::Write(projector) => self.write(projector, variant),
            Action::CrashProjector(projector) => self.projectors[projector].take().is_some(),
            Action::Promote(generation) => self.promote(generation, variant),
            Action::Copy => {
                let is_new = self.copy.as_ref() != Some(&self.store);
                self.copy = Some(self.store.clone());
                is_new
            }
            Action::GoBack => self.go_back(),
        };
        self.look();
        happened
    }

    /// A relay goes on behind the stream's end; behind the log's when the stream is empty.
    fn begin(&mut self, relay: usize) -> bool {
        self.sessions -= 1;
        let published = self.stream.last().copied().unwrap_or(self.log);
        let end = u8::try_from(self.stream.len()).unwrap();
        self.relays[relay] = Some(Session {
            next: published + 1,
            end,
        });
        true
    }

    /// It sends without waiting for the acknowledgement of what it sent before.
    fn send(&mut self, relay: usize) -> bool {
        let Some(session) = &mut self.relays[relay] else {
            return false;
        };
        if session.next > self.log {
            return false;
        }
        self.network.push(Message {
            position: session.next,
            after: session.end,
        });
        self.network.sort_unstable();
        session.next += 1;
        session.end += 1;
        true
    }

    /// A message is stored only where it was meant for; else its relay's session ends, which is like never sending again.
    fn arrive(&mut self, place: usize) -> bool {
        let message = self.network.remove(place);
        if usize::from(message.after) == self.stream.len() {
            self.stream.push(message.position);
        }
        true
    }

    /// The stored checkpoint is the only truth: it is read with every new fence.
    fn take_over(&mut self, projector: usize, generation: usize, variant: Variant) -> bool {
        self.takeovers -= 1;
        let remembered = self.projectors[projector].filter(|known| known.generation == generation);
        let stored = &mut self.store.generations[generation];
        stored.fence += 1;
        let position = match remembered {
            Some(known) if variant == Variant::TrustsItsMemory => known.position,
            _ => stored.checkpoint,
        };
        if variant == Variant::TrustsItsMemory {
            stored.checkpoint = position;
        }
        self.projectors[projector] = Some(Projector {
            generation,
            position,
            fence: stored.fence,
            step: None,
        });
        true
    }

    /// What comes next is taken; a hole means: back to the log; what is known is passed over.
    fn deliver(&mut self, projector: usize, position: u8, variant: Variant) -> bool {
        let Some(working) = self.projectors[projector] else {
            return false;
        };
        if position <= working.position {
            return false;
        }
        let trusted = (variant == Variant::TrustsTheBus).then_some(position);
        self.make(projector, trusted)
    }

    /// Makes a step of the next event of the log, or of what the bus says comes next.
    fn make(&mut self, projector: usize, trusted: Option<u8>) -> bool {
        let log = self.log;
        let Some(working) = &mut self.projectors[projector] else {
            return false;
        };
        let event = trusted.unwrap_or(working.position + 1);
        if event > log {
            return false;
        }
        working.step = Some(Step {
            generation: working.generation,
            expected: working.position,
            event,
            fence: working.fence,
            is_rest: false,
        });
        true
    }

    /// Documents and checkpoint in one step, if the stored checkpoint and fence are those that the projector knows.
    fn write(&mut self, projector: usize, variant: Variant) -> bool {
        let Some(working) = &mut self.projectors[projector] else {
            return false;
        };
        let Some(step) = working.step.take() else {
            return false;
        };
        let stored = &mut self.store.generations[step.generation];
        if step.is_rest {
            stored.applied.push(step.event);
            return true;
        }
        let is_ours = stored.checkpoint == step.expected && stored.fence == step.fence;
        if !is_ours && variant != Variant::UncomparedCheckpoint {
            self.projectors[projector] = None;
            return true;
        }
        (stored.checkpoint, working.position) = (step.event, step.event);
        if variant == Variant::TornCheckpoint {
            let rest = Step {
                is_rest: true,
                ..step
            };
            working.step = Some(rest);
        } else {
            stored.applied.push(step.event);
        }
        true
    }

    /// Readers are sent only to what has taken in all that they have seen.
    fn promote(&mut self, generation: usize, variant: Variant) -> bool {
        let generations = &self.store.generations;
        let has_caught_up =
            generations[generation].checkpoint >= generations[self.store.live].checkpoint;
        let is_new = generation > self.store.live;
        if !is_new || !(has_caught_up || variant == Variant::PromotesBehind) {
            return false;
        }
        self.store.live = generation;
        true
    }

    /// A replica that has missed the last writes takes over. Readers who ask for no position see that.
    fn go_back(&mut self) -> bool {
        let Some(copy) = self.copy.take() else {
            return false;
        };
        self.returns -= 1;
        self.store = copy;
        self.seen = 0;
        true
    }

    fn look(&mut self) {
        let shown = self.store.generations[self.store.live].checkpoint;
        self.went_back |= shown < self.seen;
        self.seen = self.seen.max(shown);
    }
}
