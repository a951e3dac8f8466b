//! `POST /api/v1/libraries/{id}/copies/{copy}/loan`: borrow a copy for oneself.
//!
//! Never without an address that was shown to be one's own.

// tidy: allow wall because a loan, its copy and whoever may borrow it are one append, decided by the rooms that own them

use accession_events::circulation::{LendingEvent, LentHow};
use accession_events::ids::{AccountId, CopyId, LibraryId, LoanId};
use accession_service::problem::Problem;
use axum::extract::State;

use super::refusals::problem;
use super::{at_counter, due_of, read_loan};
use crate::circulation::counter::{Counter, Deed, What, Who};
use crate::circulation::error::CirculationError;
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::NoBody;
use crate::http::call::{MemberCall, new_id};
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::refuse_version_of_new;
use crate::http::paths::IdIn;
use crate::library::libraries::Libraries;

/// Borrow a copy for yourself. The answer's `id` is the loan's, `due_at` says until when. 409 `on_loan` says when the copy is
/// due and where to place a hold.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/copies/{copy}/loan", tag = "circulation",
    params(("id" = String, Path), ("copy" = String, Path), Conditions),
    responses((status = 201, description = "It is yours until it is due.", body = Changed), CommandProblems))]
pub(super) async fn borrow_copy(
    MemberCall { call, account, .. }: MemberCall,
    IdIn(library, copy): IdIn<LibraryId, CopyId>,
    State(counter): State<Counter>,
    State(libraries): State<Libraries>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    refuse_version_of_new(&call)?;
    must_be_reachable(&libraries, account)
        .await
        .map_err(|error| problem(error, library, copy))?;
    let (loan, to) = (LoanId::new(new_id()), Who::Myself(account));
    let patron = to.borrower(library).patron;
    let deed = Deed {
        library,
        copy,
        what: What::Lend {
            loan,
            to,
            due_at: None,
            how: LentHow::SelfService,
        },
        at: call.now,
        by: Some(account),
    };
    let told = |events: &[LendingEvent]| {
        Reply::created(loan, read_loan(library, loan))
            .with("copy_id", copy.to_string())
            .with("patron_id", patron.to_string())
            .with("due_at", due_of(events))
    };
    at_counter(&counter, &call, &digest, &deed, &told).await
}

/// Whoever borrows or waits by themselves gets mail about it, so their address has to be theirs.
pub(super) async fn must_be_reachable(
    libraries: &Libraries,
    account: AccountId,
) -> Result<(), CirculationError> {
    let address = libraries.proven_address(account).await?;
    address.map(drop).ok_or(CirculationError::NotVerified)
}
