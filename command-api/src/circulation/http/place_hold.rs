//! `POST /api/v1/libraries/{id}/copies/{copy}/holds` and `…/titles/{title}/holds`: wait for a copy, or for any of a title.
//!
//! Never for somebody else, but for the staff.

// tidy: allow wall because a loan, its copy and whoever may borrow it are one append, decided by the rooms that own them

use accession_events::circulation::LendingEvent;
use accession_events::ids::{CopyId, HoldId, LibraryId, TitleId};
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::borrow::must_be_reachable;
use super::borrower::SaidWho;
use super::refusals::problem;
use super::{at_counter, is_staff};
use crate::circulation::counter::{Counter, Deed, What, Who};
use crate::circulation::lending::LendingError;
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::{BodyDigest, OptionalBody};
use crate::http::call::{MemberCall, new_id};
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::refuse_version_of_new;
use crate::http::fields::Faults;
use crate::http::keyed::answered_before;
use crate::http::paths::IdIn;
use crate::library::libraries::Libraries;

/// Who waits; left out, the one who asks.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewHold {
    /// For the staff: the account of the member who waits; or say `patron` or `name`.
    #[serde(default)]
    account: Option<Uuid>,
    /// For the staff: who waits, as the library's list has them.
    #[serde(default)]
    patron: Option<Uuid>,
    /// For the staff: what somebody is called who does not belong to the library and is not on its list yet.
    #[serde(default)]
    name: Option<String>,
}

/// Place a hold: wait for a copy that is on loan, behind those who wait already. The answer's `id` is the hold's.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/copies/{copy}/holds", tag = "circulation",
    params(("id" = String, Path), ("copy" = String, Path), Conditions), request_body = Option<NewHold>,
    responses((status = 201, description = "You are in the queue.", body = Changed), CommandProblems))]
pub(super) async fn place_hold(
    member: MemberCall,
    IdIn(library, copy): IdIn<LibraryId, CopyId>,
    State(counter): State<Counter>,
    State(libraries): State<Libraries>,
    OptionalBody { value, digest }: OptionalBody<NewHold>,
) -> Result<Answer, Problem> {
    refuse_version_of_new(&member.call)?;
    let who = value
        .who((library, copy), &member, &counter, &libraries)
        .await?;
    waits(&counter, &member, &digest, (library, copy), who).await
}

/// Wait for whichever copy of a title you get first, as things are: the one that fewest wait for, of these the one that is due
/// first. The answer's `id` is the hold's, `copy_id` says for which copy; 409 `not_on_loan` with `links.borrow` when one of them
/// is in.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/titles/{title}/holds", tag = "circulation",
    params(("id" = String, Path), ("title" = String, Path), Conditions), request_body = Option<NewHold>,
    responses((status = 201, description = "You are in the queue.", body = Changed), CommandProblems))]
pub(super) async fn place_title_hold(
    member: MemberCall,
    IdIn(library, title): IdIn<LibraryId, TitleId>,
    State(counter): State<Counter>,
    State(libraries): State<Libraries>,
    OptionalBody { value, digest }: OptionalBody<NewHold>,
) -> Result<Answer, Problem> {
    refuse_version_of_new(&member.call)?;
    // Whoever waits already is refused below, also by a repeat of the request that made them wait.
    if let Some(before) = answered_before(counter.log(), &member.call, &digest).await? {
        return Ok(before);
    }
    let nowhere = (library, CopyId::new(Uuid::nil()));
    let who = value.who(nowhere, &member, &counter, &libraries).await?;
    let patron = who.borrower(library).patron;
    let found = counter.first_of_title(library, title, patron).await;
    let found = found.map_err(|error| problem(error, library, nowhere.1))?;
    let Some(found) = found else {
        let detail = format!("this library has no copy of a title with the id {title}");
        return Err(Problem::not_found(detail));
    };
    if found.is_free {
        let error = LendingError::OnTheShelf;
        return Err(problem(error.into(), library, found.copy));
    }
    waits(&counter, &member, &digest, (library, found.copy), who).await
}

impl NewHold {
    /// Who waits: the one who calls, or whom somebody of the staff names.
    async fn who(
        &self,
        (library, copy): (LibraryId, CopyId),
        member: &MemberCall,
        counter: &Counter,
        libraries: &Libraries,
    ) -> Result<Who, Problem> {
        let said = SaidWho {
            account: self.account,
            patron: self.patron,
            name: self.name.as_deref(),
        };
        if said.is_silent() {
            let reachable = must_be_reachable(libraries, member.account).await;
            reachable.map_err(|error| problem(error, library, copy))?;
            return Ok(Who::Myself(member.account));
        }
        if !is_staff(member) {
            return Err(Problem::forbidden(
                "holds for others are placed by the staff: leave the body out to wait yourself",
            ));
        }
        let mut faults = Faults::default();
        let Some(meant) = said.meant(&mut faults) else {
            return Err(faults.problem());
        };
        meant.ready(counter, &member.call, library).await
    }
}

async fn waits(
    counter: &Counter,
    member: &MemberCall,
    digest: &BodyDigest,
    (library, copy): (LibraryId, CopyId),
    who: Who,
) -> Result<Answer, Problem> {
    let hold = HoldId::new(new_id());
    let patron = who.borrower(library).patron;
    let deed = Deed {
        library,
        copy,
        what: What::PlaceHold(hold, who),
        at: member.call.now,
        by: Some(member.account),
    };
    let told = |_: &[LendingEvent]| {
        let read = format!("/api/read/libraries/{library}/copies/{copy}/availability");
        Reply::created(hold, read)
            .with("copy_id", copy.to_string())
            .with("patron_id", patron.to_string())
    };
    at_counter(counter, &member.call, digest, &deed, &told).await
}
