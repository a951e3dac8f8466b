//! Which edition is this?
//!
//! Never shown when its title is not.

use accession_projector::catalog::EditionDocument;
use accession_service::problem::Problem;
use axum::extract::State;
use axum::response::Response;

use super::found::Found;
use super::led_on::LedOn;
use crate::answering::Answer;
use crate::asking::{Asked, Segment};
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::reads::Reads;

/// An edition; the `Link` header leads to its title.
#[utoipa::path(get, path = "/api/read/editions/{id}", tag = "catalog",
    params(("id" = String, Path, description = "the edition's id"), AtLeast),
    responses((status = 200, body = EditionDocument), NotModified, LedOn, Problems))]
pub(super) async fn edition(
    State(reads): State<Reads>,
    Segment(id): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&[])?;
    let reader = asked.reader();
    let search = reads.part(&asked, reader, Model::Edition, "edition", &id);
    match search.await? {
        Ok(found) => match reads.edition_led_on(&asked, reader, &found).await? {
            Some(led) => Ok(led),
            None => Ok(answer(&found).private(reader.known).respond(&asked)),
        },
        Err(missing) => Ok(missing),
    }
}

/// An edition with the way to its title.
pub(super) fn answer(found: &Found) -> Answer {
    let answer = Answer::document(&found.held, &found.standing);
    match &found.held.title_id {
        Some(title_id) => answer.part_of(&format!("/api/read/titles/{title_id}")),
        None => answer,
    }
}
