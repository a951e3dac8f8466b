//! The routes of import runs, and how their refusals read on the wire.
//!
//! The only axum in the room; it decides nothing.

mod checkpoints;
mod leases;
mod progress;
mod refused;
mod rejections;
mod runs;

use ::http::StatusCode;
use ::http::request::Parts;
use accession_events::ids::{IdError, ImportRunId};
use accession_service::problem::{FieldError, Problem};
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::failure::Refusal;
use crate::ingestion::import_run::ImportRunError;
use crate::services::Services;

pub use rejections::RunRejections;

/// The largest body.
const BODY: usize = 1024 * 1024;

/// All routes of ingestion.
#[must_use]
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(runs::open_run, runs::find_run))
        .routes(routes!(runs::read_run))
        .routes(routes!(progress::checkpoint_run))
        .routes(routes!(progress::complete_run))
        .routes(routes!(progress::abandon_run))
        .routes(routes!(leases::take_lease, leases::give_lease_back))
        .routes(routes!(refused::note_rejections))
        .routes(routes!(
            checkpoints::read_checkpoint,
            checkpoints::write_checkpoint
        ))
        .layer(DefaultBodyLimit::max(BODY))
}

impl Refusal for ImportRunError {
    fn problem(&self) -> Problem {
        match self {
            Self::Unknown => Problem::not_found(self.to_string()),
            Self::AlreadyOpened => {
                Problem::new(StatusCode::CONFLICT, "already_opened", self.to_string())
            }
            Self::Ended(_) => {
                Problem::new(StatusCode::CONFLICT, "import_run_ended", self.to_string())
            }
            Self::Open => Problem::new(StatusCode::CONFLICT, "import_run_open", self.to_string()),
            Self::CountsWentBack(_) => at("counts", "counts_went_back", self.to_string()),
        }
    }
}

/// A rule that one field breaks.
fn at(field: &str, code: &'static str, message: String) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, message.clone())
        .with_errors(vec![FieldError::new(field, code, message)])
}

/// A text that has to be there and has an end.
fn bounded(field: &str, text: &str, longest: usize) -> Result<String, Problem> {
    let found = text.chars().count();
    if text.trim().is_empty() || found > longest || text.chars().any(char::is_control) {
        let message = format!(
            "`{field}` has {found} characters; expected 1 to {longest} without control characters"
        );
        return Err(at(field, "bad_text", message));
    }
    Ok(text.to_owned())
}

/// A run's id from the path.
#[derive(Debug, Clone, Copy)]
struct RunId(ImportRunId);

impl<S: Send + Sync> FromRequestParts<S> for RunId {
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
