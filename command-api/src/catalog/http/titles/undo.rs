//! `POST /api/v1/titles/{id}/undo`: take back what a change did.
//!
//! Undoing the creation of a title is refused while editions or episodes stand under it: they were added later.

use accession_event_log::Repository;
use accession_events::ids::TitleId;
use accession_service::problem::Problem;
use axum::extract::State;

use crate::catalog::edition::Edition;
use crate::catalog::episode::Episode;
use crate::catalog::http::undo::{Parts, UndoAnswer, UndoRequest, undo};
use crate::catalog::title::{Title, TitleCommand};
use crate::http::answer::Answer;
use crate::http::body::Body;
use crate::http::call::CuratorCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::paths::Id;

/// Undo the last or a named change of a title.
#[utoipa::path(post, path = "/api/v1/titles/{id}/undo", tag = "catalog", params(("id" = String, Path), Conditions),
    request_body = UndoRequest,
    responses((status = 200, description = "What the change did is taken back.", body = UndoAnswer), CommandProblems))]
pub(in crate::catalog::http) async fn undo_title_change(
    CuratorCall(call): CuratorCall,
    Id(id): Id<TitleId>,
    State(titles): State<Repository<Title>>,
    State(editions): State<Repository<Edition>>,
    State(episodes): State<Repository<Episode>>,
    body: Body<UndoRequest>,
) -> Result<Answer, Problem> {
    let parts = Parts {
        title: id,
        editions,
        episodes,
    };
    let id = id.to_string();
    undo(&titles, &id, &call, &body, TitleCommand::Undo, Some(&parts)).await
}
