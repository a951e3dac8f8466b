//! A lane: its share of the document keys, over all events, with checkpoints of its own.
//!
//! It begins every attempt by asking the store where it stands, and remembers nothing but its fences.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use accession_events::Position;
use accession_read_store::{FencingToken, LaneCheckpoint, ModelRef, ReadStore};
use tokio::sync::mpsc;

use super::assigned::Assigned;
use super::board::Board;
use super::erased::Model;
use super::error::{ProjectorError, Trouble};
use super::generations::{self, Before, Kept};
use super::options::{FeedFactory, ProjectorOptions};
use super::parking::Parked;
use super::plan::LaneOf;
use super::stop::{self, Stop};
use super::track::{Ended, Track};
use super::wish::Wish;

/// What a lane works with.
pub(crate) struct LaneContext {
    pub(crate) store: Arc<dyn ReadStore>,
    pub(crate) feeds: FeedFactory,
    pub(crate) options: ProjectorOptions,
    pub(crate) board: Arc<Board>,
    pub(crate) lane: LaneOf,
}

/// A lane at work.
pub(crate) struct Lane {
    context: LaneContext,
    /// The tokens that this projector was given.
    fences: HashMap<ModelRef, FencingToken>,
    /// The generations that it has kept.
    before: Before,
    wishes: mpsc::Receiver<Wish>,
}

/// Where the lane stands, read from the store.
pub(crate) struct Standing {
    pub(crate) models: Vec<Assigned>,
    pub(crate) parked: Parked,
}

impl Lane {
    pub(crate) fn new(context: LaneContext, wishes: mpsc::Receiver<Wish>) -> Self {
        Self {
            context,
            fences: HashMap::new(),
            before: Before::new(),
            wishes,
        }
    }

    /// Works until it is told to stop or cannot go on.
    pub(crate) async fn run(mut self, stop: Stop) -> Result<(), ProjectorError> {
        let mut pause = self.context.options.backoff;
        while !stop.is_given() {
            let reached = self.context.board.progress(self.context.lane.lane);
            match self.attempt(&stop).await {
                Ok(()) | Err(Trouble::Regroup) => {
                    pause = self.context.options.backoff;
                    continue;
                }
                Err(Trouble::Fatal(error)) => {
                    tracing::error!(lane = self.context.lane.lane, error = %error, "projector.stopped");
                    return Err(error);
                }
                Err(Trouble::Moved(problem)) => self.note("projector.checkpoint_moved", &problem),
                Err(Trouble::Pause(problem)) => self.note("projector.paused", &problem),
            }
            // Progress since the last trouble: begin with a short pause again.
            if reached < self.context.board.progress(self.context.lane.lane) {
                pause = self.context.options.backoff;
            }
            pause = self.wait(pause, stop.clone()).await;
        }
        Ok(())
    }

    fn note(&self, what: &str, problem: &str) {
        tracing::warn!(lane = self.context.lane.lane, problem, "{what}");
        self.context.board.trouble(self.context.lane.lane, problem);
    }

    /// Waits after trouble; returns how long to wait the next time.
    async fn wait(&self, pause: Duration, mut stop: Stop) -> Duration {
        let stopped = stop.given();
        // Stopped or rested: the caller looks.
        let _ = tokio::time::timeout(pause, stopped).await;
        (pause * 2).min(self.context.options.backoff * 10)
    }

    /// From the stored checkpoints until trouble, a stop, or a new grouping of the models.
    async fn attempt(&mut self, stop: &Stop) -> Result<(), Trouble> {
        while !stop.is_given() {
            let standing = self.standing().await?;
            if let Some(wish) = self.follow(standing, stop).await? {
                let standing = self.standing().await?;
                wish.fulfil(&self.context, standing).await;
            }
        }
        Ok(())
    }

    /// Asks the store where every model stands, taking over what this projector does not hold yet.
    async fn standing(&mut self) -> Result<Standing, Trouble> {
        let store = &*self.context.store;
        let kept = generations::ensure(store, &self.context.options, &self.before).await?;
        self.context.board.kept(&kept);
        // What is not kept any more may be taken over by others, and later by this one again.
        let is_kept = |model: &ModelRef| kept.iter().any(|kept| kept.reference == *model);
        self.fences.retain(|model, _| is_kept(model));
        let mut standing = Standing {
            models: Vec::with_capacity(kept.len()),
            parked: Parked::default(),
        };
        for Kept {
            model, reference, ..
        } in kept
        {
            self.before.insert(model.name(), reference.generation);
            let checkpoint = self.checkpoint(&model, &reference).await?;
            let LaneOf { lane, lanes } = self.context.lane;
            standing
                .parked
                .load(&*self.context.store, model.name(), &reference, lane, lanes)
                .await?;
            let (fence, position) = (checkpoint.fence, checkpoint.position);
            standing.models.push(Assigned {
                model,
                reference,
                fence,
                position,
            });
        }
        Ok(standing)
    }

    async fn checkpoint(
        &mut self,
        model: &Model,
        reference: &ModelRef,
    ) -> Result<LaneCheckpoint, Trouble> {
        let lane = self.context.lane.lane;
        if let Some(ours) = self.fences.get(reference).copied() {
            let stored = self.context.store.checkpoint(reference, lane).await?;
            if stored.fence == ours {
                return Ok(stored);
            }
            if stored.fence > ours {
                let model = format!("{} generation {}", reference.name, reference.generation);
                return Err(Trouble::Fatal(ProjectorError::Fenced {
                    model,
                    ours: ours.0,
                    actual: stored.fence.0,
                }));
            }
        }
        let taken = self.context.store.take_over(reference, lane).await?;
        self.still_registered(model, reference).await?;
        self.fences.insert(reference.clone(), taken.fence);
        Ok(taken)
    }

    /// A store that was wiped between the registration and the take-over does not know whose fold this generation is, and
    /// would give it to another. What is wiped after this takes the fence with it, and no step is written.
    async fn still_registered(&self, model: &Model, reference: &ModelRef) -> Result<(), Trouble> {
        let info = self.context.store.model(&reference.name).await?;
        let ours = (reference.generation, model.fold_version());
        if info.generations.contains(&ours) {
            return Ok(());
        }
        let problem = format!("the store does not know {reference} any more");
        Err(Trouble::Moved(problem))
    }

    /// Waits until there may be something to keep.
    async fn rest(&mut self, mut stop: Stop) -> Option<Wish> {
        tokio::select! {
            // In this order, so that a simulation takes the same turn every time.
            biased;
            () = stop.given() => None,
            wish = self.wishes.recv() => wish,
        }
    }

    /// Drives the models: those close to the foremost in one track, those far behind in another. Returns a wish
    /// that wants the lane to itself.
    async fn follow(&mut self, standing: Standing, stop: &Stop) -> Result<Option<Wish>, Trouble> {
        if standing.models.is_empty() {
            return Ok(self.rest(stop.clone()).await);
        }
        let foremost = standing
            .models
            .iter()
            .map(|model| model.position)
            .max()
            .unwrap_or_default();
        let close = foremost
            .get()
            .saturating_sub(self.context.options.far_behind);
        let (near, far): (Vec<_>, Vec<_>) = standing
            .models
            .into_iter()
            .partition(|model| model.position.get() >= close);
        let (halt, halted) = stop::stop();
        let near =
            Track::new(&self.context, near, standing.parked.clone(), None).follow(halted.clone());
        let far = follow_far(
            &self.context,
            far,
            standing.parked,
            Position::new(close),
            halted,
        );
        let tracks = async { tokio::try_join!(near, far).map(|_| ()) };
        tokio::pin!(tracks);
        let mut stopping = stop.clone();
        let wish = tokio::select! {
                // In this order, so that a simulation takes the same turn every time.
                biased;
            ended = &mut tracks => return ended.map(|()| None),
            () = stopping.given() => None,
            wish = self.wishes.recv() => wish,
        };
        halt.stop();
        match (tracks.await, wish) {
            (Ok(()), wish) => Ok(wish),
            (Err(trouble), None) => Err(trouble),
            (Err(trouble), Some(wish)) => {
                wish.refuse(&trouble);
                Err(trouble)
            }
        }
    }
}

/// Drives the models that are far behind; when they have come close, all tracks end, to go on as one.
async fn follow_far(
    lane: &LaneContext,
    models: Vec<Assigned>,
    parked: Parked,
    close: Position,
    halted: Stop,
) -> Result<(), Trouble> {
    if models.is_empty() {
        return Ok(());
    }
    match Track::new(lane, models, parked, Some(close))
        .follow(halted)
        .await?
    {
        Ended::Stopped => Ok(()),
        Ended::Closed => Err(Trouble::Regroup),
    }
}
