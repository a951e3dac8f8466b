//! Says of a copy that it is the library's own when the member whose it was belongs to the library no longer: who left, was
//! removed, or has no account any more.
//!
//! Never while the whole library is taken down: its copies go with it, and nobody can look at them any more.

// tidy: allow wall because who belongs to a library is known there alone

use accession_event_log::{EventFilter, ExecuteError, Given, Repository, Search};
use accession_events::event::decode_as;
use accession_events::holdings::{CopyDetail, CopyEvent};
use accession_events::ids::{AccountId, CopyId, LibraryId};
use accession_events::library::LibraryEvent;
use accession_events::{LoggedEvent as _, Position, RecordedEvent};
use async_trait::async_trait;

use crate::holdings::copy::change_details::ChangeDetails;
use crate::holdings::copy::{Copy, CopyCommand, CopyError};
use crate::library::library::Library;
use crate::reactions::{Birth, Course, Policy, Reaction, ReactionError};

/// Events that are read at a time.
const PAGE: usize = 500;

/// Takes copies from owners who are gone.
pub struct DepartedOwners {
    copies: Repository<Copy>,
    libraries: Repository<Library>,
}

impl DepartedOwners {
    /// Of these copies, by who belongs to these libraries.
    #[must_use]
    pub const fn new(copies: Repository<Copy>, libraries: Repository<Library>) -> Self {
        Self { copies, libraries }
    }

    /// Whether the library goes on, without them.
    async fn goes_on_without(
        &self,
        library: LibraryId,
        account: AccountId,
    ) -> Result<bool, ReactionError> {
        let loaded = self.libraries.load_newest(&library.to_string()).await?;
        let live = loaded.state.live();
        Ok(live.is_ok_and(|library| library.member(account).is_none()))
    }

    /// Copies that were ever said to be theirs.
    async fn said_to_be_of(
        &self,
        account: AccountId,
        until: Position,
    ) -> Result<Vec<CopyId>, ReactionError> {
        let filter = EventFilter {
            aggregate_type: Some(CopyEvent::AGGREGATE.to_owned()),
            event_types: vec!["CopyAdded".to_owned(), "CopyDetailsChanged".to_owned()],
            mentions: Some(account.to_string()),
            ..EventFilter::default()
        };
        let store = self.copies.log().store();
        let mut search = Search::new(&**store, filter, Position::START, until);
        let mut found = Vec::new();
        loop {
            let page = search.next(PAGE).await?;
            if page.is_empty() {
                found.sort_unstable();
                found.dedup();
                return Ok(found);
            }
            let copies = page
                .iter()
                .map(|event| event.stream.aggregate_id.parse::<CopyId>());
            found.extend(copies.flatten());
        }
    }

    async fn is_the_librarys_own(
        &self,
        course: &Course,
        copy: CopyId,
        library: LibraryId,
        of: AccountId,
    ) -> Result<(), ReactionError> {
        let id = copy.to_string();
        let loaded = self.copies.load_newest(&id).await?;
        let theirs = loaded
            .state
            .known()
            .is_ok_and(|known| known.library_id == library && known.owner == Some(of));
        if !theirs {
            return Ok(());
        }
        let command = CopyCommand::ChangeDetails(ChangeDetails {
            details: vec![CopyDetail::Owner(None)],
        });
        let given = Given {
            // Should somebody have said something else meanwhile, it is looked at anew.
            expected_version: Some(loaded.version),
            idempotency: None,
            ..course.given("owner")
        };
        match self.copies.execute(&id, &given, &command).await {
            Ok(_) | Err(ExecuteError::Refused(CopyError::Unknown)) => Ok(()),
            Err(ExecuteError::StaleVersion { .. }) => Err(ReactionError::Away {
                reason: format!("copy {copy} was changed at the same moment"),
            }),
            Err(error) => Err(error.into()),
        }
    }
}

#[async_trait]
impl Reaction for DepartedOwners {
    fn name(&self) -> &'static str {
        "departed_owners"
    }

    /// Copies of older logs may be of people who left long ago.
    fn birth(&self) -> Birth {
        Birth::LogStart
    }

    fn policy(&self) -> Policy {
        Policy::ParkAfter(10)
    }

    fn listens_to(&self) -> &'static [&'static str] {
        &["MemberLeft", "MemberRemoved"]
    }

    async fn react(&self, course: &Course, event: &RecordedEvent) -> Result<(), ReactionError> {
        let (LibraryEvent::MemberLeft { account } | LibraryEvent::MemberRemoved { account, .. }) =
            decode_as(event)?
        else {
            return Ok(());
        };
        let library = event.stream.aggregate_id.parse();
        let library: LibraryId =
            library.map_err(
                |error: accession_events::ids::IdError| ReactionError::Refused {
                    reason: error.to_string(),
                },
            )?;
        if !self.goes_on_without(library, account).await? {
            return Ok(());
        }
        let head = self.copies.log().store().head().await?;
        for copy in self.said_to_be_of(account, head).await? {
            self.is_the_librarys_own(course, copy, library, account)
                .await?;
        }
        Ok(())
    }
}
