//! What the projector shows of itself: where every model stands, for health checks, metrics and tests.
//!
//! It decides nothing about documents; the only decision here is when a new generation has caught up.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use accession_events::Position;
use accession_read_store::ModelRef;
use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::Instant;

use super::generations::Kept;
use super::row::Row;
use super::status::ModelStatus;

/// The projector has ended, so that what was waited for never comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the projector has stopped")]
pub struct StoppedError;

#[derive(Debug, Default)]
struct State {
    /// By model and lane.
    rows: BTreeMap<(&'static str, u16), Row>,
    lanes: u16,
    newest: Position,
    /// The newest position known when the run began: who has reached it has caught up.
    target: Option<Position>,
}

/// What a lane tells about a model after a step, or while it waits.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    pub(crate) name: &'static str,
    pub(crate) reference: ModelRef,
    pub(crate) position: Position,
    pub(crate) parked: usize,
    /// What is wrong with the first of what is parked.
    pub(crate) parked_problem: Option<String>,
}

/// How far everything is.
#[derive(Debug, Clone, Copy)]
enum Phase {
    NotBegun,
    At(Position),
    Ended,
}

/// The projector's notice board.
pub(crate) struct Board {
    state: Mutex<State>,
    settled: watch::Sender<Phase>,
    /// Whether it is the board of a generation beside the one that readers are sent to.
    beside: bool,
}

impl Board {
    pub(crate) fn new(beside: bool) -> Self {
        Self {
            beside,
            state: Mutex::default(),
            settled: watch::Sender::new(Phase::NotBegun),
        }
    }

    /// A run begins: which models, in how many lanes, and which are live.
    pub(crate) fn begin(&self, models: &[Kept], lanes: u16) {
        let mut state = self.lock();
        (state.rows, state.target) = (BTreeMap::new(), None);
        state.lanes = lanes.max(1);
        for lane in 0..state.lanes {
            let row = |kept: &Kept| ((kept.model.name(), lane), Row::of(kept));
            state.rows.extend(models.iter().map(row));
        }
        self.settled.send_replace(Phase::NotBegun);
    }

    /// The run has ended.
    pub(crate) fn end(&self) {
        self.settled.send_replace(Phase::Ended);
    }

    /// The feed was looked at: the newest position it knows. The first look of a run sets what has to be caught up with.
    pub(crate) fn seen(&self, newest: Position) {
        let mut state = self.lock();
        state.newest = state.newest.max(newest);
        state.target.get_or_insert(newest);
    }

    /// A lane has reached a position in these models. Returns the models that have now caught up and are not live.
    pub(crate) fn reached(
        &self,
        lane: u16,
        models: &[Progress],
        waiting_since: Option<Timestamp>,
    ) -> Vec<ModelRef> {
        let mut state = self.lock();
        for progress in models {
            let Some(row) = state.rows.get_mut(&(progress.name, lane)) else {
                continue;
            };
            (row.position, row.told) = (progress.position, true);
            (row.parked, row.waiting_since) = (progress.parked, waiting_since);
            row.parked_problem.clone_from(&progress.parked_problem);
            (row.last_loop, row.problem) = (Instant::now(), None);
        }
        self.settled.send_replace(state.settled());
        if self.beside {
            state.measure_beside(models);
        } else {
            state.measure(lane, models);
        }
        let caught_up = |progress: &&Progress| state.has_caught_up(progress.name);
        models
            .iter()
            .filter(caught_up)
            .map(|progress| progress.reference.clone())
            .collect()
    }

    /// A lane has asked the store which generations it keeps, and whether readers are sent to them.
    pub(crate) fn kept(&self, models: &[Kept]) {
        let mut state = self.lock();
        for kept in models {
            for lane in 0..state.lanes {
                let row = state.rows.entry((kept.model.name(), lane));
                let row = row.or_insert_with(|| Row::of(kept));
                (row.generation, row.readers) = (kept.reference.generation, kept.readers);
            }
        }
        // What was left to another version of the code holds up nobody here.
        let is_kept = |name: &str| models.iter().any(|kept| kept.model.name() == name);
        state.rows.retain(|(name, _), _| is_kept(name));
    }

    /// How far a lane is, over all its models: it grows with every step.
    pub(crate) fn progress(&self, lane: u16) -> u64 {
        let state = self.lock();
        let rows = state.rows.iter().filter(|((_, of), _)| *of == lane);
        rows.map(|(_, row)| row.position.get()).sum()
    }

    /// A generation is live now.
    pub(crate) fn promoted(&self, model: &ModelRef) {
        let mut state = self.lock();
        for ((name, _), row) in &mut state.rows {
            if *name == model.name && row.generation == model.generation {
                (row.readers.live, row.readers.outdated) = (true, false);
            }
        }
    }

    /// A lane cannot go on for now.
    pub(crate) fn trouble(&self, lane: u16, problem: &str) {
        for ((_, of), row) in &mut self.lock().rows {
            if *of == lane {
                row.problem = Some(problem.to_owned());
            }
        }
    }

    /// The lowest position of a model over its lanes.
    pub(crate) fn status(&self) -> Vec<ModelStatus> {
        let state = self.lock();
        let mut models: BTreeMap<&str, ModelStatus> = BTreeMap::new();
        for ((name, _), row) in &state.rows {
            let status = row.status(name, state.newest);
            models
                .entry(name)
                .and_modify(|slowest| slowest.worsen(&status))
                .or_insert(status);
        }
        models.into_values().collect()
    }

    /// Waits until every model in every lane has reached a position, also for a run that has not begun.
    pub(crate) async fn settle(&self, position: Position) -> Result<(), StoppedError> {
        let mut settled = self.settled.subscribe();
        // The board outlives whoever waits at it, so the channel cannot close.
        let decided = |phase: &Phase| match phase {
            Phase::NotBegun => false,
            Phase::At(reached) => *reached >= position,
            Phase::Ended => true,
        };
        match settled.wait_for(decided).await.as_deref() {
            Ok(Phase::At(_)) => Ok(()),
            _ => Err(StoppedError),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn settled(&self) -> Phase {
        // Before a lane has told its checkpoint, nobody knows how far its share is.
        let told: Option<Vec<Position>> = self
            .rows
            .values()
            .map(|row| row.told.then_some(row.position))
            .collect();
        told.map_or(Phase::NotBegun, |told| {
            Phase::At(told.into_iter().min().unwrap_or_default())
        })
    }

    fn measure(&self, lane: u16, models: &[Progress]) {
        for progress in models {
            let labels = [
                ("model", progress.name.to_owned()),
                ("lane", lane.to_string()),
            ];
            let (position, newest) = (progress.position.get(), self.newest.get());
            metrics::gauge!("accession_projector_position", &labels).set(number(position));
            metrics::gauge!("accession_projector_lag_events", &labels)
                .set(number(newest.saturating_sub(position)));
            metrics::gauge!("accession_projector_parked_keys", &labels)
                .set(number(progress.parked as u64));
        }
    }

    fn measure_beside(&self, models: &[Progress]) {
        for progress in models {
            let labels = [("model", progress.name.to_owned())];
            let rows = self
                .rows
                .iter()
                .filter(|((name, _), _)| *name == progress.name);
            let position = rows
                .map(|(_, row)| row.position.get())
                .min()
                .unwrap_or_default();
            metrics::gauge!("accession_rebuild_position", &labels).set(number(position));
            metrics::gauge!("accession_rebuild_lag_events", &labels)
                .set(number(self.newest.get().saturating_sub(position)));
        }
    }

    fn has_caught_up(&self, model: &str) -> bool {
        let Some(target) = self.target else {
            return false;
        };
        let mut rows = self.rows.iter().filter(|((name, _), _)| *name == model);
        rows.all(|(_, row)| row.told && row.readers.awaits_readers() && row.position >= target)
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float; positions stay below 2^53 for a very long time"
)]
fn number(count: u64) -> f64 {
    count as f64
}
