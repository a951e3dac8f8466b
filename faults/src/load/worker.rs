//! One client that writes: it repeats a command under the same key until it knows, and sometimes walks away.
//!
//! It never touches a thing again whose state it does not know.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::watch;

use super::Phase;
use super::client::{Answer, Api};
use super::ledger::{Entry, Ledger, Outcome};
use super::shelf::Shelf;
use super::wishes::{self, Kind, Thing, Wish};
use accession_testkit::Dice;

/// Of a hundred clients that get no answer, so many never ask again.
const WALK_AWAY: u64 = 15;
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_millis(800);
/// A person between two clicks; also keeps a small machine from drowning in the load.
const BETWEEN: Duration = Duration::from_millis(15);

/// What a client knows in the end.
enum Known {
    Done(Value),
    Refused,
    Never,
}

pub(super) struct Worker {
    number: u64,
    dice: Dice,
    api: Arc<Api>,
    ledger: Arc<Ledger>,
    shelf: Arc<Shelf>,
    things: Vec<Thing>,
    sent: u64,
    /// The newest position that an answer has told.
    newest: u64,
}

impl Worker {
    pub(super) fn new(
        number: u64,
        dice: Dice,
        api: Arc<Api>,
        ledger: Arc<Ledger>,
        shelf: Arc<Shelf>,
    ) -> Self {
        Self {
            number,
            dice,
            api,
            ledger,
            shelf,
            things: Vec::new(),
            sent: 0,
            newest: 0,
        }
    }

    /// One command after the other, until the load finishes.
    pub(super) async fn work(mut self, phase: watch::Receiver<Phase>) {
        while matches!(*phase.borrow(), Phase::Busy) {
            self.sent += 1;
            let marker = format!(
                "w{}-{}-{:x}",
                self.number,
                self.sent,
                self.dice.below(1 << 32)
            );
            let wish = wishes::next(&marker, &self.things, &mut self.dice);
            let entries = self.note(&wish);
            match self.insist(&wish, &phase).await {
                Known::Done(body) => self.told(&wish, &entries, &body),
                Known::Refused => {
                    for entry in entries {
                        self.ledger.close(entry, Outcome::Refused);
                    }
                }
                Known::Never => self.forget(&wish),
            }
            tokio::time::sleep(BETWEEN).await;
        }
    }

    /// Opens the entries of a command.
    fn note(&self, wish: &Wish) -> Vec<usize> {
        let marker = wish.marker.clone().unwrap_or_default();
        let markers: Vec<Option<String>> = match wish.items {
            0 => vec![wish.marker.clone()],
            items => (0..items)
                .map(|item| Some(wishes::item_marker(&marker, item)))
                .collect(),
        };
        let id = wish.about.and_then(|place| self.things.get(place));
        let entry = |marker| Entry {
            worker: self.number,
            event: wish.event,
            id: id.map(|thing| thing.id.clone()),
            marker,
            outcome: Outcome::Unknown,
        };
        markers
            .into_iter()
            .map(|marker| self.ledger.open(entry(marker)))
            .collect()
    }

    /// Sends a command until its outcome is known, or the client walks away.
    async fn insist(&mut self, wish: &Wish, phase: &watch::Receiver<Phase>) -> Known {
        let mut pause = SHORTEST_PAUSE;
        let writer = self.dice.place(2);
        for attempt in 0.. {
            // The next try goes to another writer, where there is one.
            let reason = match self.api.send(writer + attempt, &wish.call).await {
                Answer::Done { body } => return Known::Done(body),
                Answer::Unknown { reason } => reason,
                Answer::Refused { status, code } => {
                    let (event, path) = (wish.event, &wish.call.path);
                    self.ledger.find(format!(
                        "{event} at {path} was refused with {status}: {code}"
                    ));
                    return Known::Refused;
                }
                Answer::Defect { reason } => {
                    self.ledger.find(format!("a command was answered {reason}"));
                    reason
                }
            };
            if attempt == 0 && self.dice.chance(WALK_AWAY) {
                return Known::Never;
            }
            let until = *phase.borrow();
            if let Phase::Finishing(until) = until
                && Instant::now() > until
            {
                self.ledger
                    .find(format!("a client never got an answer: {reason}"));
                return Known::Never;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        Known::Never
    }

    /// Takes an acknowledgement into the ledger.
    fn told(&mut self, wish: &Wish, entries: &[usize], body: &Value) {
        if wish.items > 0 {
            return self.told_batch(entries, body);
        }
        let number = |field: &str| body.get(field).and_then(Value::as_u64);
        let id = body.get("id").and_then(Value::as_str);
        let (Some(id), Some(version), Some(position)) = (id, number("version"), number("position"))
        else {
            return self.ledger.find(format!(
                "an answer without id, version and position: {body}"
            ));
        };
        self.compare(wish, id, version, position);
        if let Some(entry) = entries.first() {
            let done = Outcome::Done {
                id: id.to_owned(),
                version,
                position: Some(position),
            };
            self.ledger.close(*entry, done);
        }
        if let Some(kind) = wish.makes {
            self.things.push(Thing {
                kind,
                id: id.to_owned(),
                version,
                locked: false,
            });
        }
        let known = self.things.iter_mut().find(|thing| thing.id == id);
        if let Some(thing) = known {
            thing.version = version;
            if wish.event.ends_with("Locked") || wish.event.ends_with("Unlocked") {
                thing.locked = !wish.event.ends_with("Unlocked");
            }
            if thing.kind == Kind::Title {
                self.shelf.put(id, version, position);
            }
        }
    }

    /// What the answer must be, given that nobody else writes to this thing.
    fn compare(&mut self, wish: &Wish, id: &str, version: u64, position: u64) {
        let thing = wish.about.and_then(|place| self.things.get(place));
        let expected = thing.map_or(1, |thing| thing.version + 1);
        if version != expected {
            let event = wish.event;
            self.ledger.find(format!(
                "{event} of {id} made version {version}, not {expected}: it was done twice or not at all"
            ));
        }
        if position <= self.newest {
            let newest = self.newest;
            self.ledger.find(format!(
                "position {position} was given to a command that was sent after {newest} was acknowledged"
            ));
        }
        self.newest = self.newest.max(position);
    }

    fn told_batch(&mut self, entries: &[usize], body: &Value) {
        let results = body.get("results").and_then(Value::as_array);
        let results = results.map(Vec::as_slice).unwrap_or_default();
        if results.len() != entries.len() {
            self.ledger.find(format!(
                "a batch was answered with {} results",
                results.len()
            ));
        }
        for (entry, result) in entries.iter().zip(results) {
            let text = |field: &str| result.get(field).and_then(Value::as_str);
            // `unchanged` is what a repeat of a batch may find that was written in part before.
            match (text("status"), text("id")) {
                (Some("accepted" | "unchanged"), Some(id)) => {
                    let done = Outcome::Done {
                        id: id.to_owned(),
                        version: 1,
                        position: None,
                    };
                    self.ledger.close(*entry, done);
                }
                _ => self.ledger.find(format!("an item was answered {result}")),
            }
        }
        let position = body.get("position").and_then(Value::as_u64);
        self.newest = self.newest.max(position.unwrap_or_default());
    }

    /// The state of a thing is not known any more.
    fn forget(&mut self, wish: &Wish) {
        if let Some(place) = wish.about {
            self.things.swap_remove(place);
        }
    }
}
