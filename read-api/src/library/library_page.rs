//! What is this library called, and what is it for?
//!
//! Never answered to a stranger.

use accession_projector::library::LibraryDocument;
use accession_service::access::MemberRole;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;

use crate::answering::Answer;
use crate::asking::{Asked, Segment};
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::reads::{Reads, unavailable};

/// A library that you belong to.
#[utoipa::path(get, path = "/api/read/libraries/{id}", tag = "library", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"), AtLeast),
    responses((status = 200, body = LibraryDocument), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not a session's token"),
        Problems))]
pub(super) async fn library(
    State(reads): State<Reads>,
    Segment(id): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&[])?;
    let visit = asked.visit(&id, MemberRole::Patron)?;
    let standing = reads.standing(Model::Library, &asked).await?;
    let key = visit.library.to_string();
    let found = reads.hot().document(&standing, &key).await;
    let Some(page) = found.map_err(|trouble| unavailable(&trouble))? else {
        return reads
            .miss(&standing, format!("there is no library with the id {key}"))
            .await;
    };
    let answer = Answer::document(&page, &standing);
    Ok(answer.private(true).respond(&asked))
}
