//! Everything around the relays: the log, the stream, who holds the lease, and what goes wrong.
//!
//! It checks every message at the moment it is stored.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use accession_event_log::LogError;
use accession_events::RecordedEvent;
use accession_feed::bus::Link;
use accession_feed::{Relay, RelayConfig};
use accession_testkit::Dice;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::lease::SimulatedLease;
use super::stream::Connection;
use crate::memory_log::MemoryLog;

/// How long the server remembers message ids.
const REMEMBERED: Duration = Duration::from_mins(2);
const RELAYS: u64 = 2;

#[derive(Clone)]
pub(super) struct Message {
    pub(super) sequence: u64,
    pub(super) event: RecordedEvent,
    pub(super) id: String,
}

/// What relays see of the world.
pub(super) struct Shared {
    state: Mutex<State>,
    /// One a relay: who waits at one channel is woken in any order.
    pub(super) links: Vec<watch::Sender<Link>>,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one trouble that a schedule switches on and off by itself"
)]
pub(super) struct State {
    dice: Dice,
    began: Instant,
    history: Vec<String>,
    wrong: Vec<String>,
    /// Whether the server compares the expected last sequence.
    pub(super) fenced: bool,
    pub(super) stream: Vec<Message>,
    pub(super) last_sequence: u64,
    /// Message ids, with their places and when they came.
    pub(super) known: HashMap<String, (u64, Instant)>,
    /// When the last message of each relay arrives.
    pub(super) arrivals: HashMap<u64, Instant>,
    pub(super) is_down: bool,
    pub(super) is_troubled: bool,
    pub(super) holder: Option<u64>,
    /// Believes that it holds the lease.
    pub(super) believer: Option<u64>,
    pub(super) lease_unknown: bool,
}

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .expect("nobody panics while it holds this")
    }
}

impl State {
    pub(super) fn draw(&mut self, bound: u64) -> u64 {
        self.dice.below(bound)
    }

    pub(super) fn note(&mut self, what: &str) {
        let at = self.began.elapsed().as_millis();
        self.history.push(format!("{at:>6} {what}"));
    }

    pub(super) fn forget(&mut self) {
        self.known.retain(|_, (_, at)| at.elapsed() < REMEMBERED);
    }

    pub(super) fn store(&mut self, message: Message) {
        let position = message.event.position;
        self.note(&format!("stored {position} at {}", message.sequence));
        if let Some(last) = self.stream.last()
            && last.event.position.next() != position
        {
            let last = last.event.position;
            self.wrong
                .push(format!("{position} was stored after {last}"));
        }
        self.stream.push(message);
    }

    fn lose(&mut self, count: usize, remember: bool) {
        for _ in 0..count {
            let Some(message) = self.stream.pop() else {
                break;
            };
            self.last_sequence = message.sequence - 1;
            if !remember {
                self.known.remove(&message.id);
            }
            self.note(&format!(
                "lost {}, remembered: {remember}",
                message.event.position
            ));
        }
    }
}

/// The world.
pub(super) struct World {
    shared: Arc<Shared>,
    log: Arc<MemoryLog>,
    /// Each relay's own door to the log, so that one can be cut off.
    doors: Vec<Arc<MemoryLog>>,
    relays: Mutex<BTreeMap<u64, JoinHandle<()>>>,
}

impl World {
    pub(super) fn new(seed: u64, fenced: bool) -> Self {
        let log = MemoryLog::new();
        log.append(3);
        let state = State {
            dice: Dice::new(seed).fork(1),
            began: Instant::now(),
            history: Vec::new(),
            wrong: Vec::new(),
            fenced,
            stream: Vec::new(),
            last_sequence: 0,
            known: HashMap::new(),
            arrivals: HashMap::new(),
            is_down: false,
            is_troubled: true,
            holder: None,
            believer: None,
            lease_unknown: false,
        };
        let connected = Link {
            connected: true,
            changes: 0,
        };
        let world = Self {
            shared: Arc::new(Shared {
                state: Mutex::new(state),
                links: (0..RELAYS).map(|_| watch::Sender::new(connected)).collect(),
            }),
            doors: (0..RELAYS).map(|_| log.twin()).collect(),
            log,
            relays: Mutex::default(),
        };
        for relay in 0..RELAYS {
            world.start(relay);
        }
        world
    }

    /// Starts a relay, ending the one that runs under its number as a crash would.
    fn start(&self, relay: u64) {
        let door = Arc::clone(&self.doors[usize::try_from(relay).expect("few relays")]);
        let lease = SimulatedLease {
            world: Arc::clone(&self.shared),
            relay,
        };
        let connection = Connection {
            world: Arc::clone(&self.shared),
            relay,
        };
        let config = RelayConfig {
            in_flight: 4,
            page: 7,
            ..RelayConfig::default()
        };
        let wake = door.wake();
        let running = Relay::over(door, Arc::new(connection), Box::new(lease), wake, config);
        let running = tokio::spawn(running.run(std::future::pending()));
        let mut relays = self
            .relays
            .lock()
            .expect("nobody panics while it holds this");
        if let Some(before) = relays.insert(relay, running) {
            before.abort();
        }
    }

    /// Something happens: mostly an event, sometimes a fault.
    pub(super) fn trouble(&self, dice: &mut Dice) {
        let relay = dice.below(RELAYS);
        let place = usize::try_from(relay).expect("few relays");
        match dice.below(100) {
            0..55 => {
                self.log.append(1 + dice.below(12));
                for door in &self.doors {
                    door.wake_all();
                }
            }
            55..65 => {
                self.shared.lock().note(&format!("relay {relay} crashes"));
                let mut state = self.shared.lock();
                // A lease dies with its holder, sooner or later.
                if state.holder == Some(relay) {
                    state.holder = None;
                }
                drop(state);
                self.start(relay);
            }
            65..72 => {
                let (count, remember) = (1 + dice.place(6), dice.chance(30));
                self.shared.lock().lose(count, remember);
            }
            72..74 => {
                let mut state = self.shared.lock();
                let all = state.stream.len();
                let remember = dice.chance(20);
                state.lose(all, remember);
                state.last_sequence = 0;
            }
            74..82 => self.flap(),
            82..90 => {
                let mut state = self.shared.lock();
                state.believer = state.holder;
                state.holder = Some(relay);
                state.note(&format!(
                    "the lease goes to relay {relay}, and nobody tells"
                ));
            }
            90..94 => {
                let mut state = self.shared.lock();
                state.lease_unknown = !state.lease_unknown;
            }
            94..97 => self.doors[place].fail_with(Some(LogError::Transient {
                reason: "the simulation cut the line".into(),
            })),
            _ => self.doors[place].fail_with(None),
        }
    }

    /// The connection breaks or comes back.
    fn flap(&self) {
        let mut state = self.shared.lock();
        state.is_down = !state.is_down;
        let connected = !state.is_down;
        state.note(&format!("connected: {connected}"));
        drop(state);
        for link in &self.shared.links {
            link.send_modify(|link| {
                link.connected = connected;
                link.changes += 1;
            });
        }
    }

    /// Nothing goes wrong from now on, and one more event has to get through.
    pub(super) fn calm_down(&self) {
        if self.shared.lock().is_down {
            self.flap();
        }
        let mut state = self.shared.lock();
        (state.is_troubled, state.lease_unknown, state.believer) = (false, false, None);
        state.note("calm");
        drop(state);
        for door in &self.doors {
            door.fail_with(None);
        }
        self.log.append(1);
        for door in &self.doors {
            door.wake_all();
        }
    }

    /// Until the stream ends where the log does. A stream that lost everything may stay empty until the next event.
    pub(super) async fn caught_up(&self) {
        loop {
            let head = self.log.all().len() as u64;
            let last = {
                let state = self.shared.lock();
                state
                    .stream
                    .last()
                    .map(|message| message.event.position.get())
            };
            match last {
                Some(last) if last == head => return,
                None => self.append_one(),
                Some(_) => {}
            }
            // tidy: allow no-sleep because simulated time passes at once
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    fn append_one(&self) {
        self.log.append(1);
        for door in &self.doors {
            door.wake_all();
        }
    }

    /// What was wrong: what is in the stream has to be a part of the log without a hole, up to its end.
    pub(super) fn wrong(&self) -> Vec<String> {
        let state = self.shared.lock();
        let mut wrong = state.wrong.clone();
        let log = self.log.all();
        let from = log.len().saturating_sub(state.stream.len());
        for (message, event) in state.stream.iter().zip(log.iter().skip(from)) {
            if message.event != *event {
                let (found, expected) = (message.event.position, event.position);
                wrong.push(format!("the stream holds {found} where {expected} belongs"));
            }
        }
        wrong
    }

    pub(super) fn history(&self) -> Vec<String> {
        self.shared.lock().history.clone()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        for relay in self.relays.lock().expect("nobody panics here").values() {
            relay.abort();
        }
    }
}
