//! The routes of sessions: log in, stay so, leave; and how their refusals read on the wire.
//!
//! No answer tells whether an account exists, and no token is in a log line or an error.

pub(crate) mod handing;
mod login;
mod logout;
mod own;
mod refresh;
mod select;

use std::time::Duration;

use accession_event_log::Given;
use accession_events::Metadata;
use accession_events::ids::EventId;
use accession_secrets::SecretsError;
use accession_service::problem::Problem;
use accession_service::requests;
use axum::extract::DefaultBodyLimit;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::call::new_id;
use crate::http::failure::problem_of;
use crate::identity::entrance::EntranceError;
use crate::identity::sessions::SessionsError;
use crate::services::Services;

pub(crate) use handing::{Handed, client_of, handed};
pub(crate) use login::Mode;

/// The largest body: an address, a password, the name of a device.
const BODY: usize = 8 * 1024;
const SOON: Duration = Duration::from_secs(1);

/// All routes of sessions.
#[must_use]
pub fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .routes(routes!(login::log_in))
        .routes(routes!(refresh::refresh))
        .routes(routes!(logout::log_out))
        .routes(routes!(logout::log_out_everywhere))
        .routes(routes!(select::select_library))
        .routes(routes!(own::own_sessions))
        .routes(routes!(own::end_session))
        .layer(DefaultBodyLimit::max(BODY))
}

impl From<SessionsError> for Problem {
    fn from(error: SessionsError) -> Self {
        match error {
            SessionsError::NoSession => Self::unauthenticated("session_ended", error.to_string()),
            SessionsError::Replayed => Self::unauthenticated("token_replayed", error.to_string()),
            SessionsError::NoMember => Self::not_found(error.to_string()),
            SessionsError::Access(error) => error.into(),
            SessionsError::Standing(away) => away.into(),
            SessionsError::Execute(error) => problem_of(error),
            SessionsError::Secrets(error) => from_secrets(&error),
            SessionsError::Seal(error) => {
                tracing::error!(%error, "the name of a device could not be sealed");
                Self::internal()
            }
            SessionsError::Key(error) => {
                tracing::error!(%error, "a token could not be made");
                Self::internal()
            }
        }
    }
}

impl From<EntranceError> for Problem {
    fn from(error: EntranceError) -> Self {
        match error {
            EntranceError::Secrets(error) => from_secrets(&error),
            EntranceError::Key(error) => {
                tracing::error!(%error, "a device could not be made known");
                Self::internal()
            }
        }
    }
}

fn from_secrets(error: &SecretsError) -> Problem {
    tracing::error!(%error, "the private tables could not be used");
    if error.is_transient() {
        return Problem::unavailable("sessions cannot be looked up for now; try again", SOON);
    }
    Problem::internal()
}

/// What the log is given with what somebody does about a session: who, and in which course of things.
fn given(actor: String) -> Given {
    let ids = requests::current();
    let metadata = match ids {
        Some(ids) => Metadata {
            actor: Some(actor),
            correlation: Some(ids.request_id),
            trace: Some(ids.trace_id),
            traceparent: ids.traceparent,
            ..Metadata::default()
        },
        None => Metadata {
            actor: Some(actor),
            ..Metadata::default()
        },
    };
    Given {
        metadata,
        event_ids: std::sync::Arc::new(|| EventId::new(new_id())),
        ..Given::default()
    }
}
