//! `POST /api/v1/libraries/{id}/copies/{copy}/loan/renewal`: a copy stays out for longer.
//!
//! Never while somebody waits for it.

use accession_events::circulation::{Borrower, LendingEvent};
use accession_events::ids::{CopyId, LibraryId};
use accession_service::problem::Problem;
use axum::extract::State;

use super::{at_counter, due_of, is_staff};
use crate::circulation::counter::{Counter, Deed, What};
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::NoBody;
use crate::http::call::MemberCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::paths::IdIn;

/// Renew a loan: your own, or any for the staff. `due_at` says until when it has to be back. 409 `hold_waiting` when somebody
/// waits for the copy, `renewed_often` when the policy allows no more.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/copies/{copy}/loan/renewal", tag = "circulation",
    params(("id" = String, Path), ("copy" = String, Path), Conditions),
    responses((status = 200, description = "It is due later.", body = Changed), CommandProblems))]
pub(super) async fn renew_loan(
    member: MemberCall,
    IdIn(library, copy): IdIn<LibraryId, CopyId>,
    State(counter): State<Counter>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    let own = Borrower::member(library, member.account).patron;
    let deed = Deed {
        library,
        copy,
        what: What::Renew((!is_staff(&member)).then_some(own)),
        at: member.call.now,
        by: Some(member.account),
    };
    let told = |events: &[LendingEvent]| Reply::changed(copy).with("due_at", due_of(events));
    at_counter(&counter, &member.call, &digest, &deed, &told).await
}
