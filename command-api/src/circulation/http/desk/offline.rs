//! What a desk noted while it was cut off: lines with its own times and ids, replayed in the order of these.
//!
//! The outcome follows from the lines and from what happened meanwhile, never from the order in which they were sent; a line
//! that is sent again, in whichever batch, is not done again.

use accession_events::circulation::{LendingEvent, LentHow};
use accession_events::ids::{LibraryId, LoanId};
use accession_service::access::MemberRole;
use accession_service::instant::to_microsecond;
use accession_service::problem::Problem;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::borrower::SaidWho;
use super::super::due_of;
use super::super::refusals::at;
use super::lines::{Desk, Line, LineKey};
use super::{DeskResults, finished, pile_of, returned};
use crate::circulation::counter::{Counter, What};
use crate::http::answer::Answer;
use crate::http::body::Body;
use crate::http::call::{AccountCall, Call};
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::fields::Faults;
use crate::http::keyed::answered_before;
use crate::http::paths::Id;

/// A desk may have been cut off for so long.
const LONGEST: SignedDuration = SignedDuration::from_hours(31 * 24);
/// Its clock may be fast by so much.
const FAST: SignedDuration = SignedDuration::from_mins(5);

/// What was done at the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Noted {
    /// A copy went out.
    CheckOut,
    /// A copy came back.
    CheckIn,
}

/// One line that was noted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NotedLine {
    /// Its id, drawn by the desk.
    command_id: Uuid,
    /// When it was, by the desk's clock; at most 31 days ago.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// `check_out` or `check_in`.
    what: Noted,
    /// What the scanner read.
    barcode: String,
    /// Of a copy that went out: what the borrower's card says, or `account`.
    #[serde(default)]
    patron: Option<Uuid>,
    /// The account of the member who borrowed.
    #[serde(default)]
    account: Option<Uuid>,
}

/// What was noted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::circulation::http) struct NotedLines {
    /// 1 to 200 lines, in any order.
    lines: Vec<NotedLine>,
}

/// Replay what the desk noted while it was cut off. The results stand in the order in which the lines were carried out: by time, then
/// by id. What was refused is the list of exceptions: the copy was lent to another meanwhile, the borrower has too many.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/desk/offline", tag = "circulation", params(("id" = String, Path), Conditions),
    request_body = NotedLines, responses((status = 200, description = "What became of each.", body = DeskResults), CommandProblems))]
pub(in crate::circulation::http) async fn replay_desk(
    AccountCall { call, account, .. }: AccountCall,
    Id(library): Id<LibraryId>,
    State(counter): State<Counter>,
    Body { value, digest }: Body<NotedLines>,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    pile_of(value.lines.len())?;
    if let Some(answer) = answered_before(counter.log(), &call, &digest).await? {
        return Ok(answer);
    }
    let mut lines = value.lines;
    lines.sort_by_key(|line| (line.at, line.command_id));
    let mut desk = Desk::new(&counter, &call, &digest);
    for noted in &lines {
        let command = noted.command_id.to_string();
        let marks = Map::from_iter([("command_id".to_owned(), Value::from(command))]);
        let what = match noted.meant(&counter, &call, library).await {
            Ok(what) => what,
            Err(refusal) if refusal.status().is_server_error() => return Err(refusal),
            Err(refusal) => {
                desk.refuse(&noted.barcode, marks, &refusal);
                continue;
            }
        };
        let line = Line {
            library,
            barcode: &noted.barcode,
            what,
            at: to_microsecond(noted.at),
            by: account,
        };
        let told = |events: &[LendingEvent]| noted.told(library, events);
        desk.take_keyed(&line, &told, &noted.key(library), marks)
            .await?;
    }
    finished(&counter, &call, &digest, desk).await
}

impl NotedLine {
    /// The key of the line, whichever batch it comes in and whoever of the staff sends it.
    fn key(&self, library: LibraryId) -> LineKey {
        LineKey {
            scope: format!("desk:{library}"),
            key: self.command_id.to_string(),
            fingerprint: format!(
                "{:?}:{}:{}:{:?}:{:?}",
                self.what, self.at, self.barcode, self.patron, self.account
            ),
        }
    }

    /// The loan that it makes: the same however often it is sent.
    fn loan(&self, library: LibraryId) -> LoanId {
        LoanId::new(Uuid::new_v5(&library.as_uuid(), self.command_id.as_bytes()))
    }

    async fn meant(
        &self,
        counter: &Counter,
        call: &Call,
        library: LibraryId,
    ) -> Result<What, Problem> {
        let age = call.now.duration_since(self.at);
        if age > LONGEST || age < -FAST {
            let message = format!(
                "the line is of {}; expected a time of the last 31 days",
                self.at
            );
            return Err(at("at", "at_out_of_range", message));
        }
        if self.what == Noted::CheckIn {
            return Ok(What::TakeBack(None));
        }
        let mut faults = Faults::default();
        let who = SaidWho {
            account: self.account,
            patron: self.patron,
            name: None,
        };
        let Some(meant) = who.meant(&mut faults) else {
            return Err(faults.problem());
        };
        Ok(What::Lend {
            loan: self.loan(library),
            to: meant.ready(counter, call, library).await?,
            due_at: None,
            how: LentHow::OfflineDesk,
        })
    }

    fn told(&self, library: LibraryId, events: &[LendingEvent]) -> Map<String, Value> {
        if self.what == Noted::CheckIn {
            return returned(events);
        }
        Map::from_iter([
            ("status".to_owned(), Value::from("lent")),
            ("loan_id".to_owned(), self.loan(library).to_string().into()),
            ("due_at".to_owned(), due_of(events).into()),
        ])
    }
}
