//! `POST /api/v1/libraries/{id}/copies/{copy}/holds`: wait for a copy.
//!
//! Never for somebody else, but for the staff.

// tidy: allow wall because a loan, its copy and whoever may borrow it are one append, decided by the rooms that own them

use accession_events::circulation::LendingEvent;
use accession_events::ids::{CopyId, HoldId, LibraryId};
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
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::OptionalBody;
use crate::http::call::{MemberCall, new_id};
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::refuse_version_of_new;
use crate::http::fields::Faults;
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
    let MemberCall { call, account, .. } = &member;
    refuse_version_of_new(call)?;
    let said = SaidWho {
        account: value.account,
        patron: value.patron,
        name: value.name.as_deref(),
    };
    let who = if said.is_silent() {
        let reachable = must_be_reachable(&libraries, *account).await;
        reachable.map_err(|error| problem(error, library, copy))?;
        Who::Myself(*account)
    } else if is_staff(&member) {
        let mut faults = Faults::default();
        let Some(meant) = said.meant(&mut faults) else {
            return Err(faults.problem());
        };
        meant.ready(&counter, call, library).await?
    } else {
        return Err(Problem::forbidden(
            "holds for others are placed by the staff: leave the body out to wait yourself",
        ));
    };
    let hold = HoldId::new(new_id());
    let patron = who.borrower(library).patron;
    let deed = Deed {
        library,
        copy,
        what: What::PlaceHold(hold, who),
        at: call.now,
        by: Some(*account),
    };
    let told = |_: &[LendingEvent]| {
        let read = format!("/api/read/libraries/{library}/copies/{copy}/availability");
        Reply::created(hold, read)
            .with("copy_id", copy.to_string())
            .with("patron_id", patron.to_string())
    };
    at_counter(&counter, call, &digest, &deed, &told).await
}
