//! What is looked at before anything is decided: the library, its policy, the copy, its loan and queue.
//!
//! Never looks further than a deed needs.

// tidy: allow wall because a loan, its copy and whoever may borrow it are one append, decided by the rooms that own them

use accession_event_log::{Decider, Loaded, Repository, RepositoryError};
use accession_events::LoggedEvent;
use accession_events::circulation::LendingTerms;

use super::{Counter, Deed};
use crate::circulation::error::CirculationError;
use crate::circulation::lending::Lending;
use crate::circulation::policy::Policy;
use crate::holdings::copy::{Copy, CopyError};
use crate::library::library::Library;

/// What is seen at the counter.
pub(super) struct Sight {
    pub(super) library: Loaded<Library>,
    pub(super) policy: Loaded<Policy>,
    pub(super) terms: LendingTerms,
    pub(super) copy: Loaded<Copy>,
    pub(super) lending: Loaded<Lending>,
}

impl Counter {
    /// Looks: at what is in memory, or at what the log holds now.
    pub(super) async fn look(&self, deed: &Deed, newest: bool) -> Result<Sight, CirculationError> {
        let (library, copy) = (deed.library.to_string(), deed.copy.to_string());
        let policy = state_of(&self.policies, &library, newest).await?;
        let library = state_of(&self.libraries, &library, newest).await?;
        let seen = Sight {
            // A library that is being taken down still gets its copies back.
            terms: policy.state.terms(library.state.known()?.kind),
            library,
            policy,
            lending: state_of(&self.lendings, &copy, newest).await?,
            copy: state_of(&self.copies, &copy, newest).await?,
        };
        match &*seen.copy.state {
            Copy::Known(known) if known.library_id == deed.library => Ok(seen),
            Copy::Known(_) | Copy::Absent => Err(CopyError::Unknown.into()),
        }
    }
}

/// The state of an aggregate. One of which nothing was ever written is kept in memory, too.
pub(super) async fn state_of<A: Decider>(
    repository: &Repository<A>,
    id: &str,
    newest: bool,
) -> Result<Loaded<A>, RepositoryError>
where
    A::Event: LoggedEvent,
    A::Error: 'static,
{
    let loaded = if newest {
        repository.load_newest(id).await?
    } else {
        repository.load(id).await?
    };
    if loaded.version == 0 {
        repository.remember(id, 0, loaded.state.clone());
    }
    Ok(loaded)
}
