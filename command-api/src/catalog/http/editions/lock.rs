//! `PUT` and `DELETE /api/v1/editions/{id}/locks/{field}`: pin a field's present value, or let it go.
//!
//! A lock never changes a value.

use accession_event_log::Repository;
use accession_events::catalog::EditionField;
use accession_events::ids::EditionId;
use accession_service::problem::Problem;
use axum::extract::State;

use crate::catalog::edition::{Edition, EditionCommand};
use crate::catalog::http::locks::field_named;
use crate::http::answer::{Answer, Changed};
use crate::http::body::NoBody;
use crate::http::call::CuratorCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::change;
use crate::http::paths::IdAndField;

/// Pin a field's present value against everybody but curators.
#[utoipa::path(put, path = "/api/v1/editions/{id}/locks/{field}", tag = "catalog",
    params(("id" = String, Path), ("field" = String, Path), Conditions),
    responses((status = 200, description = "It is locked.", body = Changed), CommandProblems))]
pub(super) async fn lock_edition_field(
    CuratorCall(call): CuratorCall,
    IdAndField(id, field): IdAndField<EditionId>,
    State(editions): State<Repository<Edition>>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    let command = EditionCommand::LockField(field_named::<EditionField>(&field)?);
    change(&editions, id, &call, &digest, &command).await
}

/// Let a field follow the order of authority again.
#[utoipa::path(delete, path = "/api/v1/editions/{id}/locks/{field}", tag = "catalog",
    params(("id" = String, Path), ("field" = String, Path), Conditions),
    responses((status = 200, description = "It is not locked.", body = Changed), CommandProblems))]
pub(super) async fn unlock_edition_field(
    CuratorCall(call): CuratorCall,
    IdAndField(id, field): IdAndField<EditionId>,
    State(editions): State<Repository<Edition>>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    let command = EditionCommand::UnlockField(field_named::<EditionField>(&field)?);
    change(&editions, id, &call, &digest, &command).await
}
