//! A track: models of one lane that stand close together and are driven by one loop over one feed.
//!
//! A step is folded while the step before is being committed, but steps are committed one after the other, and any
//! trouble ends the track: whoever starts the next one reads the stored checkpoints first.

use std::sync::Arc;

use accession_events::Position;
use accession_read_store::{Commit, ReadStoreError};
use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tracing::Span;

use super::assigned::Assigned;
use super::board::Progress;
use super::error::{ProjectorError, Trouble};
use super::fetch::{Fetched, Portions, fetch};
use super::lane::LaneContext;
use super::pending::{self, Pending};
use super::plan::Incoming;
use super::step::{self, Memory, Step};
use super::stop::Stop;

/// How many events the first step may have; it grows while documents are small.
const FIRST_STEP: usize = 256;

/// Why a track ended without trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It was asked to.
    Stopped,
    /// It has come close to the others: one loop can drive all of them again.
    Closed,
}

/// A track at work.
pub(crate) struct Track<'a> {
    lane: &'a LaneContext,
    models: Vec<Assigned>,
    memory: Memory,
    /// At most this many events in the next step.
    limit: usize,
    /// The step that is being committed: its end and size.
    pending: Option<Pending>,
    committing: JoinSet<Result<(), ReadStoreError>>,
    /// Where the other models of the lane stand, if this track is to close up with them.
    ahead: Option<Position>,
}

impl<'a> Track<'a> {
    /// A track of these models, which must all stand at their stored checkpoints.
    pub(crate) fn new(
        lane: &'a LaneContext,
        models: Vec<Assigned>,
        parked: super::parking::Parked,
        ahead: Option<Position>,
    ) -> Self {
        Self {
            lane,
            models,
            memory: Memory::new(parked),
            limit: FIRST_STEP,
            pending: None,
            committing: JoinSet::new(),
            ahead,
        }
    }

    /// Follows the feed until it is stopped, trouble comes, or it has closed up with the other models.
    pub(crate) async fn follow(mut self, stop: Stop) -> Result<Ended, Trouble> {
        let mut stopping = stop.clone();
        let from = self.lowest();
        let (sender, mut pages) = mpsc::channel(1);
        // Dropping the set ends the task: a track that ends leaves no reader behind.
        let mut fetching = JoinSet::new();
        let options = &self.lane.options;
        fetching.spawn(fetch(
            (self.lane.feeds)(),
            from,
            options.max_events,
            options.heartbeat,
            sender,
        ));
        loop {
            tokio::select! {
                biased;
                () = stopping.given() => break,
                Some(done) = self.committing.join_next(), if self.pending.is_some() => self.committed(done, None).await?,
                fetched = pages.recv() => self.take(fetched, &stop).await?,
            }
            if self.has_closed_up() {
                self.flush(None).await?;
                return Ok(Ended::Closed);
            }
        }
        self.flush(None).await?;
        Ok(Ended::Stopped)
    }

    async fn take(
        &mut self,
        fetched: Option<Result<Fetched, Trouble>>,
        stop: &Stop,
    ) -> Result<(), Trouble> {
        match fetched {
            Some(Ok(Fetched::Page(page, newest))) => {
                self.lane.board.seen(newest);
                self.work(page, stop).await
            }
            Some(Ok(Fetched::Idle(newest))) => {
                self.lane.board.seen(newest);
                self.flush(None).await?;
                self.idle().await
            }
            Some(Err(trouble)) => {
                self.flush(None).await?;
                Err(trouble)
            }
            None => Err(Trouble::Fatal(ProjectorError::Defect {
                reason: "the task that reads the feed ended".into(),
            })),
        }
    }

    async fn work(&mut self, page: Vec<Incoming>, stop: &Stop) -> Result<(), Trouble> {
        let mut portions = Portions::of(page);
        while let Some(portion) = portions.next(self.limit) {
            let oldest = portion
                .first()
                .map(|incoming| incoming.recorded.recorded_at);
            let spans = pending::spans_of(&portion);
            let made = step::make(
                &*self.lane.store,
                &self.models,
                portion,
                self.lane.lane,
                &mut self.memory,
            )
            .await?;
            self.adapt(&made);
            // One step at a time is written, in order; folding the next one, and making it ready, overlap with that.
            let (go, turn) = oneshot::channel();
            let begun = self.make_ready(made, spans, turn);
            self.flush(oldest).await?;
            self.begin_commit(begun, go);
            if stop.is_given() {
                break;
            }
        }
        Ok(())
    }

    /// Steps that write much get fewer events, others more.
    fn adapt(&mut self, step: &Step) {
        let (max_events, max_bytes) = (
            self.lane.options.max_events.max(1),
            self.lane.options.max_bytes.max(1),
        );
        self.limit = if step.bytes > max_bytes {
            (step.events * max_bytes / step.bytes).max(1)
        } else {
            (self.limit.max(step.events) * 2).min(max_events)
        };
    }

    /// Hands a step to the store, to be written when its turn comes. If that never comes, the set ends the task.
    fn make_ready(&mut self, step: Step, spans: Vec<Span>, turn: oneshot::Receiver<()>) -> Pending {
        let (store, commit): (_, Commit) = (Arc::clone(&self.lane.store), step.commit);
        self.committing
            .spawn(async move { store.commit_in_turn(commit, turn).await });
        Pending::begun(step.end, step.events, spans)
    }

    fn begin_commit(&mut self, mut begun: Pending, go: oneshot::Sender<()>) {
        // The next step is folded from here; should this one fail, the whole track is thrown away.
        for model in &mut self.models {
            model.position = model.position.max(begun.end);
        }
        begun.began = Instant::now();
        self.pending = Some(begun);
        // The task waits for it; should it have died, whoever waits for the commit hears that.
        let _ = go.send(());
    }

    /// Waits for the commit under way.
    async fn flush(&mut self, waiting_since: Option<Timestamp>) -> Result<(), Trouble> {
        if self.pending.is_none() {
            return Ok(());
        }
        match self.committing.join_next().await {
            Some(done) => self.committed(done, waiting_since).await,
            None => Ok(()),
        }
    }

    async fn committed(
        &mut self,
        done: Result<Result<(), ReadStoreError>, tokio::task::JoinError>,
        waiting_since: Option<Timestamp>,
    ) -> Result<(), Trouble> {
        let pending = self.pending.take();
        match done {
            Ok(result) => result?,
            Err(error) => {
                return Err(Trouble::Pause(format!(
                    "it is not known whether a step was written: {error}"
                )));
            }
        }
        if let Some(Pending {
            end, events, began, ..
        }) = pending
        {
            metrics::counter!("accession_projector_events_total").increment(events as u64);
            metrics::histogram!("accession_projector_commit_seconds")
                .record(began.elapsed().as_secs_f64());
            tracing::trace!(
                lane = self.lane.lane.lane,
                position = end.get(),
                events,
                "projector.step"
            );
        }
        self.tell(waiting_since).await
    }

    /// Tells the board, and sends readers to what has caught up.
    async fn tell(&self, waiting_since: Option<Timestamp>) -> Result<(), Trouble> {
        let progress = |model: &Assigned| Progress {
            name: model.name(),
            reference: model.reference.clone(),
            position: model.position,
            parked: self.memory.parked.count(model.name()),
            parked_problem: self.memory.parked.first_problem(model.name()),
        };
        let models: Vec<Progress> = self.models.iter().map(progress).collect();
        for caught_up in self
            .lane
            .board
            .reached(self.lane.lane.lane, &models, waiting_since)
        {
            match self.lane.store.promote(&caught_up).await {
                // Whoever keeps the live one is faster for now; the next step looks again.
                Err(ReadStoreError::Behind { .. }) => continue,
                promoted => promoted?,
            }
            self.lane.board.promoted(&caught_up);
            tracing::info!(
                model = caught_up.name,
                generation = caught_up.generation.0,
                "projector.generation_live"
            );
        }
        Ok(())
    }

    /// Nothing to do: look whether the store still stands where it was left, for it may have been restored or wiped.
    async fn idle(&mut self) -> Result<(), Trouble> {
        for model in &self.models {
            let stored = self
                .lane
                .store
                .checkpoint(&model.reference, self.lane.lane.lane)
                .await?;
            if stored.fence > model.fence {
                let (ours, actual) = (model.fence.0, stored.fence.0);
                let model = format!(
                    "{} generation {}",
                    model.reference.name, model.reference.generation
                );
                return Err(Trouble::Fatal(ProjectorError::Fenced {
                    model,
                    ours,
                    actual,
                }));
            }
            if stored.fence < model.fence || stored.position != model.position {
                let (name, actual, ours) = (model.name(), stored.position, model.position);
                return Err(Trouble::Moved(format!(
                    "the stored checkpoint of {name} is {actual}, not {ours}"
                )));
            }
        }
        self.tell(None).await
    }

    fn has_closed_up(&self) -> bool {
        self.ahead.is_some_and(|ahead| self.lowest() >= ahead)
    }

    fn lowest(&self) -> Position {
        let positions = self.models.iter().map(|model| model.position);
        positions.min().unwrap_or_default()
    }
}
