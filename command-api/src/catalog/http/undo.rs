//! `POST …/{id}/undo`: takes back what a change did, by new events that name it; the same for all three kinds of things.
//!
//! Never decides what can be undone: it hands the aggregate its past, and tells the caller what stands in the way.

mod parts;
mod run;

use accession_event_log::{ExecuteError, LogStore, Repository, RepositoryError};
use accession_events::values::ShortText;
use accession_events::{Position, StreamName};
use accession_service::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::refusals::{undo_refused, unreadable};
use crate::catalog::reading::{Fault, Unreadable};
use crate::catalog::undo::past::Past;
use crate::catalog::undo::{Undo, UndoChange, Undoable, Which};
use crate::http::answer::{Answer, Reply};
use crate::http::body::{Body, BodyDigest};
use crate::http::call::Call;
use crate::http::execute::answer;
use crate::http::failure::{Refusal, from_log, from_repository, problem_of};
use crate::http::keyed::answered_before;
pub(super) use parts::Parts;
pub(super) use run::{__path_undo_import_run, undo_import_run};

/// Events of a past that are read at a time.
const PAGE: usize = 1000;
/// A past of more events is not read into memory.
const LONGEST_PAST: usize = 100_000;
/// How often an undo is planned anew because something happened at the same time.
const ATTEMPTS: usize = 4;

/// Which change is to be undone, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UndoRequest {
    /// Position of any event of the change; the last change when neither this nor `event_id` is there.
    #[serde(default)]
    position: Option<u64>,
    /// Id of any event of the change.
    #[serde(default)]
    event_id: Option<String>,
    /// In your words, at most 200 characters; it stands beside the undo in the history.
    reason: String,
}

/// The answer to an undo.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UndoAnswer {
    /// What was changed.
    id: String,
    /// Its version from now on; send it as `If-Match`.
    version: u64,
    /// Where the undo stands in the log: name it to undo the undo.
    position: u64,
    /// The positions of the events that were undone.
    undone: Vec<u64>,
}

impl UndoRequest {
    fn read(&self) -> Result<(Which, ShortText), Problem> {
        let mut faults = Vec::new();
        let reason = ShortText::parse(&self.reason)
            .map_err(|error| faults.push(Unreadable::from(error).of("reason")))
            .ok();
        let which = self.which().map_err(|fault| faults.push(fault)).ok();
        which.zip(reason).ok_or_else(|| unreadable(faults))
    }

    fn which(&self) -> Result<Which, Fault> {
        match (self.position, &self.event_id) {
            (None, None) => Ok(Which::Last),
            (Some(position), None) => Ok(Which::Position(Position::new(position))),
            (None, Some(id)) => id
                .parse()
                .map(Which::Event)
                .map_err(|error| Unreadable::from(error).of("event_id")),
            (Some(_), Some(_)) => {
                let message = "`position` is there, too; expected one of the two";
                Err(Unreadable::new("contradiction", message).of("event_id"))
            }
        }
    }
}

/// Undoes a change of an aggregate, unless the aggregate refuses it; that of a creation, unless parts stand under it.
pub(super) async fn undo<A: Undoable<Error: Refusal>>(
    repository: &Repository<A>,
    id: &str,
    call: &Call,
    Body { value, digest }: &Body<UndoRequest>,
    command: impl Fn(UndoChange<A::Event>) -> A::Command,
    parts: Option<&Parts>,
) -> Result<Answer, Problem> {
    if let Some(before) = answered_before(repository.log(), call, digest).await? {
        return Ok(before);
    }
    let (which, reason) = value.read()?;
    for _ in 0..ATTEMPTS {
        let past = past_of::<A>(&**repository.log().store(), &repository.stream(id)).await?;
        check_version::<A>(call, past.len())?;
        let change = UndoChange {
            past,
            which,
            reason: Some(reason.clone()),
        };
        let planned = change
            .plan_alone::<A>()
            .map_err(|error| undo_refused(&error))?;
        if let (Some(parts), Some(added)) = (parts, planned.undoes.first())
            && planned.creation
        {
            parts.refuse(*added).await?;
        }
        let done = carry_out_undo(repository, id, call, digest, &planned, &command(change)).await;
        match done {
            Err(ExecuteError::Refused(error)) if A::overtaken(&error) => {}
            Err(error) => return Err(problem_of(error)),
            Ok(answered) => return answered,
        }
    }
    Err(undo_refused(&crate::catalog::undo::UndoError::Overtaken))
}

async fn carry_out_undo<A: Undoable<Error: Refusal>>(
    repository: &Repository<A>,
    id: &str,
    call: &Call,
    digest: &BodyDigest,
    planned: &Undo<A::Event>,
    command: &A::Command,
) -> Result<Result<Answer, Problem>, ExecuteError<A::Error>> {
    let positions: Vec<u64> = planned
        .undoes
        .iter()
        .map(|position| position.get())
        .collect();
    let reply = Reply::changed(id).with("undone", positions);
    let mut given = call.given(digest, &reply);
    given.metadata = given.metadata.undoing(&planned.undoes);
    given.metadata.reason = planned.reason.as_ref().map(ToString::to_string);
    let executed = repository.execute(id, &given, command).await?;
    Ok(answer(executed, reply))
}

/// The version that the caller has seen comes before anything about the change.
fn check_version<A: Undoable<Error: Refusal>>(call: &Call, version: usize) -> Result<(), Problem> {
    let actual = version as u64;
    match call.expected_version {
        Some(expected) if expected != actual => {
            let stale = ExecuteError::<A::Error>::StaleVersion { expected, actual };
            Err(problem_of(stale))
        }
        _ if actual == 0 => Err(Problem::not_found("there is nothing with this id")),
        _ => Ok(()),
    }
}

/// Everything that has happened to an aggregate.
async fn past_of<A: Undoable>(
    store: &dyn LogStore,
    stream: &StreamName,
) -> Result<Vec<Past<A::Event>>, Problem> {
    let mut past = Vec::new();
    loop {
        let page = store.read_stream(stream, past.len() as u64, PAGE).await;
        let page = page.map_err(|error| from_log(&error))?;
        if page.is_empty() {
            return Ok(past);
        }
        for recorded in &page {
            past.push(Past::read(recorded).map_err(|error| {
                from_repository(&RepositoryError::Unreadable {
                    stream: stream.clone(),
                    sequence: recorded.sequence,
                    event_type: recorded.event_type.to_string(),
                    reason: error.to_string(),
                })
            })?);
        }
        if past.len() > LONGEST_PAST {
            return Err(Problem::new(
                http::StatusCode::CONFLICT,
                "past_too_long",
                format!(
                    "more than {LONGEST_PAST} events have happened to it: say anew what should stand instead"
                ),
            ));
        }
    }
}
