//! One attempt: look, decide on every stream that is concerned, and append to all of them at once.
//!
//! All or nothing: a copy is never out without a loan, nor a loan without somebody who has it.

use std::sync::Arc;

use accession_event_log::{
    Append, Decider, Given, Idempotency, Loaded, Outcome, Repository, RepositoryError, StreamWrite,
};
use accession_events::LoggedEvent;
use accession_events::circulation::{LendingEvent, PatronEvent};
use accession_events::holdings::CopyEvent;

use super::consequences::Consequences;
use super::sight::{Sight, state_of};
use super::{Attempt, Counter, Deed, Done, GivenFor};
use crate::circulation::error::CirculationError;
use crate::circulation::patron::{Patron, PatronCommand, PatronError};

/// What was decided, stream by stream.
struct Decided {
    lending: Vec<LendingEvent>,
    copy: Vec<CopyEvent>,
    patrons: Vec<(String, Loaded<Patron>, Vec<PatronEvent>)>,
}

impl Counter {
    pub(super) async fn attempt(
        &self,
        deed: &Deed,
        given: GivenFor<'_>,
        newest: bool,
    ) -> Result<Attempt, CirculationError> {
        let sight = self.look(deed, newest).await?;
        let decided = self.decide(deed, &sight, newest).await?;
        let given = given(&decided.lending);
        let version = sight.lending.version;
        if let Some(expected) = given.expected_version
            && expected != version
        {
            let actual = version;
            return Err(CirculationError::StaleVersion { expected, actual });
        }
        if decided.lending.is_empty() && given.idempotency.is_none() {
            let position = *self.lendings.log().head().borrow();
            return Ok(Attempt::Done(done(version, position, Vec::new())));
        }
        let version = version + decided.lending.len() as u64;
        let append = Append {
            writes: self.writes(deed, &sight, &decided, &given)?,
            metadata: serde_json::to_string(&given.metadata).unwrap_or_default(),
            idempotency: given.idempotency.as_ref().map(|keyed| Idempotency {
                scope: keyed.scope.clone(),
                key: keyed.key.clone(),
                fingerprint: keyed.fingerprint.clone(),
                response: (keyed.answer)(version),
            }),
        };
        match self.lendings.log().append(append).await? {
            Outcome::Committed(committed) => {
                self.remember(deed, &sight, &decided);
                let events = decided.lending;
                Ok(Attempt::Done(done(version, committed.last, events)))
            }
            Outcome::Conflict { stream, .. } => Ok(Attempt::Overtaken(stream)),
            Outcome::Claimed { key, .. } => Err(CirculationError::Claimed(key)),
            Outcome::Replayed(stored) => Ok(Attempt::Done(Done::replayed(stored))),
            Outcome::KeyReused => Err(CirculationError::KeyReused),
        }
    }

    async fn decide(
        &self,
        deed: &Deed,
        sight: &Sight,
        newest: bool,
    ) -> Result<Decided, CirculationError> {
        let command = deed.command(sight)?;
        let lending = sight.lending.state.decide(&command);
        let lending = lending.map_err(|error| deed.told(error))?;
        let Consequences { patrons, copy } = Consequences::of(deed.copy, &lending);
        if deed.hangs_on_the_present() {
            sight.copy.state.known()?;
        }
        let copy = match copy {
            Some(command) => sight.copy.state.decide(&command)?,
            None => Vec::new(),
        };
        let mut decided = Decided {
            lending,
            copy,
            patrons: Vec::with_capacity(patrons.len()),
        };
        for (patron, changes) in patrons {
            let id = patron.to_string();
            let loaded = state_of(&self.patrons, &id, newest).await?;
            if loaded
                .state
                .known
                .is_some_and(|known| known.library != deed.library)
            {
                return Err(PatronError::Unknown.into());
            }
            let events = loaded.state.decide(&PatronCommand {
                registration: deed.registration(patron),
                changes,
                loans: usize::from(sight.terms.loans_per_patron),
                holds: usize::from(sight.terms.holds_per_patron),
            })?;
            decided.patrons.push((id, loaded, events));
        }
        Ok(decided)
    }

    fn writes(
        &self,
        deed: &Deed,
        sight: &Sight,
        decided: &Decided,
        given: &Given,
    ) -> Result<Vec<StreamWrite>, RepositoryError> {
        let (library, copy) = (deed.library.to_string(), deed.copy.to_string());
        let ids = || (given.event_ids)();
        let mut writes = Vec::new();
        if deed.hangs_on_the_present() {
            writes.push(unchanged(&self.libraries, &library, &sight.library));
            writes.push(unchanged(&self.policies, &library, &sight.policy));
        }
        if deed.hangs_on_the_present() || !decided.copy.is_empty() {
            writes.push(
                self.copies
                    .prepare(&copy, &sight.copy, &decided.copy, ids)?,
            );
        }
        writes.push(
            self.lendings
                .prepare(&copy, &sight.lending, &decided.lending, ids)?,
        );
        for (id, loaded, events) in &decided.patrons {
            writes.push(self.patrons.prepare(id, loaded, events, ids)?);
        }
        Ok(writes)
    }

    fn remember(&self, deed: &Deed, sight: &Sight, decided: &Decided) {
        let copy = deed.copy.to_string();
        keep(&self.copies, &copy, &sight.copy, &decided.copy);
        keep(&self.lendings, &copy, &sight.lending, &decided.lending);
        for (id, loaded, events) in &decided.patrons {
            keep(&self.patrons, id, loaded, events);
        }
    }
}

/// A check that nothing was written on a stream since it was looked at.
fn unchanged<A: Decider>(repository: &Repository<A>, id: &str, loaded: &Loaded<A>) -> StreamWrite
where
    A::Event: LoggedEvent,
{
    StreamWrite {
        stream: repository.stream(id),
        expected_version: loaded.version,
        events: Vec::new(),
        claims: Vec::new(),
    }
}

fn keep<A: Decider>(repository: &Repository<A>, id: &str, loaded: &Loaded<A>, events: &[A::Event])
where
    A::Event: LoggedEvent,
{
    let after = repository.after(loaded, events);
    repository.remember(id, after.version, Arc::clone(&after.state));
}

const fn done(
    version: u64,
    position: accession_events::Position,
    events: Vec<LendingEvent>,
) -> Done {
    Done {
        version,
        position,
        events,
        replayed: None,
    }
}
