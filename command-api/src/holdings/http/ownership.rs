//! Whose a copy is said to be: the library's own, or a member's.
//!
//! Never somebody's who does not belong to the library; when they leave it, the copy is the library's own again.

// tidy: allow wall because who belongs to a library is known there alone

use accession_events::ids::{AccountId, LibraryId};
use accession_service::problem::Problem;

use super::refusals::at;
use crate::http::failure::from_repository;
use crate::library::libraries::Libraries;

/// Refuses an owner who is no member. `field` is where the owner was sent.
pub(super) async fn is_a_members(
    libraries: &Libraries,
    library: LibraryId,
    owner: Option<AccountId>,
    field: &str,
) -> Result<(), Problem> {
    let Some(owner) = owner else {
        return Ok(());
    };
    let id = library.to_string();
    let libraries = libraries.repository();
    let mut loaded = libraries.load(&id).await;
    for newest in [false, true] {
        if newest {
            // What is kept in memory may be older than somebody's arrival.
            loaded = libraries.load_newest(&id).await;
        }
        let state = &loaded.as_ref().map_err(from_repository)?.state;
        if state
            .known()
            .is_ok_and(|known| known.member(owner).is_some())
        {
            return Ok(());
        }
    }
    Err(at(
        field,
        "no_such_member",
        format!(
            "the account {owner} is no member of this library: name one who is, or null for the library itself"
        ),
    ))
}
