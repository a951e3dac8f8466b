//! `/api/v1/admin/service-credentials`: list, issue, rotate, revoke.
//!
//! A secret is told in the one answer to the request that made it, and never kept under an idempotency key.

use ::http::StatusCode;
use ::http::request::Parts;
use accession_events::ids::{IdError, ServiceCredentialId};
use accession_service::access::Scope;
use accession_service::problem::{FieldError, Problem};
use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ServiceCredentialError;
use super::desk::{Desk, DeskError};
use crate::credentials::Credential;
use crate::http::answer::{Answer, Reply};
use crate::http::body::{Body, NoBody, OptionalBody};
use crate::http::call::{AdminCall, Call, new_id};
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::answer;
use crate::http::failure::{Refusal, problem_of};
use crate::http::keyed::answered_before;
use crate::services::Services;

/// And at most.
const LONGEST_OVERLAP: u32 = 30 * 24 * 60 * 60;

/// All routes of service credentials.
#[must_use]
pub(crate) fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(list, issue))
        .routes(routes!(rotate))
        .routes(routes!(revoke))
}

/// A service credential, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ServiceCredentialView {
    /// Its id.
    id: String,
    /// What an operator called it.
    name: String,
    /// What it may be used for: `import`, `operate`, `notify`, `jobs`.
    scopes: Vec<&'static str>,
    /// When it was issued.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// From when on it opens nothing; none while nobody has ended it.
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<Timestamp>,
    /// When it was used last, to about a minute.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Timestamp>,
    /// Whether it opens anything now.
    good: bool,
}

/// All service credentials, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ServiceCredentialList {
    /// They.
    items: Vec<ServiceCredentialView>,
    /// There is never more than one page.
    next_cursor: Option<String>,
}

/// A credential that is to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewServiceCredential {
    /// What it is for, for the list.
    #[schema(example = "importer of books", min_length = 1, max_length = 200)]
    name: String,
    /// What it may be used for: `import`, `operate`, `notify`, `jobs`.
    #[schema(example = json!(["import"]), min_items = 1)]
    scopes: Vec<String>,
}

/// How a credential is replaced.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Rotation {
    /// For how many seconds the old one stays good: as the operator has set it (an hour) unless told, 30 days at most.
    #[schema(maximum = 2_592_000)]
    overlap_seconds: Option<u32>,
}

/// A credential that was made, with its text.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct IssuedServiceCredential {
    /// Its id.
    id: String,
    /// Its text, told this once; missing when the answer is a repeat under the same `Idempotency-Key`.
    credential: Option<String>,
    /// Until when the one that it replaces stays good.
    old_good_until: Option<String>,
    /// Version.
    version: u64,
    /// Position of the event.
    position: u64,
}

/// List service credentials.
#[utoipa::path(get, path = "/api/v1/admin/service-credentials", tag = "service credentials",
    responses((status = 200, description = "All of them, without their secrets.", body = ServiceCredentialList), CommandProblems))]
pub(super) async fn list(
    AdminCall(call): AdminCall,
    State(desk): State<Desk>,
) -> Result<Json<ServiceCredentialList>, Problem> {
    let all = desk.list().await.map_err(|error| problem(&call, error))?;
    let items = all.into_iter().map(|one| view(one, call.now)).collect();
    Ok(Json(ServiceCredentialList {
        items,
        next_cursor: None,
    }))
}

/// Issue a service credential; its text is told in this answer and never again.
#[utoipa::path(post, path = "/api/v1/admin/service-credentials", tag = "service credentials", params(Conditions),
    request_body = NewServiceCredential,
    responses((status = 201, description = "It is good now.", body = IssuedServiceCredential), CommandProblems))]
pub(super) async fn issue(
    AdminCall(call): AdminCall,
    State(desk): State<Desk>,
    Body { value, digest }: Body<NewServiceCredential>,
) -> Result<Answer, Problem> {
    let scopes = scopes(&value.scopes)?;
    if let Some(answer) = answered_before(desk.log(), &call, &digest).await? {
        return Ok(answer);
    }
    // What is kept under the key says that something was made, and not the secret.
    let id = ServiceCredentialId::new(new_id());
    let given = call.given(&digest, &Reply::created(id, list_path()));
    let issued = desk.issue(id, &value.name, &scopes, &given, call.now).await;
    let issued = issued.map_err(|error| problem(&call, error))?;
    let reply = Reply::created(issued.id, list_path()).with("credential", issued.text);
    answer(issued.executed, reply)
}

/// Replace a service credential by a new one; the old one stays good for the overlap.
#[utoipa::path(post, path = "/api/v1/admin/service-credentials/{id}/rotate", tag = "service credentials", params(("id" = String, Path), Conditions),
    request_body = Option<Rotation>,
    responses((status = 201, description = "The new one is good now.", body = IssuedServiceCredential), CommandProblems))]
pub(super) async fn rotate(
    AdminCall(call): AdminCall,
    CredentialId(id): CredentialId,
    State(desk): State<Desk>,
    OptionalBody { value, digest }: OptionalBody<Rotation>,
) -> Result<Answer, Problem> {
    let overlap = overlap(value.overlap_seconds, desk.usual_overlap())?;
    if let Some(answer) = answered_before(desk.log(), &call, &digest).await? {
        return Ok(answer);
    }
    let successor = ServiceCredentialId::new(new_id());
    let given = call.given(&digest, &Reply::created(successor, list_path()));
    let rotated = desk.rotate(id, successor, overlap, &given, call.now).await;
    let (rotated, executed) = rotated.map_err(|error| problem(&call, error))?;
    let reply = Reply::created(rotated.successor, list_path())
        .with("credential", rotated.text)
        .with("old_good_until", rotated.good_until.to_string());
    answer(executed, reply)
}

/// Revoke a service credential: it opens nothing any more, at once.
#[utoipa::path(delete, path = "/api/v1/admin/service-credentials/{id}", tag = "service credentials", params(("id" = String, Path), Conditions),
    responses((status = 200, description = "It opens nothing any more.", body = crate::http::answer::Changed), CommandProblems))]
pub(super) async fn revoke(
    AdminCall(call): AdminCall,
    CredentialId(id): CredentialId,
    State(desk): State<Desk>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    let reply = Reply::changed(id);
    let given = call.given(&digest, &reply);
    let executed = desk.revoke(id, &given, call.now).await;
    answer(executed.map_err(|error| problem(&call, error))?, reply)
}

fn list_path() -> String {
    "/api/v1/admin/service-credentials".to_owned()
}

fn view(credential: Credential, now: Timestamp) -> ServiceCredentialView {
    ServiceCredentialView {
        id: credential.id.to_string(),
        good: credential.is_good(now),
        scopes: credential
            .scopes
            .iter()
            .map(|scope| scope.as_str())
            .collect(),
        name: credential.name,
        created_at: credential.created_at,
        ends_at: credential.ends_at,
        last_used_at: credential.last_used_at,
    }
}

fn scopes(names: &[String]) -> Result<Vec<Scope>, Problem> {
    let known = || Scope::ALL.map(Scope::as_str).join(", ");
    if names.is_empty() {
        let message = format!("`scopes` is empty; expected one or more of {}", known());
        return Err(Problem::invalid(
            message.clone(),
            vec![FieldError::new("scopes", "too_few", message)],
        ));
    }
    let mut scopes = Vec::new();
    for (place, name) in names.iter().enumerate() {
        let Some(scope) = Scope::named(name) else {
            let found: String = name.chars().take(40).collect();
            let message = format!("`{found}` is not a scope; expected {}", known());
            let field = FieldError::new(format!("scopes[{place}]"), "unknown_scope", &message);
            return Err(Problem::invalid(message, vec![field]));
        };
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    Ok(scopes)
}

fn overlap(seconds: Option<u32>, usual: SignedDuration) -> Result<SignedDuration, Problem> {
    let Some(seconds) = seconds else {
        return Ok(usual);
    };
    if seconds > LONGEST_OVERLAP {
        let message =
            format!("`overlap_seconds` is {seconds}; expected at most {LONGEST_OVERLAP} (30 days)");
        let field = FieldError::new("overlap_seconds", "too_large", message.clone());
        return Err(Problem::invalid(message, vec![field]));
    }
    Ok(SignedDuration::from_secs(i64::from(seconds)))
}

fn problem(call: &Call, error: DeskError) -> Problem {
    match error {
        DeskError::Told(error) => problem_of(error),
        DeskError::NoneGood(_) => Problem::not_found(error.to_string()),
        DeskError::BadName => {
            let message = error.to_string();
            let field = FieldError::new("name", "bad_text", message.clone());
            Problem::invalid(message, vec![field])
        }
        DeskError::Kept(error) => {
            tracing::error!(%error, actor = call.caller.actor(), "service credentials cannot be reached");
            Problem::unavailable(
                "service credentials cannot be reached for now; try again",
                std::time::Duration::from_secs(1),
            )
        }
    }
}

impl Refusal for ServiceCredentialError {
    fn problem(&self) -> Problem {
        let code = match self {
            Self::AlreadyIssued => "already_issued",
            Self::Revoked => "credential_revoked",
            Self::Replaced(_) => "credential_replaced",
        };
        Problem::new(StatusCode::CONFLICT, code, self.to_string())
    }
}

/// A credential's id from the path.
#[derive(Debug, Clone, Copy)]
pub(super) struct CredentialId(ServiceCredentialId);

impl<S: Send + Sync> FromRequestParts<S> for CredentialId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|error| Problem::malformed(format!("the path cannot be read: {error}")))?;
        text.parse()
            .map(Self)
            .map_err(|error: IdError| Problem::not_found(error.to_string()))
    }
}
