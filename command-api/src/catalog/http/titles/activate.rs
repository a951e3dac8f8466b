//! `POST /api/v1/titles/{id}/activate` and `/deactivate`: show a title to readers, or hide it.
//!
//! Hiding is not deleting: slug, facts and id stay.

use accession_event_log::Repository;
use accession_events::ids::TitleId;
use accession_service::problem::Problem;
use axum::extract::State;

use crate::catalog::http::reason::Reason;
use crate::catalog::title::deactivate::Deactivate;
use crate::catalog::title::{Title, TitleCommand};
use crate::http::answer::{Answer, Changed};
use crate::http::body::{NoBody, OptionalBody};
use crate::http::call::CuratorCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::change;
use crate::http::paths::Id;

/// Show a title to readers again.
#[utoipa::path(post, path = "/api/v1/titles/{id}/activate", tag = "catalog", params(("id" = String, Path), Conditions),
    responses((status = 200, description = "Readers see it.", body = Changed), CommandProblems))]
pub(super) async fn activate_title(
    CuratorCall(call): CuratorCall,
    Id(id): Id<TitleId>,
    State(titles): State<Repository<Title>>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    change(&titles, id, &call, &digest, &TitleCommand::Activate).await
}

/// Hide a title from readers.
#[utoipa::path(post, path = "/api/v1/titles/{id}/deactivate", tag = "catalog", params(("id" = String, Path), Conditions),
    request_body = Option<Reason>,
    responses((status = 200, description = "Readers no longer see it.", body = Changed), CommandProblems))]
pub(super) async fn deactivate_title(
    CuratorCall(call): CuratorCall,
    Id(id): Id<TitleId>,
    State(titles): State<Repository<Title>>,
    OptionalBody { value, digest }: OptionalBody<Reason>,
) -> Result<Answer, Problem> {
    let command = TitleCommand::Deactivate(Deactivate {
        reason: value.read()?,
    });
    change(&titles, id, &call, &digest, &command).await
}
