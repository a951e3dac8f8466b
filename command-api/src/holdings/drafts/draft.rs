//! The states of one kind of aggregate that a plan works on, with the events it has decided so far.
//!
//! Writes nothing: what was decided goes into an append of its owner's.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

use accession_event_log::{Decider, Loaded, Repository, RepositoryError, StreamWrite};
use accession_events::ids::EventId;
use accession_events::{LoggedEvent, RecordedEvent};

use crate::holdings::desk::HoldingsError;

/// Events of a past that are read at a time.
const PAGE: usize = 1000;

/// States by id, and what has been decided about them.
pub struct Draft<A: Decider<Event: LoggedEvent>> {
    repository: Repository<A>,
    taken: BTreeMap<String, Taken<A>>,
}

struct Taken<A: Decider<Event: LoggedEvent>> {
    loaded: Loaded<A>,
    state: A,
    events: Vec<A::Event>,
}

impl<A: Decider<Event: LoggedEvent>> Taken<A> {
    fn of(loaded: Loaded<A>) -> Self {
        Self {
            state: A::clone(&loaded.state),
            loaded,
            events: Vec::new(),
        }
    }
}

impl<A: Decider<Event: LoggedEvent>> Draft<A> {
    pub(in crate::holdings) const fn new(repository: Repository<A>) -> Self {
        Self {
            repository,
            taken: BTreeMap::new(),
        }
    }

    /// Loads these, as far as they are not loaded yet.
    pub async fn load(
        &mut self,
        ids: impl IntoIterator<Item = impl Display>,
    ) -> Result<(), RepositoryError> {
        let ids = ids.into_iter().map(|id| id.to_string());
        let missing: Vec<String> = ids.filter(|id| !self.taken.contains_key(id)).collect();
        let loaded = self.repository.load_many(&missing).await?;
        for (id, loaded) in missing.into_iter().zip(loaded) {
            self.taken.insert(id, Taken::of(loaded));
        }
        Ok(())
    }

    /// The state as it is after what was decided so far; that of something new when it was not loaded.
    pub fn of(&mut self, id: impl Display) -> &A {
        &self.taken(&id.to_string()).state
    }

    fn taken(&mut self, id: &str) -> &mut Taken<A> {
        self.taken
            .entry(id.to_owned())
            .or_insert_with(|| Taken::of(Loaded::default()))
    }

    /// What happened to it up to the state that was loaded, as the log holds it.
    pub async fn past(&mut self, id: impl Display) -> Result<Vec<RecordedEvent>, RepositoryError> {
        let id = id.to_string();
        let version = self.taken(&id).loaded.version;
        let stream = self.repository.stream(&id);
        let store = Arc::clone(self.repository.log().store());
        let mut past: Vec<RecordedEvent> = Vec::new();
        while (past.len() as u64) < version {
            let read = store.read_stream(&stream, past.len() as u64, PAGE).await?;
            if read.is_empty() {
                break;
            }
            past.extend(read);
        }
        past.truncate(usize::try_from(version).unwrap_or(usize::MAX));
        Ok(past)
    }

    /// Refuses when the caller has seen another version than the one that is there.
    pub fn seen(&mut self, id: impl Display, expected: Option<u64>) -> Result<(), HoldingsError> {
        let actual = self.taken(&id.to_string()).loaded.version;
        match expected {
            Some(expected) if expected != actual => Err(HoldingsError::Stale { expected, actual }),
            _ => Ok(()),
        }
    }

    /// Decides a command on the state as it is after what was decided so far; whether anything happens by it.
    pub fn decide(&mut self, id: impl Display, command: &A::Command) -> Result<bool, A::Error> {
        let taken = self.taken(&id.to_string());
        let events = taken.state.decide(command)?;
        let happens = !events.is_empty();
        for event in events {
            taken.state.apply(event.clone());
            taken.events.push(event);
        }
        Ok(happens)
    }

    /// The version after what was decided.
    pub fn version(&mut self, id: impl Display) -> u64 {
        let taken = self.taken(&id.to_string());
        taken.loaded.version + taken.events.len() as u64
    }

    pub(super) fn writes(
        &self,
        event_ids: fn() -> EventId,
    ) -> Result<Vec<StreamWrite>, RepositoryError> {
        let writes = self.taken.iter().map(|(id, taken)| {
            self.repository
                .prepare(id, &taken.loaded, &taken.events, event_ids)
        });
        writes.collect()
    }

    pub(super) fn settle(self) {
        for (id, taken) in self.taken {
            if !taken.events.is_empty() {
                let version = taken.loaded.version + taken.events.len() as u64;
                self.repository
                    .remember(&id, version, Arc::new(taken.state));
            }
        }
    }

    pub(super) fn forget(&self) {
        self.taken.keys().for_each(|id| self.repository.forget(id));
    }
}

impl<A: Decider<Event: LoggedEvent> + PartialEq> Draft<A> {
    /// Lets go of what was decided where it all came to nothing.
    pub fn drop_what_came_to_nothing(&mut self) {
        for taken in self.taken.values_mut() {
            if taken.state == *taken.loaded.state {
                taken.events.clear();
            }
        }
    }
}
