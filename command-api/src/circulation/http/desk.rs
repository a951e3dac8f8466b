//! The desk with a scanner: a borrower's card and then a pile of barcodes, a pile that comes back, and what was noted while
//! the desk was cut off. One result a line, in order; one bad line holds up no other.
//!
//! Never all or nothing: what is on the counter is lent or is not, copy by copy.

mod lines;
pub(super) mod offline;

use accession_events::circulation::{LendingEvent, LentHow};
use accession_events::ids::{LibraryId, LoanId};
use accession_service::access::MemberRole;
use accession_service::problem::{FieldError, Problem};
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::borrower::SaidWho;
use super::due_of;
use crate::circulation::counter::{Counter, Deed, What};
use crate::http::answer::{Answer, Reply};
use crate::http::body::{Body, BodyDigest};
use crate::http::call::{AccountCall, Call, new_id};
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::fields::Faults;
use crate::http::keyed::{answered_before, keep};
use crate::http::paths::Id;
use lines::{Desk, Line, LineResult};

/// The most lines of one request.
const MOST: usize = 200;

/// A pile that one borrower takes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TakenPile {
    /// What the borrower's card says: `patron_id` of an answer; or say `account` or `name`.
    #[serde(default)]
    patron: Option<Uuid>,
    /// The account of the member who borrows.
    #[serde(default)]
    account: Option<Uuid>,
    /// What somebody is called who does not belong to the library and is not on its list yet.
    #[serde(default)]
    name: Option<String>,
    /// What the scanner reads, 1 to 200.
    barcodes: Vec<String>,
}

/// A pile that comes back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReturnedPile {
    /// What the scanner reads, 1 to 200.
    barcodes: Vec<String>,
}

/// What became of a pile.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "read by the description of the API only")]
pub(super) struct DeskResults {
    /// Where the last change stands in the log.
    position: u64,
    /// One result a line, in order.
    results: Vec<LineResult>,
}

/// Lend a pile of copies to one borrower. Each line of the answer says `lent` or `refused` with the code and the reason.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/desk/checkouts", tag = "circulation", params(("id" = String, Path), Conditions),
    request_body = TakenPile, responses((status = 200, description = "What became of each.", body = DeskResults), CommandProblems))]
pub(super) async fn check_out(
    AccountCall { call, account, .. }: AccountCall,
    Id(library): Id<LibraryId>,
    State(counter): State<Counter>,
    Body { value, digest }: Body<TakenPile>,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    pile_of(value.barcodes.len())?;
    if let Some(answer) = answered_before(counter.log(), &call, &digest).await? {
        return Ok(answer);
    }
    let mut faults = Faults::default();
    let who = SaidWho {
        account: value.account,
        patron: value.patron,
        name: value.name.as_deref(),
    };
    let Some(meant) = who.meant(&mut faults) else {
        return Err(faults.problem());
    };
    let to = meant.ready(&counter, &call, library).await?;
    let patron = to.borrower(library).patron.to_string();
    let mut desk = Desk::new(&counter, &call, &digest);
    for barcode in &value.barcodes {
        let loan = LoanId::new(new_id());
        let told = |events: &[LendingEvent]| {
            Map::from_iter([
                ("status".to_owned(), Value::from("lent")),
                ("loan_id".to_owned(), loan.to_string().into()),
                ("patron_id".to_owned(), patron.clone().into()),
                ("due_at".to_owned(), due_of(events).into()),
            ])
        };
        let line = Line {
            library,
            barcode,
            what: What::Lend {
                loan,
                to: to.clone(),
                due_at: None,
                how: LentHow::Desk,
            },
            at: call.now,
            by: account,
        };
        desk.take(line, &told).await?;
    }
    finished(&counter, &call, &digest, desk).await
}

/// Take a pile of copies back. Each line of the answer says `returned`, with `kept_until` when it is to be kept for somebody who
/// waits, or `refused` with the code and the reason.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/desk/returns", tag = "circulation", params(("id" = String, Path), Conditions),
    request_body = ReturnedPile, responses((status = 200, description = "What became of each.", body = DeskResults), CommandProblems))]
pub(super) async fn check_in(
    AccountCall { call, account, .. }: AccountCall,
    Id(library): Id<LibraryId>,
    State(counter): State<Counter>,
    Body { value, digest }: Body<ReturnedPile>,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    pile_of(value.barcodes.len())?;
    if let Some(answer) = answered_before(counter.log(), &call, &digest).await? {
        return Ok(answer);
    }
    let mut desk = Desk::new(&counter, &call, &digest);
    for barcode in &value.barcodes {
        let line = Line {
            library,
            barcode,
            what: What::TakeBack(None),
            at: call.now,
            by: account,
        };
        desk.take(line, &returned).await?;
    }
    finished(&counter, &call, &digest, desk).await
}

/// What is told of a copy that came back.
fn returned(events: &[LendingEvent]) -> Map<String, Value> {
    let mut told = Map::from_iter([("status".to_owned(), Value::from("returned"))]);
    for event in events {
        match event {
            LendingEvent::LoanReturned { loan, .. } => {
                told.insert("loan_id".to_owned(), loan.to_string().into());
            }
            LendingEvent::HoldOffered { hold, until, .. } => {
                told.insert("hold_id".to_owned(), hold.to_string().into());
                told.insert("kept_until".to_owned(), until.to_string().into());
            }
            _ => {}
        }
    }
    told
}

fn pile_of(lines: usize) -> Result<(), Problem> {
    if (1..=MOST).contains(&lines) {
        return Ok(());
    }
    let message = format!("there are {lines} lines; expected 1 to {MOST} in one request");
    let fault = FieldError::new("barcodes", "out_of_range", message.clone());
    Err(Problem::invalid(message, vec![fault]))
}

/// The answer, kept under the request's key.
async fn finished(
    counter: &Counter,
    call: &Call,
    digest: &BodyDigest,
    desk: Desk<'_>,
) -> Result<Answer, Problem> {
    let (position, results) = desk.finish();
    let body = Map::from_iter([("results".to_owned(), Value::Array(results))]);
    let reply = Reply::with_body(body);
    let answer = reply.clone().unversioned(position);
    keep(counter.log(), call, digest, reply, answer).await
}

impl Line<'_> {
    fn deed(&self, copy: accession_events::ids::CopyId) -> Deed {
        Deed {
            library: self.library,
            copy,
            what: self.what.clone(),
            at: self.at,
            by: Some(self.by),
        }
    }
}
