//! `POST /api/v1/libraries/{id}/copies/{copy}/loan/return`: a copy came back.
//!
//! Never said by a borrower where the library has its staff look at what comes back, and never of another's loan.

use accession_events::circulation::{Borrower, LendingEvent};
use accession_events::ids::{CopyId, LibraryId};
use accession_service::problem::Problem;
use axum::extract::State;

use super::{at_counter, is_staff};
use crate::circulation::counter::{Counter, Deed, What};
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::NoBody;
use crate::http::call::MemberCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::paths::IdIn;

/// Take a copy back. `loan_id` names the loan that is over; `hold_id` and `kept_until`, when they are there, say that the copy
/// is to be kept for the first who waits for it. Borrowers may say it of their own loan where the policy lets them.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/copies/{copy}/loan/return", tag = "circulation",
    params(("id" = String, Path), ("copy" = String, Path), Conditions),
    responses((status = 200, description = "It is back.", body = Changed), CommandProblems))]
pub(super) async fn return_copy(
    member: MemberCall,
    IdIn(library, copy): IdIn<LibraryId, CopyId>,
    State(counter): State<Counter>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    let own = Borrower::member(library, member.account).patron;
    let deed = Deed {
        library,
        copy,
        what: What::TakeBack((!is_staff(&member)).then_some(own)),
        at: member.call.now,
        by: Some(member.account),
    };
    let told = |events: &[LendingEvent]| told(copy, events);
    at_counter(&counter, &member.call, &digest, &deed, &told).await
}

/// What is answered of a copy that came back.
pub(super) fn told(copy: CopyId, events: &[LendingEvent]) -> Reply {
    let mut reply = Reply::changed(copy);
    for event in events {
        reply = match event {
            LendingEvent::LoanReturned { loan, .. } => reply.with("loan_id", loan.to_string()),
            LendingEvent::HoldOffered { hold, until, .. } => reply
                .with("hold_id", hold.to_string())
                .with("kept_until", until.to_string()),
            _ => reply,
        };
    }
    reply
}
