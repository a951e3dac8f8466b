//! `POST /api/v1/libraries/{id}/copies/{copy}/loan/lost`: a copy that is out will not come back.
//!
//! Never about a copy that is in: that is said to holdings.

use accession_events::circulation::LendingEvent;
use accession_events::ids::{CopyId, LibraryId};
use accession_service::problem::Problem;
use axum::extract::State;

use super::at_counter;
use crate::circulation::counter::{Counter, Deed, What};
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::NoBody;
use crate::http::call::MemberCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::paths::IdIn;

/// Report a copy lost that is on loan. The loan is over, and whoever waited for the copy waits no longer.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/copies/{copy}/loan/lost", tag = "circulation",
    params(("id" = String, Path), ("copy" = String, Path), Conditions),
    responses((status = 200, description = "It is lost.", body = Changed), CommandProblems))]
pub(super) async fn report_copy_lost(
    MemberCall { call, account, .. }: MemberCall,
    IdIn(library, copy): IdIn<LibraryId, CopyId>,
    State(counter): State<Counter>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    let deed = Deed {
        library,
        copy,
        what: What::ReportLost,
        at: call.now,
        by: Some(account),
    };
    let told = |_: &[LendingEvent]| Reply::changed(copy);
    at_counter(&counter, &call, &digest, &deed, &told).await
}
