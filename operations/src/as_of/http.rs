//! `GET /api/v1/admin/as-of/{kind}/{id}`: what a document said then.
//!
//! The only axum in the room; it decides nothing.

use accession_events::Position;
use accession_service::problem::{FieldError, Problem};
use accession_service::views::Witness;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Answer, AsOf, AsOfError, Kind, MOST_CHANGES, Question, USUAL_CHANGES, When};
use crate::http::call::OperatorCall;
use crate::http::describe::OperatorProblems;
use crate::read_models::http::log_away;
use crate::services::Services;

const POSITION: HeaderName = HeaderName::from_static("accession-position");
const EVENTS: HeaderName = HeaderName::from_static("accession-events");
const FOUND_BY: HeaderName = HeaderName::from_static("accession-found-by");
const PARKED: HeaderName = HeaderName::from_static("accession-parked");

/// As views of this question are written down.
const ROUTE: &str = "/api/v1/admin/as-of/{kind}/{id}";

/// All routes of the room.
pub(crate) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(as_of))
}

/// As of when: a position or a time, one of the two.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// Up to this event, which is included.
    position: Option<u64>,
    /// Up to the last event recorded at this time (RFC 3339) or earlier.
    #[param(format = DateTime)]
    time: Option<String>,
    /// Of a history: only changes before this position.
    before: Option<u64>,
    /// Of a history: at most so many changes, 50 when left out.
    limit: Option<usize>,
}

/// What a document said then, byte for byte as the read API answered. `Accession-Position` says as of which event,
/// `Accession-Events` how many are in it, `Accession-Found-By` how they were found, and `Accession-Parked` names an
/// event that could not be taken in.
#[utoipa::path(get, path = "/api/v1/admin/as-of/{kind}/{id}", tag = "operations",
    params(("kind" = String, Path, description = "title, card, edition, episode, provenance, history, import-run, account, standing or sessions"),
        ("id" = String, Path, description = "the id; of a title also any slug that leads to it today"), Asked),
    responses((status = 200, description = "The document as it was.", body = serde_json::Value), OperatorProblems))]
async fn as_of(
    OperatorCall(call): OperatorCall,
    Path((kind, id)): Path<(String, String)>,
    State(past): State<AsOf>,
    State(witness): State<Option<Witness>>,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    let Query(asked) = asked.map_err(|error| Problem::malformed(error.body_text()))?;
    let kind: Kind = kind
        .parse()
        .map_err(|error: super::UnknownKind| Problem::not_found(error.to_string()))?;
    let question = Question {
        kind,
        id,
        when: asked.when()?,
        before: asked.before.map(Position::new),
        limit: asked.limit()?,
    };
    let answer = past.ask(&question).await.map_err(|error| problem(&error))?;
    let views = call.views(ROUTE, answer.people(&question));
    if !views.is_empty() {
        witness.ok_or_else(nobody_writes)?.note(views).await?;
    }
    Ok(respond(answer))
}

fn nobody_writes() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "views_not_kept",
        "this process cannot write down who looks at other people's data, so it shows none",
    )
}

impl Asked {
    fn when(&self) -> Result<When, Problem> {
        match (self.position, self.time.as_deref()) {
            (Some(position), None) => Ok(When::Position(Position::new(position))),
            (None, Some(text)) => text.parse::<Timestamp>().map(When::Time).map_err(|_| {
                bad(
                    "time",
                    format!(
                        "`{text}` is not a time; expected RFC 3339 such as 2026-03-31T18:00:00Z"
                    ),
                )
            }),
            (None, None) => Err(bad(
                "position",
                "as of when? Expected `position` or `time`".into(),
            )),
            (Some(_), Some(_)) => Err(bad(
                "time",
                "both `position` and `time` are there; expected one of them".into(),
            )),
        }
    }

    fn limit(&self) -> Result<usize, Problem> {
        let limit = self.limit.unwrap_or(USUAL_CHANGES);
        if (1..=MOST_CHANGES).contains(&limit) {
            return Ok(limit);
        }
        Err(bad(
            "limit",
            format!("`limit` is {limit}; expected a whole number from 1 to {MOST_CHANGES}"),
        ))
    }
}

fn bad(field: &'static str, message: String) -> Problem {
    let error = FieldError::new(field, "malformed", message.clone());
    Problem::malformed(message).with_errors(vec![error])
}

fn respond(answer: Answer) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(POSITION, HeaderValue::from(answer.position.get()));
    headers.insert(EVENTS, HeaderValue::from(answer.events));
    headers.insert(FOUND_BY, HeaderValue::from_static(answer.found_by.as_str()));
    if let Some((position, _)) = &answer.parked {
        headers.insert(PARKED, HeaderValue::from(position.get()));
    }
    (StatusCode::OK, headers, answer.body).into_response()
}

fn problem(error: &AsOfError) -> Problem {
    match error {
        AsOfError::NotYet { .. } => Problem::new(
            StatusCode::NOT_FOUND,
            "before_the_first_event",
            error.to_string(),
        ),
        AsOfError::NoSuch { .. } => Problem::not_found(error.to_string()),
        AsOfError::Beyond { .. } => Problem::new(
            StatusCode::CONFLICT,
            "beyond_the_last_event",
            error.to_string(),
        ),
        AsOfError::Log(error) => log_away(error),
    }
}
