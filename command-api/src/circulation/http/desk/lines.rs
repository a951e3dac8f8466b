//! One line after the other: the copy by its barcode, the deed, and what is told of it.
//!
//! Each line has a key of its own, made of the request's: after a crash half-way, what was done is not done again and is told
//! as it was.

use std::sync::Arc;

use accession_event_log::{Given, Keyed};
use accession_events::Position;
use accession_events::circulation::LendingEvent;
use accession_events::ids::{AccountId, LibraryId};
use accession_events::values::Barcode;
use accession_service::problem::Problem;
use jiff::Timestamp;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::super::borrower::Which;
use super::super::refusals::problem;
use crate::circulation::counter::{Counter, What};
use crate::http::body::BodyDigest;
use crate::http::call::Call;

/// What became of one line.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "read by the description of the API only")]
pub(super) struct LineResult {
    /// What the scanner read.
    barcode: String,
    /// `lent`, `returned` or `refused`.
    status: String,
    /// Of an offline line: its id.
    command_id: Option<String>,
    /// The copy, when there is one.
    copy_id: Option<String>,
    /// The loan that began or is over.
    loan_id: Option<String>,
    /// Who borrowed, on the library's list.
    patron_id: Option<String>,
    /// Until when the copy has to be back; when it was refused because it is out, from whoever has it.
    due_at: Option<String>,
    /// The hold of whom the copy is kept for.
    hold_id: Option<String>,
    /// Until when it is kept.
    kept_until: Option<String>,
    /// Why it was refused, for programs.
    code: Option<String>,
    /// Why it was refused, for people.
    detail: Option<String>,
}

/// One line.
pub(super) struct Line<'a> {
    pub(super) library: LibraryId,
    pub(super) barcode: &'a str,
    pub(super) what: What,
    pub(super) at: Timestamp,
    pub(super) by: AccountId,
}

/// The lines of one request, one after the other.
pub(super) struct Desk<'a> {
    counter: &'a Counter,
    call: &'a Call,
    digest: &'a BodyDigest,
    results: Vec<Value>,
    position: Position,
}

/// Tells what happened in the fields of a line's result.
pub(super) type Told<'a> = &'a (dyn Fn(&[LendingEvent]) -> Map<String, Value> + Sync);

impl<'a> Desk<'a> {
    pub(super) fn new(counter: &'a Counter, call: &'a Call, digest: &'a BodyDigest) -> Self {
        Self {
            counter,
            call,
            digest,
            results: Vec::new(),
            position: *counter.log().head().borrow(),
        }
    }

    pub(super) fn finish(self) -> (Position, Vec<Value>) {
        (self.position, self.results)
    }

    /// Takes a line. Only what is no fault of the line ends the whole: the log that is away.
    pub(super) async fn take(&mut self, line: Line<'_>, told: Told<'_>) -> Result<(), Problem> {
        let key = self.call.key();
        let key = key.map(|key| format!("{key}#{}", self.results.len()));
        let fingerprint = self.call.fingerprint(self.digest);
        self.take_keyed(&line, told, key.map(|key| (key, fingerprint)), Map::new())
            .await
    }

    /// The same under a key of the line's own; `marks` begin its result.
    pub(super) async fn take_keyed(
        &mut self,
        line: &Line<'_>,
        told: Told<'_>,
        key: Option<(String, String)>,
        marks: Map<String, Value>,
    ) -> Result<(), Problem> {
        let mut result = marks;
        result.insert("barcode".to_owned(), line.barcode.into());
        match self.done(line, told, key, &mut result).await {
            Ok(fields) => result.extend(fields),
            Err(refusal) if refusal.status().is_server_error() => return Err(refusal),
            Err(refusal) => result.extend(refused(&refusal)),
        }
        self.results.push(Value::Object(result));
        Ok(())
    }

    /// A line that is refused before anything is looked at.
    pub(super) fn refuse(
        &mut self,
        barcode: &str,
        mut marks: Map<String, Value>,
        refusal: &Problem,
    ) {
        marks.insert("barcode".to_owned(), barcode.into());
        marks.extend(refused(refusal));
        self.results.push(Value::Object(marks));
    }

    async fn done(
        &mut self,
        line: &Line<'_>,
        told: Told<'_>,
        key: Option<(String, String)>,
        result: &mut Map<String, Value>,
    ) -> Result<Map<String, Value>, Problem> {
        let barcode = Barcode::parse(line.barcode);
        let barcode = barcode.map_err(|error| {
            super::super::refusals::at("barcode", "bad_barcode", error.to_string())
        })?;
        let copy = Which::Barcode(barcode)
            .found(self.counter, line.library)
            .await?;
        result.insert("copy_id".to_owned(), copy.to_string().into());
        let (scope, metadata) = (self.call.caller.actor(), self.call.metadata());
        let given = |events: &[LendingEvent]| {
            let text = Value::Object(told(events)).to_string();
            Given {
                metadata: metadata.clone(),
                idempotency: key.as_ref().map(|(key, fingerprint)| Keyed {
                    scope: scope.clone(),
                    key: key.clone(),
                    fingerprint: fingerprint.clone(),
                    answer: Arc::new(move |_| text.clone()),
                }),
                ..Given::default()
            }
        };
        let done = self.counter.carry_out(&line.deed(copy), &given).await;
        let done = done.map_err(|error| problem(error, line.library, copy))?;
        self.position = self.position.max(done.position);
        match done.replayed {
            // It was done before, and is told as it was then.
            Some(stored) => serde_json::from_str(&stored.response).map_err(|error| {
                tracing::error!(%error, "what was told of a line of the desk cannot be read");
                Problem::internal()
            }),
            None => Ok(told(&done.events)),
        }
    }
}

fn refused(refusal: &Problem) -> Map<String, Value> {
    let errors = refusal.errors().first().map(|error| error.code.clone());
    let code = errors.unwrap_or_else(|| refusal.code().to_owned());
    let mut fields = Map::from_iter([
        ("status".to_owned(), Value::from("refused")),
        ("code".to_owned(), code.into()),
        ("detail".to_owned(), refusal.detail().into()),
    ]);
    if let Some(due_at) = refusal.is_due_at() {
        fields.insert("due_at".to_owned(), due_at.to_string().into());
    }
    fields
}
