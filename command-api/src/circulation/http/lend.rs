//! `POST /api/v1/libraries/{id}/loans`: the staff lends a copy to a member or to somebody outside.
//!
//! Never by the borrower's own word: see `borrow`.

use accession_events::circulation::{LendingEvent, LentHow};
use accession_events::ids::{LibraryId, LoanId};
use accession_service::access::MemberRole;
use accession_service::instant::to_microsecond;
use accession_service::problem::Problem;
use axum::extract::State;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::borrower::{SaidWhich, SaidWho};
use super::{at_counter, due_of, read_loan};
use crate::circulation::counter::{Counter, Deed, What};
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::Body;
use crate::http::call::{AccountCall, new_id};
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::refuse_version_of_new;
use crate::http::fields::Faults;
use crate::http::paths::Id;

/// A loan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewLoan {
    /// Which copy; or say its barcode.
    #[serde(default)]
    copy_id: Option<Uuid>,
    /// What a scanner reads off it.
    #[serde(default)]
    #[schema(example = "PEM-000417")]
    barcode: Option<String>,
    /// The account of the member who borrows; or say `patron` or `name`.
    #[serde(default)]
    account: Option<Uuid>,
    /// Who borrows, as the library's list has them: `patron_id` of an earlier answer.
    #[serde(default)]
    patron: Option<Uuid>,
    /// What somebody is called who does not belong to the library and is not on its list yet.
    #[serde(default)]
    name: Option<String>,
    /// Until when it has to be back, if not by the policy.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
}

/// Lend a copy. The answer's `id` is the loan's; `due_at` says until when, `patron_id` names the borrower on the library's
/// list. 409 `on_loan` says when the copy is due and where to place a hold.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/loans", tag = "circulation", params(("id" = String, Path), Conditions),
    request_body = NewLoan, responses((status = 201, description = "It is lent.", body = Changed), CommandProblems))]
pub(super) async fn lend_copy(
    AccountCall { call, account, .. }: AccountCall,
    Id(library): Id<LibraryId>,
    State(counter): State<Counter>,
    Body { value, digest }: Body<NewLoan>,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    refuse_version_of_new(&call)?;
    let mut faults = Faults::default();
    let which = SaidWhich {
        copy_id: value.copy_id,
        barcode: value.barcode.as_deref(),
    };
    let who = SaidWho {
        account: value.account,
        patron: value.patron,
        name: value.name.as_deref(),
    };
    let (Some(which), Some(meant)) = (which.meant(&mut faults), who.meant(&mut faults)) else {
        return Err(faults.problem());
    };
    let copy = which.found(&counter, library).await?;
    let to = meant.ready(&counter, &call, library).await?;
    let loan = LoanId::new(new_id());
    let patron = to.borrower(library).patron;
    let deed = Deed {
        library,
        copy,
        what: What::Lend {
            loan,
            to,
            due_at: value.due_at.map(to_microsecond),
            how: LentHow::Desk,
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
