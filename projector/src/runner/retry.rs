//! Takes parked events in after all, in order, when an operator says that the cause is gone.
//!
//! It never gives up an event: whatever fails again stays parked, and what comes after it in the key, too.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use accession_events::Position;
use accession_read_store::{Commit, DocumentWrite, ModelStep};
use tokio::sync::oneshot;

use super::assigned::Assigned;
use super::error::{RetryError, Trouble};
use super::fold::{FoldWork, fold};
use super::lane::{LaneContext, Standing};
use super::parking::{Parked, ParkedKey};
use super::plan::{Incoming, Touch};

/// How long the log may take to give a parked event.
const PATIENCE: Duration = Duration::from_secs(5);

/// What became of parked events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retried {
    /// Events that are in the documents now.
    pub taken_in: usize,
}

/// An operator's wish, on its way to a lane.
pub(crate) struct RetryRequest {
    pub(crate) model: &'static str,
    pub(crate) key: String,
    pub(crate) reply: oneshot::Sender<Result<Retried, RetryError>>,
}

impl RetryRequest {
    /// Answers that it cannot be done now.
    pub(crate) fn refuse(self, trouble: &Trouble) {
        let reason = trouble.to_string();
        // Who asked may have gone.
        let _ = self.reply.send(Err(RetryError::Interrupted { reason }));
    }
}

/// Serves a request while nothing else of the lane is at work.
pub(crate) async fn answer(lane: &LaneContext, mut standing: Standing, request: RetryRequest) {
    let outcome = match standing
        .models
        .iter()
        .find(|model| model.name() == request.model)
    {
        Some(model) => retry(lane, model, &mut standing.parked, &request.key).await,
        None => Err(RetryError::NotRunning),
    };
    // Who asked may have gone; what was done stands.
    let _ = request.reply.send(outcome);
}

async fn retry(
    lane: &LaneContext,
    model: &Assigned,
    parked: &mut Parked,
    key: &str,
) -> Result<Retried, RetryError> {
    let Some(mut waiting) = parked.get(model.name(), key).cloned() else {
        return Err(RetryError::NotParked {
            model: model.name().to_owned(),
            key: key.to_owned(),
        });
    };
    let wanted = |position: &Position| !parked.skips(model.name(), key, *position);
    waiting.positions.retain(wanted);
    let page = read(lane, &waiting.positions).await?;
    let attempt = Attempt::plan(lane, model, parked, &waiting, &page);
    let (written, outcome) = attempt.fold(lane, &page).await?;
    commit(lane, model, written).await?;
    outcome
}

/// Reads the parked events from the log again.
async fn read(lane: &LaneContext, positions: &[Position]) -> Result<Vec<Incoming>, RetryError> {
    let mut feed = (lane.feeds)();
    let mut page = Vec::with_capacity(positions.len());
    for position in positions {
        let before = Position::new(position.get().saturating_sub(1));
        let events = feed
            .after(before, 1, PATIENCE)
            .await
            .map_err(Trouble::from)?;
        let event = events.into_iter().find(|event| event.position == *position);
        let missing = || RetryError::Interrupted {
            reason: format!("the log did not give event {position}"),
        };
        page.push(Incoming::read(event.ok_or_else(missing)?));
    }
    Ok(page)
}

/// What is to be taken in, and what stays parked whatever happens.
struct Attempt<'a> {
    model: &'a Assigned,
    parked: &'a mut Parked,
    waiting: &'a ParkedKey,
    touches: Vec<Touch>,
    /// Keys whose parked events change.
    noted: Vec<String>,
    /// How many of the events can be read; the first that cannot ends the attempt.
    readable: usize,
}

impl<'a> Attempt<'a> {
    fn plan(
        lane: &LaneContext,
        model: &'a Assigned,
        parked: &'a mut Parked,
        waiting: &'a ParkedKey,
        page: &[Incoming],
    ) -> Self {
        let readable = page
            .iter()
            .take_while(|incoming| incoming.event.is_ok())
            .count();
        let mut attempt = Self {
            model,
            parked,
            waiting,
            touches: Vec::new(),
            noted: vec![waiting.key.clone()],
            readable,
        };
        for (place, incoming) in page.iter().take(readable).enumerate() {
            let Ok(event) = &incoming.event else { continue };
            for key in model.model.keys(event, &incoming.recorded) {
                // A parked key waits for itself alone; a parked stream for every key that its events touch.
                let wanted = waiting.key == key || waiting.key.starts_with("stream:");
                if wanted && lane.lane.owns(&key) {
                    attempt.touch(place, key, incoming);
                }
            }
        }
        attempt
    }

    fn touch(&mut self, place: usize, key: String, incoming: &Incoming) {
        let name = self.model.name();
        if key != self.waiting.key && self.parked.holds(name, &key) {
            let recorded = &incoming.recorded;
            self.parked
                .park(name, &key, recorded.position, recorded.recorded_at, "");
            self.noted.push(key);
            return;
        }
        match self.touches.iter_mut().find(|touch| touch.key == key) {
            Some(touch) => touch.events.push(place),
            None => self.touches.push(Touch {
                key,
                events: vec![place],
            }),
        }
    }

    async fn fold(
        mut self,
        lane: &LaneContext,
        page: &[Incoming],
    ) -> Result<(Vec<DocumentWrite>, Result<Retried, RetryError>), RetryError> {
        let keys: Vec<String> = self.touches.iter().map(|touch| touch.key.clone()).collect();
        let states = lane
            .store
            .states(&self.model.reference, lane.lane.lane, &keys)
            .await
            .map_err(Trouble::from)?;
        let stored = keys
            .into_iter()
            .zip(states)
            .filter_map(|(key, state)| state.map(|state| (key, state)))
            .collect();
        let touches = std::mem::take(&mut self.touches);
        let work = FoldWork {
            model: self.model.model.clone(),
            touches,
            open: HashMap::new(),
            stored,
        };
        let folded = fold(work, page);
        let undone = self.undone(page, folded.refused);
        let taken_in = page.len() - undone.as_ref().map_or(0, |parked| parked.positions.len());
        let outcome = match &undone {
            None => Ok(Retried { taken_in }),
            Some(parked) => Err(RetryError::StillFailing {
                position: parked.positions.first().copied().unwrap_or_default(),
                reason: parked.reason.clone(),
            }),
        };
        self.parked
            .replace(self.model.name(), &self.waiting.key, undone);
        let mut writes = folded.writes;
        for write in &mut writes {
            // Readers must never take a document that was changed now for one from before.
            write.position = write.position.max(self.model.position);
        }
        self.noted.sort_unstable();
        self.noted.dedup();
        let (name, at) = (self.model.name(), self.model.position);
        let notes = self.noted.iter().map(|key| {
            self.parked
                .write(name, key, lane.lane.lane, lane.lane.lanes, at)
        });
        writes.extend(notes);
        Ok((writes, outcome))
    }

    /// What of the parked key has to go on waiting. What a stream's event could not do to a document waits under
    /// the document's key from now on.
    fn undone(
        &mut self,
        page: &[Incoming],
        refused: Vec<super::fold::Refused>,
    ) -> Option<ParkedKey> {
        let mut undone: Option<ParkedKey> = page.get(self.readable).map(|incoming| {
            let reason = incoming
                .event
                .as_ref()
                .err()
                .map(|error| error.reason.clone())
                .unwrap_or_default();
            let positions = self
                .waiting
                .positions
                .iter()
                .skip(self.readable)
                .copied()
                .collect();
            let since = incoming.recorded.recorded_at;
            ParkedKey {
                key: self.waiting.key.clone(),
                positions,
                reason,
                since,
            }
        });
        for refused in refused {
            let Some((_, since)) = refused.positions.first().copied() else {
                continue;
            };
            if refused.key == self.waiting.key {
                let positions = refused
                    .positions
                    .iter()
                    .map(|(position, _)| *position)
                    .collect();
                undone = Some(ParkedKey {
                    key: refused.key,
                    positions,
                    reason: refused.reason,
                    since,
                });
                continue;
            }
            for (position, at) in &refused.positions {
                self.parked.park(
                    self.model.name(),
                    &refused.key,
                    *position,
                    *at,
                    &refused.reason,
                );
            }
            self.noted.push(refused.key);
        }
        undone
    }
}

/// Writes what was taken in; the checkpoint stays where it is.
async fn commit(
    lane: &LaneContext,
    model: &Assigned,
    documents: Vec<DocumentWrite>,
) -> Result<(), RetryError> {
    let step = ModelStep {
        model: model.reference.clone(),
        expected: model.position,
        next: model.position,
        fence: model.fence,
        documents,
    };
    let store = Arc::clone(&lane.store);
    let commit = Commit {
        lane: lane.lane.lane,
        steps: vec![step],
    };
    store
        .commit(commit)
        .await
        .map_err(|error| Trouble::from(error).into())
}
