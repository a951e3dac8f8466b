//! `PUT` and `DELETE /api/v1/internal/import/leases/{source}/{holder}`: one importer a source at a time.
//!
//! Never a lock for ever: a lease that is not renewed runs out, so that an importer that died holds nobody up.

use std::sync::Arc;

use ::http::StatusCode;
use accession_events::values::SourceName;
use accession_secrets::import_leases::{ImportLease, ImportLeaseStore};
use accession_service::problem::{FieldError, Problem};
use axum::Json;
use axum::extract::{Path, State};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{at, bounded};
use crate::http::body::Body;
use crate::http::call::ImporterCall;
use crate::http::describe::CommandProblems;
use crate::http::failure::from_secrets;

/// How long a lease holds without being renewed.
const HOLDS: SignedDuration = SignedDuration::from_secs(15);
/// The longest name of an input, in characters.
const LONGEST_INPUT: usize = 500;

/// What the importer reads.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LeaseWanted {
    /// As the run will name it; whoever has to wait is told.
    #[schema(example = "books.csv#sha256:5f2c…")]
    input: String,
}

/// A lease that is held.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LeaseHeld {
    /// From which source.
    source: String,
    /// By whom.
    holder: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    taken_at: Timestamp,
    /// Until when, unless it is renewed.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
}

/// Take the lease of a source, or renew one's own: it holds for fifteen seconds. 409 `import_under_way` while another importer has it.
/// The holder is an id of the importer's own.
#[utoipa::path(put, path = "/api/v1/internal/import/leases/{source}/{holder}", tag = "import",
    params(("source" = String, Path), ("holder" = Uuid, Path)), request_body = LeaseWanted,
    responses((status = 200, description = "It is yours.", body = LeaseHeld), CommandProblems))]
pub(super) async fn take_lease(
    ImporterCall(call): ImporterCall,
    Path(of): Path<(String, String)>,
    State(leases): State<Arc<dyn ImportLeaseStore>>,
    Body { value, .. }: Body<LeaseWanted>,
) -> Result<Json<LeaseHeld>, Problem> {
    let (source, holder) = read(of)?;
    let wanted = ImportLease {
        source,
        holder,
        input: bounded("input", &value.input, LONGEST_INPUT)?,
        taken_at: call.now,
        until: call.now.saturating_add(HOLDS).unwrap_or(Timestamp::MAX),
    };
    let held = leases.take(&wanted).await;
    let held = held.map_err(|error| from_secrets(&error))?;
    if held.holder != holder {
        return Err(under_way(&held, call.now));
    }
    Ok(Json(LeaseHeld {
        source: held.source,
        holder: held.holder.to_string(),
        taken_at: held.taken_at,
        until: held.until,
    }))
}

/// Give a lease back. Nothing happens when it is another's, or nobody's.
#[utoipa::path(delete, path = "/api/v1/internal/import/leases/{source}/{holder}", tag = "import",
    params(("source" = String, Path), ("holder" = Uuid, Path)),
    responses((status = 204, description = "It is not yours any more."), CommandProblems))]
pub(super) async fn give_lease_back(
    ImporterCall(_call): ImporterCall,
    Path(of): Path<(String, String)>,
    State(leases): State<Arc<dyn ImportLeaseStore>>,
) -> Result<StatusCode, Problem> {
    let (source, holder) = read(of)?;
    let given = leases.give_back(&source, holder).await;
    given.map_err(|error| from_secrets(&error))?;
    Ok(StatusCode::NO_CONTENT)
}

fn read((source, holder): (String, String)) -> Result<(String, Uuid), Problem> {
    let source = SourceName::parse(&source)
        .map_err(|error| at("source", "bad_source", error.to_string()))?;
    let holder = Uuid::parse_str(&holder)
        .map_err(|_| at("holder", "bad_id", format!("`{holder}` is no UUID")))?;
    Ok((source.as_str().to_owned(), holder))
}

fn under_way(held: &ImportLease, now: Timestamp) -> Problem {
    let message = format!(
        "another import of `{}` is under way since {}: it reads {}; wait for its end (a lease that nobody renews ends at {})",
        held.source, held.taken_at, held.input, held.until
    );
    let wait = held.until.duration_since(now).unsigned_abs();
    Problem::new(StatusCode::CONFLICT, "import_under_way", message)
        .with_errors(vec![
            FieldError::new("holder", "import_under_way", held.holder.to_string()),
            FieldError::new("until", "import_under_way", held.until.to_string()),
        ])
        .retry_after(wait)
}
