//! The counter: each thing that is done there concerns the copy, its loan and queue, and the borrower, and is written on all
//! their streams in one append. The library and its policy are checked in it, too: who was suspended a moment ago gets nothing.
//!
//! Decided on what is in memory first; a refusal or a conflict is decided again on what the log holds.

// tidy: allow wall because a loan, its copy and whoever may borrow it are one append, decided by the rooms that own them

mod choosing;
mod consequences;
mod deed;
mod forgetting;
mod sight;
mod writing;

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;

use accession_event_log::{EventLog, Given, Repository, RepositoryOptions, StoredResponse};
use accession_events::circulation::LendingEvent;
use accession_events::ids::{CopyId, LibraryId, PatronId, SubjectId};
use accession_events::values::{Barcode, PersonName, Personal};
use accession_events::{ClaimKey, Position, StreamName};
use accession_secrets::Sealer;
use tokio::sync::Mutex;

use super::error::CirculationError;
use super::lending::Lending;
use super::patron::Patron;
use super::policy::Policy;
use crate::holdings::copy::{Copy, CopyError};
use crate::holdings::desk::Holdings;
use crate::holdings::held::Held;
use crate::library::library::Library;

pub use choosing::Chosen;
pub use deed::{Deed, What, Who};
pub use forgetting::Forget;

/// How often something is decided again after a conflict.
const RETRIES: u32 = 12;

/// Makes what goes with an append from what was decided: the answer that is kept under a key tells it.
pub type GivenFor<'a> = &'a (dyn Fn(&[LendingEvent]) -> Given + Sync);

/// Where copies are lent, taken back and waited for. Cheap to clone.
#[derive(Clone)]
pub struct Counter {
    libraries: Repository<Library>,
    policies: Repository<Policy>,
    copies: Repository<Copy>,
    held: Repository<Held>,
    lendings: Repository<Lending>,
    patrons: Repository<Patron>,
    sealer: Sealer,
    /// Where those queue who met a conflict, by a hash of the stream that they met it on.
    queues: Arc<[Mutex<()>]>,
    hasher: RandomState,
}

/// What was done.
#[derive(Debug)]
pub struct Done {
    /// The version of the copy's lending stream.
    pub version: u64,
    /// Position of the last event; when nothing was written, a position that contains all that was seen.
    pub position: Position,
    /// What happened to the copy.
    pub events: Vec<LendingEvent>,
    /// Set when the same request was answered before: this is what it was told.
    pub replayed: Option<StoredResponse>,
}

/// What became of one attempt.
enum Attempt {
    Done(Done),
    Overtaken(StreamName),
}

impl Counter {
    /// A counter for the members of these libraries and the copies of these holdings. Names of outside borrowers are sealed by
    /// this sealer.
    #[must_use]
    pub fn new(
        libraries: &Repository<Library>,
        holdings: &Holdings,
        sealer: Sealer,
        options: RepositoryOptions,
    ) -> Self {
        let log = holdings.log();
        Self {
            libraries: libraries.clone(),
            policies: Repository::new(log.clone(), options),
            copies: holdings.copies().clone(),
            held: holdings.held().clone(),
            lendings: Repository::new(log.clone(), options),
            patrons: Repository::new(log.clone(), options),
            sealer,
            queues: (0..64).map(|_| Mutex::new(())).collect(),
            hasher: RandomState::new(),
        }
    }

    /// The lending policies by library.
    #[must_use]
    pub const fn policies(&self) -> &Repository<Policy> {
        &self.policies
    }

    /// The log.
    #[must_use]
    pub fn log(&self) -> &EventLog {
        self.lendings.log()
    }

    /// The copies.
    #[must_use]
    pub const fn copies(&self) -> &Repository<Copy> {
        &self.copies
    }

    /// The loans and queues by copy.
    #[must_use]
    pub const fn lendings(&self) -> &Repository<Lending> {
        &self.lendings
    }

    /// The patrons by id.
    #[must_use]
    pub const fn patrons(&self) -> &Repository<Patron> {
        &self.patrons
    }

    /// The copy of a library that carries this barcode.
    pub async fn copy_with(
        &self,
        library: LibraryId,
        barcode: &Barcode,
    ) -> Result<CopyId, CirculationError> {
        let key = ClaimKey::barcode(library, barcode);
        let owners = self.lendings.log().store().claim_owners(&[key]).await?;
        let owner = owners.into_iter().flatten().next();
        let copy = owner.and_then(|owner| owner.parse().ok());
        copy.ok_or(CirculationError::Copy(CopyError::Unknown))
    }

    /// Seals the name of an outside borrower. Whoever knows the patron knows its subject: they are the same.
    pub async fn seal_name(
        &self,
        patron: PatronId,
        name: &PersonName,
    ) -> Result<Personal<PersonName>, CirculationError> {
        let subject = SubjectId::new(patron.as_uuid());
        let stream = self.patrons.stream(&patron.to_string());
        Ok(self.sealer.seal(subject, &stream, "name", name).await?)
    }

    /// Does it, or says why not.
    pub async fn carry_out(
        &self,
        deed: &Deed,
        given: GivenFor<'_>,
    ) -> Result<Done, CirculationError> {
        let mut newest = false;
        let mut queued = None;
        for _ in 0..=RETRIES {
            match self.attempt(deed, given, newest).await {
                Ok(Attempt::Done(done)) => return Ok(done),
                Ok(Attempt::Overtaken(stream)) => {
                    metrics::counter!("accession_log_conflicts_total").increment(1);
                    // Never two at a time: whoever waits for one queue stands in no other.
                    drop(queued.take());
                    queued = self.queue(&stream.aggregate_id).await;
                }
                Err(error) if !error.is_decided() => return Err(error),
                Err(error) if newest => return self.refused(error, given).await,
                Err(_) => {}
            }
            newest = true;
        }
        Err(CirculationError::Overtaken)
    }

    async fn queue(&self, id: &str) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        let place = usize::try_from(self.hasher.hash_one(id)).unwrap_or_default();
        let queue = self.queues.get(place % self.queues.len().max(1))?;
        Some(queue.lock().await)
    }

    /// A refusal, unless this very request was carried out before: then its answer is told again.
    async fn refused(
        &self,
        error: CirculationError,
        given: GivenFor<'_>,
    ) -> Result<Done, CirculationError> {
        let Some(keyed) = given(&[]).idempotency else {
            return Err(error);
        };
        let store = self.lendings.log().store();
        match store.stored_response(&keyed.scope, &keyed.key).await? {
            None => Err(error),
            Some(stored) if stored.fingerprint == keyed.fingerprint => Ok(Done::replayed(stored)),
            Some(_) => Err(CirculationError::KeyReused),
        }
    }
}

impl Done {
    const fn replayed(stored: StoredResponse) -> Self {
        Self {
            version: 0,
            position: stored.position,
            events: Vec::new(),
            replayed: Some(stored),
        }
    }
}
