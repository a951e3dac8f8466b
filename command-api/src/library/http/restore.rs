//! `POST /api/v1/libraries/restore`: make a library again from its backup.
//!
//! Whoever is signed in may; they are its only member. Nothing is written before the whole file was read and goes together.

use accession_backup::{Fault, MOST_BYTES, check};
use accession_events::ids::AccountId;
use accession_events::values::ShortText;
use accession_service::problem::{FieldError, Problem};
use axum::body::{Bytes, to_bytes};
use axum::extract::{Query, Request, State};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use std::time::Duration;
use utoipa::ToSchema;

use super::fields::library_name;
use crate::http::answer::Answer;
use crate::http::body::BodyDigest;
use crate::http::call::AccountCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::refuse_version_of_new;
use crate::http::fields::Faults;
use crate::http::keyed::answered_before;
use crate::library::restoring::{Report, Restore, Restoring};

/// Clocks of two servers differ by less.
const CLOCKS: SignedDuration = SignedDuration::from_hours(24);
/// When to try again while others are being restored.
const LATER: Duration = Duration::from_secs(15);

/// What is not as the file says.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Otherwise {
    /// What the library is to be called; as in the file when it is left out. The same file under another name is another library.
    #[serde(default)]
    name: Option<String>,
    /// The account that you have in the file, when it comes from another server: its loans and copies become yours.
    #[serde(default)]
    #[param(value_type = Option<Uuid>)]
    me: Option<AccountId>,
}

/// What became of a file.
#[derive(Debug, serde::Serialize, ToSchema)]
#[schema(as = RestoredLibrary)]
pub(super) struct Restored {
    /// The library.
    id: String,
    /// Position of the last event.
    position: u64,
    #[serde(flatten)]
    report: Report,
}

/// Make a library again from its backup, under ids of its own. You are its admin and only member: invite the others. Sent again,
/// the same file goes on where it was cut off, and when it was restored to the end, the answer is the same.
#[utoipa::path(post, path = "/api/v1/libraries/restore", tag = "library", params(Otherwise, Conditions),
    request_body(content = String, content_type = "application/x-ndjson", description = "the file, 64 MiB at most"),
    responses((status = 201, description = "It is there; `rejected` tells what could not be restored.", body = Restored), CommandProblems))]
pub(super) async fn restore_library(
    AccountCall { call, account, .. }: AccountCall,
    State(restoring): State<Restoring>,
    request: Request,
) -> Result<Answer, Problem> {
    refuse_version_of_new(&call)?;
    let Query(otherwise) = Query::<Otherwise>::try_from_uri(request.uri())
        .map_err(|error| Problem::malformed(error.body_text()))?;
    let _admitted = restoring.admit().ok_or_else(busy)?;
    let file = read(request).await?;
    let digest = BodyDigest::of(&file);
    if let Some(answer) = answered_before(restoring.log(), &call, &digest).await? {
        return Ok(answer);
    }
    let mut faults = Faults::default();
    let name: Option<ShortText> = match otherwise.name.as_deref() {
        None => None,
        Some(text) => Some(library_name(&mut faults, text).ok_or_else(|| faults.problem())?),
    };
    let checked = check(&file).map_err(refused)?;
    made_before(checked.library.made_at, call.now)?;
    let asked = Restore {
        file: &checked,
        digest: hex::encode(digest.as_bytes()),
        account,
        me: otherwise.me.unwrap_or(account),
        name,
        metadata: call.metadata(),
    };
    restoring.restore(&asked).await
}

async fn read(request: Request) -> Result<Bytes, Problem> {
    let announced = request.headers().get(http::header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > MOST_BYTES) {
        return Err(too_large());
    }
    let file = to_bytes(request.into_body(), MOST_BYTES).await;
    let file = file.map_err(|error| {
        let mut cause: Option<&dyn std::error::Error> = Some(&error);
        while let Some(error) = cause {
            if error.is::<http_body_util::LengthLimitError>() {
                return too_large();
            }
            cause = error.source();
        }
        Problem::malformed(
            "the file could not be read to its end: the connection broke or its length was not as announced",
        )
    })?;
    if file.is_empty() {
        let detail = "the body is empty: send the file of a library's backup";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "empty_body", detail));
    }
    Ok(file)
}

fn made_before(made_at: Timestamp, now: Timestamp) -> Result<(), Problem> {
    if made_at.duration_since(now) <= CLOCKS {
        return Ok(());
    }
    let message = format!("the file says that it was made at {made_at}, which is yet to come");
    Err(refused(vec![Fault::new(1, "in_the_future", message)]))
}

fn refused(faults: Vec<Fault>) -> Problem {
    let first = faults.first().map(ToString::to_string).unwrap_or_default();
    let message = format!("this file cannot be restored, and nothing was: {first}");
    let errors = faults
        .into_iter()
        .map(|fault| FieldError::new(format!("line {}", fault.line), fault.code, fault.message));
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_backup", message)
        .with_errors(errors.collect())
}

fn too_large() -> Problem {
    let message = format!("the file is larger than {} MiB", MOST_BYTES / 1024 / 1024);
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", message)
}

fn busy() -> Problem {
    let detail = "other libraries are being restored just now: try again";
    Problem::unavailable(detail, LATER)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[tokio::test]
    async fn a_file_that_is_too_large_is_refused_by_its_length_and_by_what_comes() {
        let announced = Request::builder()
            .header("content-length", MOST_BYTES + 1)
            .body(Body::empty())
            .unwrap();
        assert_eq!(read(announced).await.unwrap_err().status(), 413);
        let longer = Request::new(Body::from(vec![b'x'; MOST_BYTES + 1]));
        let refused = read(longer).await.unwrap_err();
        assert_eq!(
            (refused.status().as_u16(), refused.code()),
            (413, "body_too_large")
        );
        let fits = Request::new(Body::from("x"));
        assert_eq!(read(fits).await.unwrap(), "x");
    }

    #[test]
    fn a_file_of_tomorrow_is_refused_and_one_of_a_clock_that_is_fast_is_not() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        made_before(now + SignedDuration::from_hours(23), now).unwrap();
        let refused = made_before(now + SignedDuration::from_hours(25), now).unwrap_err();
        assert_eq!(refused.code(), "bad_backup");
    }

    #[test]
    fn a_bad_file_is_told_with_every_fault() {
        let faults = (1..=3).map(|line| Fault::new(line, "bad_line", "it cannot be read"));
        let problem = refused(faults.collect());
        assert!(problem.detail().contains("line 1"), "{}", problem.detail());
        assert!(format!("{problem:?}").contains("line 3"));
    }
}
