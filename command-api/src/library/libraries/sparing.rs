//! Which libraries would be without an admin if an account ended.
//!
//! Reads the log when it is asked, which is seldom. Never holds anything back itself: an admin who ends their account in the
//! very moment in which another does is not seen.

use std::collections::BTreeSet;

use accession_event_log::{EventFilter, LogError, RepositoryError, Search};
use accession_events::ids::{AccountId, LibraryId};
use accession_events::library::{LibraryEvent, MemberRole};
use accession_events::{LoggedEvent as _, Position};

use super::{Libraries, LibrariesError};
use crate::library::library::KnownLibrary;

/// Events read at a time.
const PAGE: usize = 500;

impl Libraries {
    /// The libraries, by id and name, in which nobody else with an account may act as admin.
    pub async fn only_admin_of(
        &self,
        account: AccountId,
    ) -> Result<Vec<(LibraryId, String)>, LibrariesError> {
        let mut found = Vec::new();
        let told_of = self.telling_of(account).await;
        for id in told_of.map_err(RepositoryError::Log)? {
            let loaded = self.repository.load(&id.to_string()).await?;
            let Ok(library) = loaded.state.live() else {
                continue;
            };
            if library.role_of(account) == Some(MemberRole::Admin)
                && !self.has_other_living_admin(library, account).await?
            {
                found.push((id, library.name.as_str().to_owned()));
            }
        }
        Ok(found)
    }

    /// An admin whose account has ended is an admin no more, whatever the library knows of it.
    async fn has_other_living_admin(
        &self,
        library: &KnownLibrary,
        account: AccountId,
    ) -> Result<bool, LibrariesError> {
        for other in library.present() {
            if other != account
                && library.role_of(other) == Some(MemberRole::Admin)
                && self.desk.is_there(other).await?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Libraries whose events tell of an account.
    async fn telling_of(&self, account: AccountId) -> Result<BTreeSet<LibraryId>, LogError> {
        let store = self.repository.log().store();
        let filter = EventFilter {
            aggregate_type: Some(LibraryEvent::AGGREGATE.to_owned()),
            mentions: Some(account.to_string()),
            ..EventFilter::default()
        };
        let mut search = Search::new(&**store, filter, Position::START, store.head().await?);
        let mut libraries = BTreeSet::new();
        loop {
            let page = search.next(PAGE).await?;
            if page.is_empty() {
                return Ok(libraries);
            }
            for event in &page {
                libraries.extend(event.stream.aggregate_id.parse::<LibraryId>());
            }
        }
    }
}
