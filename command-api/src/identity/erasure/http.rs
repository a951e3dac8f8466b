//! `POST /api/v1/admin/accounts/{id}/erase`: an administrator erases somebody.
//!
//! Never oneself: that is `DELETE /api/v1/users/me`, with the password.

use std::sync::Arc;

use ::http::StatusCode;
use accession_event_log::ExecuteError;
use accession_events::identity::ErasureReason;
use accession_events::ids::{AccountId, IdError, SubjectId};
use accession_service::problem::Problem;
use axum::extract::{Path, State};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Erase;
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::Body;
use crate::http::call::AdminCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::answer;
use crate::http::failure::{from_log, from_repository, problem_of};
use crate::identity::account::AccountError;
use crate::identity::accounts::{Accounts, AccountsError};
use crate::services::Services;
use crate::ties::{Orphans, Ties, problem_of_held};

/// The routes of erasure.
#[must_use]
pub(crate) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new().routes(routes!(erase_account))
}

/// Why somebody is erased.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Erasing {
    /// One of a closed list, because the log cannot forget what is written about a person: `asked`, `legal_duty`, `misuse`,
    /// `mistake`, `own_wish`, `retention_over`.
    reason: ErasureReason,
    /// What becomes of libraries in which nobody else may act as admin: `delete` takes them down. Left out, they hold the
    /// person back: 409 `last_admin` names them.
    #[serde(default)]
    libraries: Option<OrphanedLibraries>,
}

/// What becomes of libraries without an admin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum OrphanedLibraries {
    /// They are taken down.
    Delete,
}

/// Erase a person: the account ends, everything personal becomes unreadable for everybody and for good. Also for
/// somebody who was invited and has no account. Their memberships end and open invitations to them are withdrawn.
#[utoipa::path(post, path = "/api/v1/admin/accounts/{id}/erase", tag = "identity", params(("id" = String, Path), Conditions),
    request_body = Erasing, responses((status = 200, description = "Nothing of the person is readable any more.", body = Changed), CommandProblems))]
pub(super) async fn erase_account(
    AdminCall(call): AdminCall,
    Path(id): Path<String>,
    State(accounts): State<Accounts>,
    State(ties): State<Arc<dyn Ties>>,
    Body { value, digest }: Body<Erasing>,
) -> Result<Answer, Problem> {
    let subject: SubjectId = id
        .parse()
        .map_err(|error: IdError| Problem::not_found(error.to_string()))?;
    let person = call.caller.person().map(|person| person.subject.as_str());
    if person == Some(subject.to_string().as_str()) {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "own_account",
            "this is your own account: delete it with DELETE /api/v1/users/me, which asks for the password",
        ));
    }
    let reply = Reply::changed(subject);
    let erase = Erase {
        subject,
        by: person.and_then(|id| id.parse::<AccountId>().ok()),
        reason: value.reason,
        at: call.now,
        orphans: match value.libraries {
            Some(OrphanedLibraries::Delete) => Orphans::GoToo,
            None => Orphans::HoldBack,
        },
    };
    let given = call.given(&digest, &reply);
    let executed = accounts.erase(&erase, &*ties, &given).await;
    answer(executed.map_err(problem)?, reply)
}

fn problem(error: AccountsError) -> Problem {
    match error {
        AccountsError::Execute(ExecuteError::Refused(AccountError::Unknown)) => {
            Problem::not_found("nothing is known of a person with this id")
        }
        AccountsError::Execute(error) => problem_of(error),
        AccountsError::Log(error) => from_log(&error),
        AccountsError::Repository(error) => from_repository(&error),
        AccountsError::Held(held) => problem_of_held(&held),
        error => {
            tracing::error!(%error, "an erasure stands, and what was private is not forgotten yet");
            Problem::internal()
        }
    }
}
