//! What the API description says about every command: its conditions, and the problems it may answer with.
//!
//! Never used by a handler; only by what describes it.

use std::collections::BTreeMap;

use accession_service::describing::problem_responses;
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoParams, IntoResponses};

/// The headers that make a command conditional.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(
    dead_code,
    reason = "describes headers; they are read from the request's head"
)]
pub struct Conditions {
    /// The version that you have seen, as the `ETag` of an answer told it; refused with 412 when there is a newer one.
    #[param(rename = "If-Match", required = false, example = "\"7\"")]
    if_match: Option<String>,
    /// A text of your own, at most 200 printable characters: a repeat of the request under the same key is answered
    /// as the first was, and does nothing.
    #[param(rename = "Idempotency-Key", required = false, example = "3f9e2b7c")]
    idempotency_key: Option<String>,
}

/// The header that makes a repeat of an open call harmless.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(
    dead_code,
    reason = "describes a header; it is read from the request's head"
)]
pub struct OpenConditions {
    /// A text of your own, at most 200 printable characters: a repeat of the request under the same key is answered
    /// as the first was, and does nothing. Keys of calls without a token belong to the address or link they are about.
    #[param(rename = "Idempotency-Key", required = false, example = "3f9e2b7c")]
    idempotency_key: Option<String>,
}

/// The problems that any command may answer with.
#[derive(Debug)]
pub struct CommandProblems;

const PROBLEMS: [(&str, &str); 10] = [
    ("400", "The request cannot be understood."),
    ("401", "There is no caller, or not the one it says."),
    ("403", "The caller may not do this."),
    ("404", "There is nothing with this id."),
    (
        "409",
        "A value belongs to another, or others changed the same thing at the same time.",
    ),
    ("412", "There is a newer version than the one seen."),
    ("413", "The body is too large."),
    ("415", "The body is not JSON."),
    (
        "422",
        "The request is understood, but against a rule; `errors` names the fields.",
    ),
    (
        "503",
        "Something this depends on is away; `Retry-After` says when to try again.",
    ),
];

impl IntoResponses for CommandProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problem_responses(&PROBLEMS)
    }
}
