//! `PUT` and `DELETE /api/v1/titles/{id}/locks/{field}`: pin a field's present value, or let it go.
//!
//! A lock never changes a value.

use accession_event_log::Repository;
use accession_events::catalog::TitleField;
use accession_events::ids::TitleId;
use accession_service::problem::Problem;
use axum::extract::State;

use crate::catalog::http::locks::field_named;
use crate::catalog::title::{Title, TitleCommand};
use crate::http::answer::{Answer, Changed};
use crate::http::body::NoBody;
use crate::http::call::CuratorCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::change;
use crate::http::paths::IdAndField;

/// Pin a field's present value against everybody but curators.
#[utoipa::path(put, path = "/api/v1/titles/{id}/locks/{field}", tag = "catalog",
    params(("id" = String, Path), ("field" = String, Path), Conditions),
    responses((status = 200, description = "It is locked.", body = Changed), CommandProblems))]
pub(super) async fn lock_title_field(
    CuratorCall(call): CuratorCall,
    IdAndField(id, field): IdAndField<TitleId>,
    State(titles): State<Repository<Title>>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    let command = TitleCommand::LockField(field_named::<TitleField>(&field)?);
    change(&titles, id, &call, &digest, &command).await
}

/// Let a field follow the order of authority again.
#[utoipa::path(delete, path = "/api/v1/titles/{id}/locks/{field}", tag = "catalog",
    params(("id" = String, Path), ("field" = String, Path), Conditions),
    responses((status = 200, description = "It is not locked.", body = Changed), CommandProblems))]
pub(super) async fn unlock_title_field(
    CuratorCall(call): CuratorCall,
    IdAndField(id, field): IdAndField<TitleId>,
    State(titles): State<Repository<Title>>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    let command = TitleCommand::UnlockField(field_named::<TitleField>(&field)?);
    change(&titles, id, &call, &digest, &command).await
}
