//! What an operator tells a read model: rebuild it, promote, roll back, drop what is old.
//!
//! A command only puts the wish on record; the projector's keeper does the work, wherever it runs. Nothing is changed
//! by a command that is refused.

use std::time::Duration;

use accession_projector::Model;
use accession_read_store::{Generation, ModelInfo, ModelRef};
use jiff::Timestamp;

use super::work::{self, Recorded, Stage, Work, WorkKind};
use super::{ReadModels, Refused, unknown_generation};

/// How long after readers were sent elsewhere a generation is not dropped yet: a reader may still be at it.
const GRACE: Duration = Duration::from_secs(10);

/// Who asks, and when.
#[derive(Debug, Clone)]
pub struct Asker {
    /// The name under which it is kept.
    pub by: String,
    /// When it was asked.
    pub at: Timestamp,
}

impl ReadModels {
    /// Asks for a new generation beside the live one. With `hold` it waits for [`Self::promote`] when it is built.
    pub async fn rebuild(&self, name: &str, hold: bool, asker: Asker) -> Result<Work, Refused> {
        let (model, info, recorded) = self.idle(name).await?;
        let ours = model.fold_version();
        let live = info.live.ok_or_else(|| Refused::NotBuilt {
            model: name.to_owned(),
        })?;
        if let Some(live) = version_of(&info, live).filter(|live| *live != ours) {
            return Err(Refused::Outdated {
                model: name.to_owned(),
                live: live.to_owned(),
                ours,
            });
        }
        let work = begin(WorkKind::Rebuild, next(&info, &recorded), ours, hold, asker);
        self.put(&model, &recorded, work).await
    }

    /// Sends readers to the generation that a rebuild holds.
    pub async fn promote(&self, name: &str) -> Result<Work, Refused> {
        let model = self.named(name)?;
        let recorded = work::read(&*self.store, name).await?;
        let held = recorded.active().filter(|work| work.stage == Stage::Held);
        let work = held.cloned().ok_or_else(|| Refused::NothingHeld {
            model: name.to_owned(),
        })?;
        let work = Work {
            stage: Stage::Promoting,
            problem: None,
            ..work
        };
        self.put(model, &recorded, work).await
    }

    /// Sends readers back to the generation before, once it has caught up; at once when older documents are accepted.
    pub async fn rollback(
        &self,
        name: &str,
        accept_older: bool,
        asker: Asker,
    ) -> Result<Work, Refused> {
        let (model, info, recorded) = self.idle(name).await?;
        let ours = model.fold_version();
        let previous = info.previous.ok_or_else(|| Refused::NothingKept {
            model: name.to_owned(),
        })?;
        let version = version_of(&info, previous).unwrap_or_default().to_owned();
        let (number, at) = (previous.0, asker.at);
        let mut work = begin(WorkKind::Rollback, number, version.clone(), false, asker);
        if accept_older {
            let reference = ModelRef {
                name: name.to_owned(),
                generation: previous,
            };
            self.store.promote_behind(&reference).await?;
            (work.stage, work.ended) = (Stage::Done, Some(at));
            work.problem = Some("readers were sent to it as it was, which may be older".to_owned());
        } else if version != ours {
            return Err(Refused::OtherFold {
                model: name.to_owned(),
                generation: number,
                version,
                ours,
            });
        }
        self.put(&model, &recorded, work).await
    }

    /// Removes a generation that is not live, also one in work, which gives the work up; without a number all that
    /// were live once and are not any more, and what given-up work has left. Returns the numbers.
    pub async fn drop_old(
        &self,
        name: &str,
        generation: Option<u32>,
        now: Timestamp,
    ) -> Result<Vec<u32>, Refused> {
        let model = self.named(name)?;
        let info = self.store.model(name).await?;
        let recorded = work::read(&*self.store, name).await?;
        let dropped = match generation {
            Some(number) => vec![droppable(&info, number)?],
            None => left_over(&info, &recorded),
        };
        for number in &dropped {
            if let Some(work) = recorded.active().filter(|work| work.generation == number.0) {
                let work = Work {
                    stage: Stage::Cancelled,
                    ended: Some(now),
                    ..work.clone()
                };
                self.put(model, &recorded, work).await?;
            }
            if info.previous == Some(*number) {
                tokio::time::sleep(grace_left(recorded.work.as_ref(), now)).await;
            }
            let reference = ModelRef {
                name: name.to_owned(),
                generation: *number,
            };
            self.store.drop_generation(&reference).await?;
            tracing::info!(model = name, generation = number.0, "read_models.dropped");
        }
        Ok(dropped.iter().map(|number| number.0).collect())
    }

    /// A model that nobody works on.
    async fn idle(&self, name: &str) -> Result<(Model, ModelInfo, Recorded), Refused> {
        let model = self.named(name)?.clone();
        let recorded = work::read(&*self.store, name).await?;
        if let Some(work) = recorded.active() {
            return Err(running(name, work));
        }
        Ok((model, self.store.model(name).await?, recorded))
    }

    /// Puts work on record, unless somebody else was faster.
    async fn put(&self, model: &Model, seen: &Recorded, work: Work) -> Result<Work, Refused> {
        if work::replace(&*self.store, model, seen, &work).await? {
            return Ok(work);
        }
        let faster = work::read(&*self.store, model.name()).await?;
        Err(running(model.name(), faster.work.as_ref().unwrap_or(&work)))
    }
}

fn droppable(info: &ModelInfo, number: u32) -> Result<Generation, Refused> {
    if info.live == Some(Generation(number)) {
        return Err(Refused::Live {
            model: info.name.clone(),
            generation: number,
        });
    }
    let known = version_of(info, Generation(number));
    known
        .map(|_| Generation(number))
        .ok_or_else(|| unknown_generation(info, number))
}

fn running(model: &str, work: &Work) -> Refused {
    Refused::Running {
        model: model.to_owned(),
        generation: work.generation,
        by: work.by.clone(),
        begun: work.begun,
    }
}

fn begin(what: WorkKind, generation: u32, fold_version: String, hold: bool, asker: Asker) -> Work {
    Work {
        what,
        generation,
        fold_version,
        stage: Stage::Building,
        hold,
        by: asker.by,
        begun: asker.at,
        ended: None,
        comparison: None,
        problem: None,
    }
}

/// A number that no generation has, or ever had.
fn next(info: &ModelInfo, recorded: &Recorded) -> u32 {
    let known = info.generations.iter().map(|(generation, _)| generation.0);
    let live = info.newest_live.map(|newest| newest.0);
    let worked_on = recorded.work.as_ref().map(|work| work.generation);
    known.chain(live).chain(worked_on).max().unwrap_or_default() + 1
}

fn version_of(info: &ModelInfo, wanted: Generation) -> Option<&str> {
    let mut found = info.generations.iter();
    found
        .find(|(generation, _)| *generation == wanted)
        .map(|(_, version)| &**version)
}

/// Generations that nobody needs: once live and not any more, or left by work that ended.
fn left_over(info: &ModelInfo, recorded: &Recorded) -> Vec<Generation> {
    let in_work = recorded.active().map(|work| Generation(work.generation));
    let ended = recorded
        .work
        .as_ref()
        .map(|work| Generation(work.generation));
    let numbers = info.generations.iter().map(|(generation, _)| *generation);
    numbers
        .filter(|number| Some(*number) != info.live && Some(*number) != in_work)
        .filter(|number| Some(*number) <= info.newest_live || Some(*number) == ended)
        .collect()
}

fn grace_left(work: Option<&Work>, now: Timestamp) -> Duration {
    let Some(flipped) = work.and_then(|work| work.ended) else {
        return Duration::ZERO;
    };
    let since = Duration::try_from(now.duration_since(flipped)).unwrap_or_default();
    GRACE.saturating_sub(since)
}
