//! Undoing the changes of an import run, thing by thing, several things at once, each thing's latest change first.
//!
//! Never stops at a change that stays: it is told, and the next one is looked at.

use std::collections::{BTreeMap, BTreeSet};

use accession_event_log::{ExecuteError, Repository};
use accession_events::catalog::{EditionEvent, EpisodeEvent, TitleEvent};
use accession_events::{LoggedEvent as _, Position, RecordedEvent};
use accession_service::problem::Problem;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::{KeptChange, Undoing, UndoneRun};
use crate::catalog::edition::EditionCommand;
use crate::catalog::episode::EpisodeCommand;
use crate::catalog::http::undo::parts::{Standing, standing_under};
use crate::catalog::http::undo::past_of;
use crate::catalog::title::TitleCommand;
use crate::catalog::undo::past::changes;
use crate::catalog::undo::{LaterChange, UndoChange, UndoError, Undoable, Which, settled};
use crate::http::failure::{Refusal, problem_of};

/// Things that are worked on at once.
const AT_ONCE: usize = 16;
/// How often an undo is planned anew because something happened at the same time.
const ATTEMPTS: usize = 4;

/// What became of a change.
enum Outcome {
    Undone,
    Settled,
    Kept(KeptChange),
}

/// Positions of changes, by the id of what they changed.
type Changes = BTreeMap<String, BTreeSet<Position>>;

/// What a run changed in a window of the log.
#[derive(Default)]
pub(super) struct Found {
    titles: Changes,
    editions: Changes,
    episodes: Changes,
}

impl Found {
    /// Notes an event of the run; its own events change nothing in the catalog.
    pub(super) fn note(&mut self, event: &RecordedEvent) {
        let of_kind = match &*event.stream.aggregate_type {
            TitleEvent::AGGREGATE => &mut self.titles,
            EditionEvent::AGGREGATE => &mut self.editions,
            EpisodeEvent::AGGREGATE => &mut self.episodes,
            _ => return,
        };
        let positions = of_kind
            .entry(event.stream.aggregate_id.to_string())
            .or_default();
        positions.insert(event.position);
    }
}

impl Undoing {
    /// Undoes these changes. What stands under a title came later than the title, so it goes first.
    pub(super) async fn undo(
        &self,
        found: Found,
        after: Position,
        page: &mut UndoneRun,
    ) -> Result<(), Problem> {
        let nothing = Standing::new();
        let (editions, episodes) = (&self.editions, &self.episodes);
        self.all(
            editions,
            found.editions,
            EditionCommand::Undo,
            &nothing,
            page,
        )
        .await?;
        self.all(
            episodes,
            found.episodes,
            EpisodeCommand::Undo,
            &nothing,
            page,
        )
        .await?;
        let standing = standing_under(&found.titles, after, editions, episodes).await?;
        self.all(
            &self.titles,
            found.titles,
            TitleCommand::Undo,
            &standing,
            page,
        )
        .await
    }

    async fn all<A: Undoable<Error: Refusal>>(
        &self,
        repository: &Repository<A>,
        of: Changes,
        command: fn(UndoChange<A::Event>) -> A::Command,
        standing: &Standing,
        page: &mut UndoneRun,
    ) -> Result<(), Problem> {
        let works = stream::iter(of).map(|(id, positions)| async move {
            let under = standing.get(&id).map(Vec::as_slice).unwrap_or_default();
            self.one(repository, &id, &positions, command, under).await
        });
        let outcomes: Vec<Vec<Outcome>> = works.buffer_unordered(AT_ONCE).try_collect().await?;
        for outcome in outcomes.into_iter().flatten() {
            match outcome {
                Outcome::Undone => page.undone += 1,
                Outcome::Settled => page.settled += 1,
                Outcome::Kept(kept) => page.kept.push(kept),
            }
        }
        Ok(())
    }

    /// Undoes these changes of one thing, the latest first.
    async fn one<A: Undoable<Error: Refusal>>(
        &self,
        repository: &Repository<A>,
        id: &str,
        positions: &BTreeSet<Position>,
        command: fn(UndoChange<A::Event>) -> A::Command,
        under: &[LaterChange],
    ) -> Result<Vec<Outcome>, Problem> {
        let past = past_of::<A>(&**repository.log().store(), &repository.stream(id)).await?;
        let all = changes(&past);
        let settled_before = settled(&all);
        let ours = all.iter().rev().copied().filter(|change| {
            let mut events = change.iter();
            events.any(|event| positions.contains(&event.position))
        });
        let firsts: Vec<Position> = ours
            .filter_map(|change| change.first())
            .map(|first| first.position)
            .collect();
        let mut outcomes = Vec::with_capacity(firsts.len());
        for position in firsts {
            if settled_before.contains(&position) {
                outcomes.push(Outcome::Settled);
                continue;
            }
            let outcome = self
                .change(repository, id, position, command, under)
                .await?;
            outcomes.push(outcome.unwrap_or_else(|(code, detail)| {
                Outcome::Kept(KeptChange {
                    position: position.get(),
                    of: format!(
                        "{} {id}",
                        repository
                            .stream(id)
                            .aggregate_type
                            .trim_start_matches("catalog.")
                    ),
                    code,
                    detail,
                })
            }));
        }
        Ok(outcomes)
    }

    /// Undoes one change; else why it stays.
    async fn change<A: Undoable<Error: Refusal>>(
        &self,
        repository: &Repository<A>,
        id: &str,
        position: Position,
        command: fn(UndoChange<A::Event>) -> A::Command,
        under: &[LaterChange],
    ) -> Result<Result<Outcome, (&'static str, String)>, Problem> {
        for _ in 0..ATTEMPTS {
            let change = UndoChange {
                past: past_of::<A>(&**repository.log().store(), &repository.stream(id)).await?,
                which: Which::Position(position),
                reason: Some(self.reason.clone()),
            };
            let planned = match change.plan_alone::<A>() {
                Err(UndoError::AlreadyUndone) => return Ok(Ok(Outcome::Settled)),
                Ok(planned) if planned.events.is_empty() => return Ok(Ok(Outcome::Settled)),
                Ok(planned) if planned.creation && !under.is_empty() => {
                    return Ok(Err(depends(under)));
                }
                Ok(planned) => planned,
                Err(UndoError::Depends(later)) => return Ok(Err(depends(&later))),
                Err(error) => return Ok(Err(("undo_conflict", error.to_string()))),
            };
            let mut given = self.given();
            given.metadata = given.metadata.undoing(&planned.undoes);
            match repository.execute(id, &given, &command(change)).await {
                Ok(_) => return Ok(Ok(Outcome::Undone)),
                Err(ExecuteError::Refused(error)) if A::overtaken(&error) => {}
                Err(ExecuteError::Conflict { .. }) => {}
                Err(ExecuteError::Refused(error)) => {
                    return Ok(Err(("undo_conflict", error.to_string())));
                }
                Err(error @ ExecuteError::Claimed { .. }) => {
                    return Ok(Err(("undo_conflict", error.to_string())));
                }
                Err(error) => return Err(problem_of(error)),
            }
        }
        Ok(Err(("conflict", UndoError::Overtaken.to_string())))
    }
}

fn depends(later: &[LaterChange]) -> (&'static str, String) {
    let words: Vec<String> = later.iter().rev().map(LaterChange::words).collect();
    ("undo_conflict", words.join("; "))
}
