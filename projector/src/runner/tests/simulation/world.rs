//! Everything around the projectors: the log, the store's content and its earlier copies, and what goes wrong.
//!
//! It says after every step what the documents have to be.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use accession_events::{Position, RecordedEvent};
use accession_read_store::{Generation, LaneCheckpoint, ModelRef, lane_of};
use accession_testkit::Dice;
use bytes::Bytes;
use tokio::time::Instant;

/// What is kept of a document.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) state: Bytes,
    pub(super) body: Bytes,
}

/// What the store holds; a copy of it is what a replica knows.
#[derive(Debug, Clone, Default)]
pub(super) struct Stored {
    pub(super) live: Option<Generation>,
    pub(super) newest_live: Option<Generation>,
    pub(super) folds: BTreeMap<ModelRef, String>,
    pub(super) checkpoints: BTreeMap<(ModelRef, u16), LaneCheckpoint>,
    pub(super) documents: BTreeMap<(ModelRef, String), Kept>,
}

/// What goes wrong.
pub(super) struct Trouble {
    dice: Dice,
    pub(super) is_on: bool,
}

impl Trouble {
    pub(super) fn delay(&mut self) -> Duration {
        Duration::from_millis(self.dice.below(if self.is_on { 25 } else { 2 }))
    }

    /// Whether a call fails, and whether before its work.
    pub(super) fn fate(&mut self) -> Option<bool> {
        (self.is_on && self.dice.chance(6)).then(|| self.dice.chance(50))
    }

    pub(super) fn strikes(&mut self, percent: u64) -> bool {
        self.is_on && self.dice.chance(percent)
    }
}

/// The world; clones are the same one.
#[derive(Clone)]
pub(super) struct World(Arc<Shared>);

struct Shared {
    lanes: u16,
    fenced: bool,
    events: Vec<RecordedEvent>,
    /// How many of them are in the log so far.
    shown: AtomicUsize,
    stored: Mutex<Stored>,
    trouble: Mutex<Trouble>,
    record: Mutex<Record>,
}

struct Record {
    began: Instant,
    history: Vec<String>,
    wrong: Vec<String>,
    /// How far readers have seen, in the slowest lane.
    seen: Position,
}

impl World {
    pub(super) fn new(seed: u64, events: Vec<RecordedEvent>, fenced: bool) -> Self {
        let mut dice = Dice::new(seed).fork(9);
        Self(Arc::new(Shared {
            lanes: 1 + u16::try_from(dice.below(2)).unwrap(),
            fenced,
            events,
            shown: AtomicUsize::new(0),
            stored: Mutex::default(),
            trouble: Mutex::new(Trouble { dice, is_on: true }),
            record: Mutex::new(Record {
                began: Instant::now(),
                history: Vec::new(),
                wrong: Vec::new(),
                seen: Position::START,
            }),
        }))
    }

    pub(super) fn lanes(&self) -> u16 {
        self.0.lanes
    }

    /// Whether the store compares checkpoints and fences, as it must.
    pub(super) fn is_fenced(&self) -> bool {
        self.0.fenced
    }

    /// So many events are in the log from now on.
    pub(super) fn show(&self, events: usize) {
        self.0.shown.store(events, Ordering::SeqCst);
    }

    /// What is in the log.
    pub(super) fn log(&self) -> &[RecordedEvent] {
        self.0
            .events
            .get(..self.0.shown.load(Ordering::SeqCst))
            .unwrap_or_default()
    }

    pub(super) fn stored(&self) -> MutexGuard<'_, Stored> {
        self.0.stored.lock().unwrap()
    }

    pub(super) fn trouble(&self) -> MutexGuard<'_, Trouble> {
        self.0.trouble.lock().unwrap()
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.0.record.lock().unwrap()
    }

    pub(super) fn note(&self, what: &str) {
        let mut record = self.record();
        let at = record.began.elapsed().as_millis();
        record.history.push(format!("{at:>6} {what}"));
    }

    pub(super) fn history(&self) -> Vec<String> {
        self.record().history.clone()
    }

    pub(super) fn wrong(&self) -> Vec<String> {
        self.record().wrong.clone()
    }

    /// The store is what it was before, or empty; readers may see that.
    pub(super) fn go_back(&self, to: Stored) {
        *self.stored() = to;
        self.record().seen = Position::START;
        self.note("the store goes back");
    }

    /// Every document of a generation in a lane has to hold each event up to the checkpoint once, and none beyond.
    pub(super) fn check(&self, stored: &Stored, model: &ModelRef, lane: u16) {
        let Some(checkpoint) = stored.checkpoints.get(&(model.clone(), lane)) else {
            return;
        };
        // A store that forgot everything in the middle of a first step does not know whose fold it was.
        let folds = match stored.folds.get(model) {
            Some(version) => vec![self.expected(version, checkpoint.position)],
            None => ["1", "2"]
                .map(|version| self.expected(version, checkpoint.position))
                .to_vec(),
        };
        let keys = folds
            .iter()
            .flat_map(BTreeMap::keys)
            .collect::<BTreeSet<_>>();
        for key in keys {
            if lane_of(key, self.lanes()) != lane {
                continue;
            }
            let kept = stored.documents.get(&(model.clone(), key.clone()));
            let found = kept.map(|kept| String::from_utf8_lossy(&kept.body).into_owned());
            if !folds
                .iter()
                .any(|expected| expected.get(key) == found.as_ref())
            {
                let at = checkpoint.position;
                let wrong = format!(
                    "{model} {key} at {at} is {found:?}, not {:?}",
                    folds[0][key]
                );
                self.record().wrong.push(wrong);
            }
        }
    }

    /// What an undisturbed replay by this version of the fold makes of the log up to a position.
    fn expected(&self, version: &str, until: Position) -> BTreeMap<String, String> {
        let mut positions: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for event in &self.0.events {
            if event.position > until {
                break;
            }
            for key in [event.stream.aggregate_id.to_string(), "total".to_owned()] {
                positions.entry(key).or_default().push(event.position.get());
            }
        }
        let prefix = if version == "1" { "" } else { "new " };
        let shown = positions.into_iter();
        shown
            .map(|(key, positions)| (key, format!("\"{prefix}{positions:?}\"")))
            .collect()
    }

    /// Readers look: what they are sent to must never be older than before.
    pub(super) fn look(&self, stored: &Stored, after: &str) {
        let Some(position) = self.live_at(stored) else {
            return;
        };
        let mut record = self.record();
        if position < record.seen {
            let wrong = format!(
                "after {after} readers stand at {position}, before at {}",
                record.seen
            );
            record.wrong.push(wrong);
        }
        record.seen = record.seen.max(position);
    }

    /// Where the slowest lane of the live generation stands.
    fn live_at(&self, stored: &Stored) -> Option<Position> {
        let generation = stored.live?;
        let model = ModelRef {
            name: "counting".into(),
            generation,
        };
        let lanes = 0..self.lanes();
        let stands = lanes.map(|lane| stored.checkpoints.get(&(model.clone(), lane)));
        stands
            .map(|checkpoint| checkpoint.map_or(Position::START, |found| found.position))
            .min()
    }

    /// Whether readers see everything, as this version of the fold shows it.
    pub(super) fn is_done(&self, version: &str) -> bool {
        let stored = self.stored();
        let folds = stored.folds.iter();
        let mut ours = folds.filter(|(_, by)| *by == version);
        ours.any(|(model, _)| stored.live == Some(model.generation))
            && self.live_at(&stored) == self.0.events.last().map(|event| event.position)
    }

    /// What an operator does who is told that a model is outdated: sends readers to the newest that this version keeps. It
    /// takes one when the store was wiped while two versions ran, because nothing goes live by itself twice.
    pub(super) fn promote(&self, version: &str) {
        let mut stored = self.stored();
        let ours = stored.folds.iter().filter(|(_, by)| *by == version);
        let Some(newest) = ours.map(|(model, _)| model.generation).max() else {
            return;
        };
        if stored.live != Some(newest) {
            self.note("an operator promotes");
            stored.live = Some(newest);
        }
    }
}
