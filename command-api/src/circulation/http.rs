//! Circulation over HTTP: what is asked, what is answered, and which code a refusal has.
//!
//! Never tells somebody who has a copy, or who waits for it: when it is due is enough.

mod borrow;
mod borrower;
mod calendar_links;
mod cancel_hold;
mod desk;
mod forget_borrower;
mod lend;
mod place_hold;
mod policy;
mod refusals;
mod renew;
mod report_lost;
mod take_back;

use accession_event_log::Given;
use accession_events::circulation::LendingEvent;
use accession_events::ids::{CopyId, LibraryId};
use accession_service::access::MemberRole;
use accession_service::problem::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::counter::{Counter, Deed, Done};
use crate::http::answer::{Answer, Reply};
use crate::http::body::BodyDigest;
use crate::http::call::{Call, MemberCall};
use crate::services::Services;

/// The routes of circulation.
#[must_use]
pub(crate) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(policy::set_lending_policy))
        .routes(routes!(lend::lend_copy))
        .routes(routes!(borrow::borrow_copy))
        .routes(routes!(take_back::return_copy))
        .routes(routes!(renew::renew_loan))
        .routes(routes!(report_lost::report_copy_lost))
        .routes(routes!(place_hold::place_hold))
        .routes(routes!(place_hold::place_title_hold))
        .routes(routes!(cancel_hold::cancel_hold))
        .routes(routes!(forget_borrower::forget_borrower))
        .routes(routes!(
            calendar_links::own_calendar_links,
            calendar_links::make_calendar_link
        ))
        .routes(routes!(calendar_links::revoke_calendar_link))
        .routes(routes!(desk::check_out))
        .routes(routes!(desk::check_in))
        .routes(routes!(desk::offline::replay_desk))
}

/// Has it done at the counter, and answers. `told` makes the answer of what happened.
async fn at_counter(
    counter: &Counter,
    call: &Call,
    digest: &BodyDigest,
    deed: &Deed,
    told: &(dyn Fn(&[LendingEvent]) -> Reply + Sync),
) -> Result<Answer, Problem> {
    let given = |events: &[LendingEvent]| -> Given { call.given(digest, &told(events)) };
    let done = counter.carry_out(deed, &given).await;
    let done = done.map_err(|error| refusals::problem(error, deed.library, deed.copy))?;
    answered(done, told)
}

fn answered(
    done: Done,
    told: &(dyn Fn(&[LendingEvent]) -> Reply + Sync),
) -> Result<Answer, Problem> {
    match done.replayed {
        Some(stored) => Answer::replayed(&stored),
        None => Ok(told(&done.events).at(done.version, done.position)),
    }
}

/// Whether the one who calls works for the library, and does not only borrow from it.
fn is_staff(call: &MemberCall) -> bool {
    call.membership.role.includes(MemberRole::Editor)
}

/// Where holds on a copy are placed.
fn holds_of(library: LibraryId, copy: CopyId) -> String {
    format!("/api/v1/libraries/{library}/copies/{copy}/holds")
}

/// Where one borrows a copy by oneself.
fn loan_of(library: LibraryId, copy: CopyId) -> String {
    format!("/api/v1/libraries/{library}/copies/{copy}/loan")
}

/// Where a loan is read.
fn read_loan(library: LibraryId, loan: impl std::fmt::Display) -> String {
    format!("/api/read/libraries/{library}/loans/{loan}")
}

/// When the copy that went out is due.
fn due_of(events: &[LendingEvent]) -> Option<String> {
    events.iter().find_map(|event| match event {
        LendingEvent::LoanOpened { due_at, .. } | LendingEvent::LoanRenewed { due_at, .. } => {
            Some(due_at.to_string())
        }
        _ => None,
    })
}
