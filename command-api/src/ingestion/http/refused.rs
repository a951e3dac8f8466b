//! `POST /api/v1/internal/import/runs/{id}/rejections`: rows that the importer itself refused and never sent.
//!
//! Rows that the batches refuse are noted by the batches.

use accession_event_log::Repository;
use accession_events::ingestion::RejectedItem;
use accession_events::ingestion::items::MAX_ITEMS;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{RunId, at, bounded};
use crate::http::answer::{Answer, Changed};
use crate::http::body::Body;
use crate::http::call::ImporterCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::change;
use crate::ingestion::import_run::note_rejected::NoteRejected;
use crate::ingestion::import_run::{ImportRun, ImportRunCommand};

/// The longest text of a rejection, in characters.
const LONGEST: usize = 2000;

/// Rows that could not be read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Refused {
    /// At most 1,000 of `{record, code, detail}`.
    #[schema(value_type = Vec<Object>)]
    items: Vec<RejectedItem>,
}

/// Say which rows could not be read.
#[utoipa::path(post, path = "/api/v1/internal/import/runs/{id}/rejections", tag = "import",
    params(("id" = String, Path), Conditions), request_body = Refused,
    responses((status = 200, description = "They are noted; each once.", body = Changed), CommandProblems))]
pub(super) async fn note_rejections(
    ImporterCall(call): ImporterCall,
    RunId(id): RunId,
    State(runs): State<Repository<ImportRun>>,
    Body { value, digest }: Body<Refused>,
) -> Result<Answer, Problem> {
    if value.items.len() > MAX_ITEMS {
        let message = format!(
            "{} items; send at most {MAX_ITEMS} at a time",
            value.items.len()
        );
        return Err(at("items", "too_many", message));
    }
    for (index, item) in value.items.iter().enumerate() {
        bounded(&format!("items[{index}].record"), &item.record, LONGEST)?;
        bounded(&format!("items[{index}].code"), &item.code, LONGEST)?;
        bounded(&format!("items[{index}].detail"), &item.detail, LONGEST)?;
    }
    let command = ImportRunCommand::NoteRejected(NoteRejected { items: value.items });
    change(&runs, id, &call, &digest, &command).await
}
