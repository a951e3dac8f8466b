//! What the API description says about every operators' route: the problems it may answer with.
//!
//! Never used by a handler; only by what describes it.

use std::collections::BTreeMap;

use accession_service::describing::problem_responses;
use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response};

/// The problems that any operators' route may answer with.
#[derive(Debug)]
pub(crate) struct OperatorProblems;

const PROBLEMS: [(&str, &str); 7] = [
    ("400", "The request cannot be understood."),
    ("401", "There is no caller, or not the one it says."),
    ("403", "The caller may not do this."),
    ("404", "There is nothing with this name."),
    (
        "409",
        "It cannot be done as things stand; nothing has changed.",
    ),
    (
        "422",
        "The request is understood, but against a rule; `errors` names the fields.",
    ),
    (
        "503",
        "Something this depends on is away; `Retry-After` says when to try again.",
    ),
];

impl IntoResponses for OperatorProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problem_responses(&PROBLEMS)
    }
}
