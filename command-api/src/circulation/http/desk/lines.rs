//! One line after the other: the copy by its barcode, the deed, and what is told of it.
//!
//! Each line has a key of its own, made of the request's: after a crash half-way, what was done is not done again and is told
//! as it was.

use std::sync::Arc;

use accession_event_log::{Append, Given, Idempotency, Keyed, Outcome, StoredResponse};
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
use crate::http::failure::from_log;

/// The code of a refusal that is none of the line itself: others were faster.
const OVERTAKEN: &str = "conflict";

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

/// Under what a line is known when it comes again.
#[derive(Debug, Clone)]
pub(super) struct LineKey {
    /// Whose key it is.
    pub(super) scope: String,
    /// The key.
    pub(super) key: String,
    /// Tells a repeat from another line under the same key.
    pub(super) fingerprint: String,
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
        let key = self.call.key().map(|key| LineKey {
            scope: self.call.caller.actor(),
            key: format!("{key}#{}", self.results.len()),
            fingerprint: self.call.fingerprint(self.digest),
        });
        let mut result = Map::new();
        result.insert("barcode".to_owned(), line.barcode.into());
        let fields = match self.done(&line, told, key.as_ref(), &mut result).await {
            Err(refusal) if refusal.status().is_server_error() => return Err(refusal),
            Err(refusal) => refused(&refusal),
            Ok(fields) => fields,
        };
        result.extend(fields);
        self.results.push(Value::Object(result));
        Ok(())
    }

    /// The same under a key of the line's own, by which a refusal is told again, too: what was refused once does not become
    /// possible because the lines behind it were carried out. `marks` begin its result.
    pub(super) async fn take_keyed(
        &mut self,
        line: &Line<'_>,
        told: Told<'_>,
        key: &LineKey,
        marks: Map<String, Value>,
    ) -> Result<(), Problem> {
        let mut result = marks;
        result.insert("barcode".to_owned(), line.barcode.into());
        let fields = match self.done(line, told, Some(key), &mut result).await {
            Err(refusal) if refusal.status().is_server_error() => return Err(refusal),
            Err(refusal) => self.remembered(refused(&refusal), &refusal, key).await?,
            Ok(fields) => fields,
        };
        result.extend(fields);
        self.results.push(Value::Object(result));
        Ok(())
    }

    /// A refusal is kept, unless it only says that others were faster or that the line is not the one of before.
    async fn remembered(
        &self,
        fields: Map<String, Value>,
        refusal: &Problem,
        key: &LineKey,
    ) -> Result<Map<String, Value>, Problem> {
        if refusal.code() == OVERTAKEN {
            return Ok(fields);
        }
        let append = Append {
            metadata: String::from("{}"),
            idempotency: Some(Idempotency {
                scope: key.scope.clone(),
                key: key.key.clone(),
                fingerprint: key.fingerprint.clone(),
                response: Value::Object(fields.clone()).to_string(),
            }),
            ..Append::default()
        };
        let kept = self.counter.log().append(append).await;
        match kept.map_err(|error| from_log(&error))? {
            Outcome::Replayed(stored) => read(&stored),
            _ => Ok(fields),
        }
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
        key: Option<&LineKey>,
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
        let metadata = self.call.metadata();
        let given = |events: &[LendingEvent]| {
            let text = Value::Object(told(events)).to_string();
            Given {
                metadata: metadata.clone(),
                idempotency: key.map(|key| Keyed {
                    scope: key.scope.clone(),
                    key: key.key.clone(),
                    fingerprint: key.fingerprint.clone(),
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
            Some(stored) => read(&stored),
            None => Ok(told(&done.events)),
        }
    }
}

/// What was told of a line before.
fn read(stored: &StoredResponse) -> Result<Map<String, Value>, Problem> {
    serde_json::from_str(&stored.response).map_err(|error| {
        tracing::error!(%error, "what was told of a line of the desk cannot be read");
        Problem::internal()
    })
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
