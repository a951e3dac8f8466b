//! How libraries let somebody go whose account ends: each decides by itself, on its own stream, what that takes.
//!
//! It writes nothing: what is decided here goes into the append that ends the account.

use std::collections::BTreeSet;

use accession_event_log::{
    Decider as _, Given, Repository, RepositoryError, StreamAfter, StreamWrite,
};
use accession_events::identity::SubjectEvent;
use accession_events::ids::{AccountId, LibraryId};
use accession_events::{LoggedEvent as _, StreamName};
use async_trait::async_trait;

use super::library::depart::{Depart, Orphaned};
use super::library::{Library, LibraryCommand};
use crate::ties::{Held, Orphans, Parting, Ties, TiesError};

/// Lets people go from libraries. Cheap to clone.
#[derive(Clone)]
pub struct Departures {
    libraries: Repository<Library>,
}

impl Departures {
    /// From these libraries.
    #[must_use]
    pub const fn new(libraries: Repository<Library>) -> Self {
        Self { libraries }
    }

    /// Other members who have been erased. A library is told of it with the erasure, but for those that were erased
    /// before it was.
    async fn gone(
        &self,
        library: &Library,
        account: AccountId,
    ) -> Result<BTreeSet<AccountId>, RepositoryError> {
        let Ok(known) = library.known() else {
            return Ok(BTreeSet::new());
        };
        let others: Vec<AccountId> = known.present().filter(|other| *other != account).collect();
        let streams: Vec<StreamAfter> = others
            .iter()
            .map(|other| StreamAfter {
                stream: StreamName::new(SubjectEvent::AGGREGATE, other),
                after: 0,
            })
            .collect();
        if streams.is_empty() {
            return Ok(BTreeSet::new());
        }
        let found = self.libraries.log().store().load_streams(&streams).await;
        let found = found.map_err(RepositoryError::Log)?;
        let erased = others.into_iter().zip(found);
        Ok(erased
            .filter(|(_, events)| !events.is_empty())
            .map(|(other, _)| other)
            .collect())
    }
}

#[async_trait]
impl Ties for Departures {
    async fn part(&self, parting: &Parting, given: &Given) -> Result<Vec<StreamWrite>, TiesError> {
        let (mut writes, mut held) = (Vec::new(), Vec::new());
        for library in &parting.libraries {
            let id = library.to_string();
            // What is kept in memory may be old, and a refusal does not reach the log's own check.
            self.libraries.forget(&id);
            let loaded = self.libraries.load(&id).await?;
            let command = LibraryCommand::Depart(Depart {
                account: parting.account,
                subjects: parting.subjects.clone(),
                gone: self.gone(&loaded.state, parting.account).await?,
                orphaned: match parting.orphans {
                    Orphans::HoldBack => Orphaned::Refuses,
                    Orphans::GoToo => Orphaned::IsTakenDown(parting.by.unwrap_or(parting.account)),
                },
            });
            match loaded.state.decide(&command) {
                Ok(events) if events.is_empty() => {}
                Ok(events) => {
                    let ids = || (given.event_ids)();
                    writes.push(self.libraries.prepare(&id, &loaded, &events, ids)?);
                    self.libraries.forget(&id);
                }
                Err(_) => held.push(Held {
                    id: *library,
                    name: loaded
                        .state
                        .known()
                        .map(|known| known.name.as_str().to_owned())
                        .unwrap_or_default(),
                }),
            }
        }
        if held.is_empty() {
            Ok(writes)
        } else {
            Err(TiesError::Held(held))
        }
    }

    async fn belongs(
        &self,
        account: AccountId,
        libraries: &BTreeSet<LibraryId>,
    ) -> Result<bool, TiesError> {
        for library in libraries {
            let loaded = self.libraries.load_newest(&library.to_string()).await?;
            let known = loaded.state.known().ok();
            if known.is_some_and(|library| library.member(account).is_some()) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
