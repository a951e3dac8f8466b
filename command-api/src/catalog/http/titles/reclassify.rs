//! `POST /api/v1/titles/{id}/reclassify`: say that a title is of another kind.
//!
//! Editions and episodes stay where they are.

use accession_event_log::Repository;
use accession_events::catalog::TitleKind;
use accession_events::ids::TitleId;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::catalog::title::reclassify::Reclassify;
use crate::catalog::title::{Title, TitleCommand};
use crate::http::answer::{Answer, Changed};
use crate::http::body::Body;
use crate::http::call::CuratorCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::change;
use crate::http::paths::Id;

/// A kind.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewKind {
    /// `book`, `series` or `film`.
    #[schema(value_type = String, example = "film")]
    kind: TitleKind,
}

/// Say that a title is of another kind.
#[utoipa::path(post, path = "/api/v1/titles/{id}/reclassify", tag = "catalog",
    params(("id" = String, Path), Conditions), request_body = NewKind,
    responses((status = 200, description = "It is of this kind.", body = Changed), CommandProblems))]
pub(super) async fn reclassify_title(
    CuratorCall(call): CuratorCall,
    Id(id): Id<TitleId>,
    State(titles): State<Repository<Title>>,
    Body { value, digest }: Body<NewKind>,
) -> Result<Answer, Problem> {
    let command = TitleCommand::Reclassify(Reclassify { kind: value.kind });
    change(&titles, id, &call, &digest, &command).await
}
