//! What the routes work with. A handler takes the one or two things it needs, never all of it.
//!
//! It holds no request and no state of its own.

use std::ops::Deref;
use std::sync::Arc;

use accession_event_log::Repository;
use accession_events::values::{Authority, AuthorityOrder, SourceName};
use accession_secrets::import_leases::ImportLeaseStore;
use accession_service::access::Gate;
use axum::extract::FromRef;

use crate::catalog::edition::Edition;
use crate::catalog::episode::Episode;
use crate::catalog::import::Importing;
use crate::catalog::title::Title;
use crate::circulation::counter::Counter;
use crate::ended_runs::EndedRuns;
use crate::holdings::desk::Holdings;
use crate::holdings::lookalikes::Lookalikes;
use crate::identity::accounts::Accounts;
use crate::identity::entrance::Entrance;
use crate::identity::service_credential::desk::Desk;
use crate::identity::sessions::Sessions;
use crate::identity::sign_in::SignIn;
use crate::ingestion::import_run::ImportRun;
use crate::library::libraries::Libraries;
use crate::library::restoring::Restoring;
use crate::ties::Ties;

/// Everything that routes take something of, in one piece of memory: it is copied with each request, several times over.
#[derive(Clone)]
pub struct Services(Arc<Parts>);

impl From<Parts> for Services {
    fn from(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for Services {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// What a handler takes of it.
macro_rules! taken {
    ($($part:ident: $kind:ty,)+) => {
        $(impl FromRef<Services> for $kind {
            fn from_ref(services: &Services) -> Self {
                services.0.$part.clone()
            }
        })+
    };
}

taken! {
    gate: Gate,
    accounts: Accounts,
    sessions: Sessions,
    entrance: Entrance,
    sign_in: Option<SignIn>,
    libraries: Libraries,
    restoring: Restoring,
    holdings: Holdings,
    lookalikes: Arc<dyn Lookalikes>,
    counter: Counter,
    ties: Arc<dyn Ties>,
    titles: Repository<Title>,
    editions: Repository<Edition>,
    episodes: Repository<Episode>,
    runs: Repository<ImportRun>,
    ended_runs: EndedRuns,
    importing: Importing,
    leases: Arc<dyn ImportLeaseStore>,
    desk: Desk,
    policy: Arc<Policy>,
}

/// The parts of [`Services`].
#[derive(Clone)]
pub struct Parts {
    /// Who calls.
    pub gate: Gate,
    /// Accounts.
    pub accounts: Accounts,
    /// Sessions and their tokens.
    pub sessions: Sessions,
    /// What guards signing in.
    pub entrance: Entrance,
    /// Signing in with others, where the operator has set with whom.
    pub sign_in: Option<SignIn>,
    /// Libraries.
    pub libraries: Libraries,
    /// Where libraries are made again from their files.
    pub restoring: Restoring,
    /// Places, shelves and copies.
    pub holdings: Holdings,
    /// Who finds titles that are like one.
    pub lookalikes: Arc<dyn Lookalikes>,
    /// Where copies are lent, taken back and waited for.
    pub counter: Counter,
    /// What holds somebody who wants to end their account.
    pub ties: Arc<dyn Ties>,
    /// Titles by id.
    pub titles: Repository<Title>,
    /// Editions by id.
    pub editions: Repository<Edition>,
    /// Episodes by id.
    pub episodes: Repository<Episode>,
    /// Import runs by id.
    pub runs: Repository<ImportRun>,
    /// Those that have ended, for whoever undoes one.
    pub ended_runs: EndedRuns,
    /// Import batches.
    pub importing: Importing,
    /// Who imports from which source at the moment.
    pub leases: Arc<dyn ImportLeaseStore>,
    /// Where service credentials are issued and revoked.
    pub desk: Desk,
    /// Whose word counts.
    pub policy: Arc<Policy>,
}

/// Titles and their editions, for whoever enters both.
#[derive(Clone)]
pub struct Works {
    /// Titles by id.
    pub titles: Repository<Title>,
    /// Editions by id.
    pub editions: Repository<Edition>,
}

impl FromRef<Services> for Works {
    fn from_ref(services: &Services) -> Self {
        Self {
            titles: services.titles.clone(),
            editions: services.editions.clone(),
        }
    }
}

/// What an operator has decided about sources.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// Sources whose word counts as that of a primary provider; that of every other source counts as secondary.
    pub primary_sources: Vec<SourceName>,
    /// Whose word counts, strongest first.
    pub order: AuthorityOrder,
}

impl Policy {
    /// How much a source's word counts.
    #[must_use]
    pub fn authority_of(&self, source: &SourceName) -> Authority {
        if self.primary_sources.contains(source) {
            Authority::PrimaryProvider
        } else {
            Authority::SecondaryProvider
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_secondary_unless_it_is_listed() {
        let source = |name| SourceName::parse(name).unwrap();
        let policy = Policy {
            primary_sources: vec![source("national-library")],
            ..Policy::default()
        };
        assert_eq!(
            policy.authority_of(&source("national-library")),
            Authority::PrimaryProvider
        );
        assert_eq!(
            policy.authority_of(&source("goodbooks")),
            Authority::SecondaryProvider
        );
    }
}
