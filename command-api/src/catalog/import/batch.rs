//! The course of a batch: look up, decide in memory, write in one go; what others overtook is decided again.
//!
//! Nothing here knows what an item means: a [`Kind`] says which values it needs and which command it is.

mod foresee;
mod kind;
mod round;

use accession_event_log::{
    Append, Decider, LogError, Outcome, Repository, RepositoryError, StreamAfter,
};
use accession_events::Position;
use accession_events::ids::EventId;
use accession_events::values::AuthorityOrder;

use super::foresight::Foreseen;
use super::item::{Fate, Rejection};
use super::table::{Owners, States};
pub use kind::{Kind, Target};
use round::{Round, Written, overtaken, put, refused};

/// How often an item is decided again after somebody else was faster.
const RETRIES: usize = 3;

/// What became of a batch.
#[derive(Debug)]
pub struct Done {
    /// The fate of each item, in the order given.
    pub fates: Vec<Fate>,
    /// The last position it wrote, or the head when it wrote nothing.
    pub position: Position,
    /// Of a batch that was only foreseen: what each item would change.
    pub foreseen: Vec<Option<Foreseen>>,
}

/// A batch under way.
pub struct Batch<'a, K: Kind> {
    /// The kind of its items.
    pub kind: &'a K,
    /// The aggregates it touches.
    pub repository: &'a Repository<K::Aggregate>,
    /// Metadata of all its events, as JSON.
    pub metadata: String,
    /// Draws ids of events.
    pub event_ids: fn() -> EventId,
    /// What becomes of the decisions.
    pub writing: Writing,
    /// Whose word counts.
    pub order: AuthorityOrder,
}

/// What becomes of a batch's decisions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Writing {
    /// They are appended.
    #[default]
    Log,
    /// They are only told.
    Preview,
}

impl<K: Kind> Batch<'_, K> {
    /// Takes all items through; an item that could not be read comes with its rejection and keeps it.
    pub async fn run(
        &self,
        items: Vec<Result<K::Item, Rejection>>,
    ) -> Result<Done, RepositoryError> {
        if self.writing == Writing::Preview {
            let (mut owners, mut states) = (Owners::default(), States::default());
            return self.foresee(items, &mut owners, &mut states).await;
        }
        let (mut fates, readable) = sorted(items);
        let mut position = Position::START;
        let mut pending: Vec<usize> = (0..readable.len()).collect();
        for _ in 0..=RETRIES {
            let items: Vec<(usize, &K::Item)> = pending
                .iter()
                .filter_map(|place| Some((*place, readable.get(*place)?.as_ref()?)))
                .collect();
            if items.is_empty() {
                break;
            }
            let round = self.decide(&items, &mut fates).await?;
            let (last, again) = self.write(round, &mut fates).await?;
            position = position.max(last);
            pending = again;
        }
        if position == Position::START {
            position = self.repository.log().store().head().await?;
        }
        Ok(Done {
            fates,
            position,
            foreseen: Vec::new(),
        })
    }

    async fn decide(
        &self,
        items: &[(usize, &K::Item)],
        fates: &mut [Fate],
    ) -> Result<Round<K::Aggregate>, RepositoryError> {
        let (mut owners, mut states) = (Owners::default(), States::default());
        self.look_up(items, &mut owners, &mut states).await?;
        self.decide_on(items, &mut owners, &mut states, fates)
    }

    /// Decides the items one behind the other, each on what those before it would leave.
    fn decide_on(
        &self,
        items: &[(usize, &K::Item)],
        owners: &mut Owners,
        states: &mut States<K::Aggregate>,
        fates: &mut [Fate],
    ) -> Result<Round<K::Aggregate>, RepositoryError> {
        let mut round = Round {
            appends: Vec::new(),
            written: Vec::new(),
            settled: Vec::new(),
            unchanged: Vec::new(),
        };
        for (place, item) in items {
            let decided = self.kind.resolve(item, owners, states).and_then(|target| {
                let loaded = states.of(&target.id);
                let events = loaded.state.decide(&target.command);
                events
                    .map(|events| (target.id, loaded, events))
                    .map_err(|error| refused(&error))
            });
            let fate = match decided {
                Err(rejection) => Fate::Rejected(rejection),
                Ok((id, loaded, events)) if events.is_empty() => {
                    round.unchanged.push((*place, id.clone(), loaded.version));
                    Fate::Unchanged(id)
                }
                Ok((id, loaded, events)) => {
                    let write = self
                        .repository
                        .prepare(&id, &loaded, &events, self.event_ids)?;
                    owners.follow(&id, &write.claims);
                    let after = self.repository.after(&loaded, &events);
                    states.put(id.clone(), after.clone());
                    let metadata = self.metadata.clone();
                    round.appends.push(Append {
                        writes: vec![write],
                        metadata,
                        idempotency: None,
                    });
                    round.written.push(Written {
                        place: *place,
                        id: id.clone(),
                        before: loaded,
                        after,
                    });
                    continue;
                }
            };
            round.settled.push(*place);
            put(fates, *place, fate);
        }
        Ok(round)
    }

    async fn look_up(
        &self,
        items: &[(usize, &K::Item)],
        owners: &mut Owners,
        states: &mut States<K::Aggregate>,
    ) -> Result<(), RepositoryError> {
        let store = self.repository.log().store();
        let mut keys = Vec::new();
        for (_, item) in items {
            self.kind.keys(item, &mut keys);
        }
        owners.look_up(&**store, keys).await?;
        let mut keys = Vec::new();
        for (_, item) in items {
            self.kind.more_keys(item, owners, &mut keys);
        }
        owners.look_up(&**store, keys).await?;
        let mut ids = Vec::new();
        for (_, item) in items {
            self.kind.ids(item, owners, &mut ids);
        }
        ids.sort_unstable();
        ids.dedup();
        ids.retain(|id| !states.know(id));
        let loaded = self.repository.load_many(&ids).await?;
        ids.into_iter()
            .zip(loaded)
            .for_each(|(id, loaded)| states.put(id, loaded));
        Ok(())
    }

    /// Writes a round; returns the last position written and the places to decide again.
    async fn write(
        &self,
        round: Round<K::Aggregate>,
        fates: &mut [Fate],
    ) -> Result<(Position, Vec<usize>), RepositoryError> {
        let Round {
            appends,
            written,
            settled,
            unchanged,
        } = round;
        let outcomes = self.repository.log().append_all(appends).await?;
        // A stream that this batch writes has its version checked by the log already.
        let kept: Vec<_> = unchanged
            .into_iter()
            .filter(|(_, id, _)| !written.iter().any(|written| written.id == *id))
            .collect();
        let (mut last, mut again) = (Position::START, Vec::new());
        for (written, outcome) in written.into_iter().zip(outcomes) {
            if let Outcome::Committed(committed) = outcome {
                last = last.max(committed.last);
                self.repository
                    .remember(&written.id, written.after.version, written.after.state);
                put(fates, written.place, Fate::Accepted(written.id));
            } else {
                self.repository.forget(&written.id);
                put(fates, written.place, Fate::Rejected(overtaken()));
                again.push(written.place);
            }
        }
        if again.is_empty() {
            again = self.moved_on(kept).await?;
        } else {
            // What was settled may have been settled by an item that was overtaken.
            again.extend(settled);
            again.sort_unstable();
        }
        Ok((last, again))
    }

    /// Places whose "nothing new" was decided on a state that others have changed since it was kept.
    async fn moved_on(&self, unchanged: Vec<(usize, String, u64)>) -> Result<Vec<usize>, LogError> {
        if unchanged.is_empty() {
            return Ok(Vec::new());
        }
        let stream = |id: &str| self.repository.stream(id);
        let wanted: Vec<_> = unchanged
            .iter()
            .map(|(_, id, version)| StreamAfter {
                stream: stream(id),
                after: *version,
            })
            .collect();
        let tails = self.repository.log().store().load_streams(&wanted).await?;
        let moved = unchanged
            .into_iter()
            .zip(tails)
            .filter(|(_, tail)| !tail.is_empty());
        Ok(moved
            .map(|((place, id, _), _)| {
                self.repository.forget(&id);
                place
            })
            .collect())
    }
}

/// The fates of items before anything is decided, and those that could be read.
fn sorted<I>(items: Vec<Result<I, Rejection>>) -> (Vec<Fate>, Vec<Option<I>>) {
    let sorted = items.into_iter().map(|item| match item {
        Ok(item) => (Fate::Rejected(overtaken()), Some(item)),
        Err(rejection) => (Fate::Rejected(rejection), None),
    });
    sorted.unzip()
}
