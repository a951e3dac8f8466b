//! Questions about circulation: what is lent, to whom, until when, and who waits for what.
//!
//! Who has a copy is told to those who work for the library, and each view of others' loans is written down; a borrower is
//! told what is their own.

mod availability;
mod borrowers;
mod calendar;
mod filter;
mod loan;
mod loans;
mod my_holds;
mod my_loans;
mod policy;
mod shown;

use accession_service::access::{LibraryKind, MemberRole};
use accession_service::problem::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::reads::Reads;
use crate::visiting::Visit;

/// All questions about circulation.
pub(crate) fn router() -> OpenApiRouter<Reads> {
    OpenApiRouter::new()
        .routes(routes!(policy::lending_policy))
        .routes(routes!(loans::loans))
        .routes(routes!(loan::loan))
        .routes(routes!(availability::availability))
        .routes(routes!(availability::of_title::title_availability))
        .routes(routes!(borrowers::borrowers))
        .routes(routes!(my_loans::my_loans))
        .routes(routes!(my_holds::my_holds))
        .routes(routes!(calendar::calendar))
        .routes(routes!(calendar::subscribed::subscribed_calendar))
}

/// Whether the one who asks may see who has a copy: at home whoever sees the whole library, elsewhere the staff.
fn sees_borrowers(visit: &Visit) -> bool {
    let needed = match visit.membership.kind {
        LibraryKind::Family => MemberRole::Viewer,
        LibraryKind::Lending | LibraryKind::Shop => MemberRole::Editor,
    };
    visit.membership.role.includes(needed)
}

/// Refuses whoever may not see who has what.
fn must_see_borrowers(visit: &Visit) -> Result<(), Problem> {
    if sees_borrowers(visit) {
        return Ok(());
    }
    Err(Problem::forbidden(
        "who has borrowed what is told to the staff of the library: your own loans are at /api/read/me/loans",
    ))
}
