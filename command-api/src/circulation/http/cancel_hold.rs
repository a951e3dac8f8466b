//! `DELETE /api/v1/libraries/{id}/copies/{copy}/holds/{hold}`: wait for a copy no longer.
//!
//! Never takes another out of the queue, but for the staff.

use accession_events::circulation::{Borrower, LendingEvent};
use accession_events::ids::{CopyId, HoldId, IdError, LibraryId};
use accession_service::problem::Problem;
use axum::extract::{Path, State};

use super::{at_counter, is_staff};
use crate::circulation::counter::{Counter, Deed, What};
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::NoBody;
use crate::http::call::MemberCall;
use crate::http::describe::{CommandProblems, Conditions};

/// Cancel a hold: your own, or any for the staff. When the copy was kept for it, it is kept for the next.
#[utoipa::path(delete, path = "/api/v1/libraries/{id}/copies/{copy}/holds/{hold}", tag = "circulation",
    params(("id" = String, Path), ("copy" = String, Path), ("hold" = String, Path), Conditions),
    responses((status = 200, description = "They wait no longer.", body = Changed), CommandProblems))]
pub(super) async fn cancel_hold(
    member: MemberCall,
    Path((library, copy, hold)): Path<(String, String, String)>,
    State(counter): State<Counter>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    let library: LibraryId = library.parse().map_err(|error| no_such(&error))?;
    let copy: CopyId = copy.parse().map_err(|error| no_such(&error))?;
    let hold: HoldId = hold.parse().map_err(|error| no_such(&error))?;
    let own = Borrower::member(library, member.account).patron;
    let deed = Deed {
        library,
        copy,
        what: What::CancelHold(hold, (!is_staff(&member)).then_some(own)),
        at: member.call.now,
        by: Some(member.account),
    };
    let told = |_: &[LendingEvent]| Reply::changed(hold);
    at_counter(&counter, &member.call, &digest, &deed, &told).await
}

fn no_such(error: &IdError) -> Problem {
    Problem::not_found(error.to_string())
}
