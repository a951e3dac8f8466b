//! The states of one kind of aggregate that a plan works on, with the events it has decided so far.
//!
//! Writes nothing: what was decided goes into the append of the plan's owner.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

use accession_event_log::{Decider, Loaded, Repository, RepositoryError, StreamWrite};
use accession_events::LoggedEvent;
use accession_events::ids::EventId;

use super::MergeError;

/// Draws ids of events.
type EventIds = Arc<dyn Fn() -> EventId + Send + Sync>;

/// States by id, and what has been decided about them.
pub(super) struct Draft<A: Decider<Event: LoggedEvent>> {
    repository: Repository<A>,
    drawn: BTreeMap<String, Drawn<A>>,
}

struct Drawn<A: Decider<Event: LoggedEvent>> {
    loaded: Loaded<A>,
    state: A,
    events: Vec<A::Event>,
}

impl<A: Decider<Event: LoggedEvent>> Drawn<A> {
    fn of(loaded: Loaded<A>) -> Self {
        Self {
            state: A::clone(&loaded.state),
            loaded,
            events: Vec::new(),
        }
    }

    fn version(&self) -> u64 {
        self.loaded.version + self.events.len() as u64
    }
}

impl<A: Decider<Event: LoggedEvent>> Draft<A> {
    pub(super) const fn new(repository: Repository<A>) -> Self {
        Self {
            repository,
            drawn: BTreeMap::new(),
        }
    }

    /// The aggregates behind it.
    pub(super) const fn repository(&self) -> &Repository<A> {
        &self.repository
    }

    /// Loads these, as far as they are not loaded yet. The append checks that none of them has moved on.
    pub(super) async fn load(
        &mut self,
        ids: impl IntoIterator<Item = impl Display>,
    ) -> Result<(), RepositoryError> {
        let ids = ids.into_iter().map(|id| id.to_string());
        let missing: Vec<String> = ids.filter(|id| !self.drawn.contains_key(id)).collect();
        let loaded = self.repository.load_many(&missing).await?;
        let drawn = loaded.into_iter().map(Drawn::of);
        self.drawn.extend(missing.into_iter().zip(drawn));
        Ok(())
    }

    /// The state as it is after what was decided so far.
    pub(super) fn of(&mut self, id: impl Display) -> &A {
        &self.drawn(&id).state
    }

    /// The version after what was decided.
    pub(super) fn version(&mut self, id: impl Display) -> u64 {
        self.drawn(&id).version()
    }

    /// Refuses when the caller has seen another version than the one that is there.
    pub(super) fn seen(
        &mut self,
        id: impl Display,
        expected: Option<u64>,
    ) -> Result<(), MergeError> {
        let actual = self.drawn(&id).loaded.version;
        match expected {
            Some(expected) if expected != actual => Err(MergeError::Stale {
                of: id.to_string(),
                expected,
                actual,
            }),
            _ => Ok(()),
        }
    }

    /// Decides a command on the state as it is after what was decided so far; whether anything happens by it.
    pub(super) fn decide(
        &mut self,
        id: impl Display,
        command: &A::Command,
    ) -> Result<bool, A::Error> {
        let drawn = self.drawn(&id);
        let events = drawn.state.decide(command)?;
        let happens = !events.is_empty();
        for event in events {
            drawn.state.apply(event.clone());
            drawn.events.push(event);
        }
        Ok(happens)
    }

    pub(super) fn writes(&self, ids: &EventIds) -> Result<Vec<StreamWrite>, RepositoryError> {
        let writes = self.drawn.iter().map(|(id, drawn)| {
            self.repository
                .prepare(id, &drawn.loaded, &drawn.events, || ids())
        });
        writes.collect()
    }

    pub(super) fn settle(self) {
        for (id, drawn) in self.drawn {
            if !drawn.events.is_empty() {
                let version = drawn.version();
                self.repository
                    .remember(&id, version, Arc::new(drawn.state));
            }
        }
    }

    pub(super) fn forget(&self) {
        self.drawn.keys().for_each(|id| self.repository.forget(id));
    }

    fn drawn(&mut self, id: &impl Display) -> &mut Drawn<A> {
        self.drawn
            .entry(id.to_string())
            .or_insert_with(|| Drawn::of(Loaded::default()))
    }
}
