//! The library itself: made at the beginning with terms under which everything in its file is lent, given its own at the end.
//!
//! Never goes on with a library that somebody works in already: its own terms, once set, say that it was restored to the end.

// tidy: allow wall because a library is kept as a whole: its places, its copies, what they are copies of, and who has them

use accession_event_log::{ExecuteError, Given};
use accession_events::circulation::LendingTerms;
use accession_events::ids::LibraryId;
use accession_events::library::MemberRole;
use accession_service::problem::Problem;
use http::StatusCode;

use super::{Restore, Restoring};
use crate::circulation::policy::SetPolicy;
use crate::http::failure::{Refusal as _, from_repository, problem_of};
use crate::library::libraries::LibrariesError;
use crate::library::library::create_library::CreateLibrary;
use crate::library::library::{LibraryCommand, LibraryError, MemberStanding};

/// Versions of the terms of a library that was restored to the end: those it is restored under, and its own.
const BOTH: u64 = 2;
/// As many loans, holds and renewals as there may be.
const MOST: u16 = 1_000;
const EVERYBODY: [MemberRole; 5] = [
    MemberRole::Admin,
    MemberRole::Editor,
    MemberRole::Viewer,
    MemberRole::Patron,
    MemberRole::Child,
];

impl Restoring {
    /// Makes the library, unless it was made before and this file is not yet restored to the end.
    pub(super) async fn open(
        &self,
        library: LibraryId,
        asked: &Restore<'_>,
    ) -> Result<(), Problem> {
        let heading = &asked.file.library;
        let create = LibraryCommand::Create(CreateLibrary {
            name: asked.name.clone().unwrap_or_else(|| heading.name.clone()),
            description: heading.description.clone(),
            kind: heading.kind,
            by: asked.account,
        });
        let given = given(asked);
        match self.libraries.execute(library, &given, &create).await {
            Ok(_) => {}
            Err(LibrariesError::Execute(ExecuteError::Refused(LibraryError::AlreadyMade))) => {
                self.must_go_on(library, asked).await?;
            }
            Err(LibrariesError::Execute(error)) => return Err(problem_of(error)),
            Err(LibrariesError::Repository(error)) => return Err(from_repository(&error)),
            Err(error) => {
                tracing::error!(%error, "a library could not be made from its file");
                return Err(Problem::internal());
            }
        }
        self.set_terms(library, asked, generous(&heading.terms))
            .await
    }

    /// Gives the library its own terms, which says that it was restored to the end.
    pub(super) async fn close(
        &self,
        library: LibraryId,
        asked: &Restore<'_>,
    ) -> Result<(), Problem> {
        let terms = asked.file.library.terms.clone();
        self.set_terms(library, asked, terms).await
    }

    async fn set_terms(
        &self,
        library: LibraryId,
        asked: &Restore<'_>,
        terms: LendingTerms,
    ) -> Result<(), Problem> {
        let command = SetPolicy {
            terms,
            by: asked.account,
        };
        let policies = self.counter.policies();
        let (id, given) = (library.to_string(), given(asked));
        let set = policies.execute(&id, &given, &command).await;
        set.map_err(problem_of)?;
        Ok(())
    }

    async fn must_go_on(&self, library: LibraryId, asked: &Restore<'_>) -> Result<(), Problem> {
        let id = library.to_string();
        let repository = self.libraries.repository();
        let loaded = repository.load_newest(&id).await;
        let loaded = loaded.map_err(|error| from_repository(&error))?;
        let known = loaded.state.live().map_err(|refusal| refusal.problem())?;
        let own = known.member(asked.account).is_some_and(|member| {
            member.role == MemberRole::Admin && member.standing == MemberStanding::Active
        });
        let policy = self.counter.policies().load_newest(&id).await;
        let policy = policy.map_err(|error| from_repository(&error))?;
        if own && policy.version < BOTH {
            return Ok(());
        }
        let message = format!(
            "this file was restored already: as the library {library}. Send `name` to restore it once more under another name"
        );
        Err(Problem::new(
            StatusCode::CONFLICT,
            "already_restored",
            message,
        ))
    }
}

/// What goes with a step.
pub(super) fn given(asked: &Restore<'_>) -> Given {
    Given {
        metadata: asked.metadata.clone(),
        ..Given::default()
    }
}

/// Terms under which everything that was lent under these can be lent again; never the same as these.
fn generous(terms: &LendingTerms) -> LendingTerms {
    LendingTerms {
        renewals: MOST,
        loans_per_patron: MOST - u16::from(terms.loans_per_patron == MOST),
        holds_per_patron: MOST,
        lends_to: EVERYBODY.into_iter().collect(),
        outside_borrowers: true,
        ..terms.clone()
    }
}
