//! What the routes work with, and how a session of somebody whom a provider vouched for begins.
//!
//! Never makes a token itself.

use ::http::HeaderMap;
use ::http::request::Parts;
use accession_event_log::Given;
use accession_events::identity::SignInMethod;
use accession_events::ids::AccountId;
use accession_events::values::HandleName;
use accession_service::problem::Problem;
use axum::Json;
use axum::extract::{FromRef, FromRequestParts};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::front_desk::DocumentVersions;
use crate::identity::accounts::Accounts;
use crate::identity::entrance::Entrance;
use crate::identity::http::problem;
use crate::identity::http::sessions::{Handed, Mode, client_of, handed};
use crate::identity::sessions::{Proven, Sessions};
use crate::identity::sign_in::{ReturnTo, SignIn, SignInFailure};

/// The use cases, sessions, and how cookies are set.
pub(super) struct SignInDesk {
    pub(super) sign_in: SignIn,
    accounts: Accounts,
    sessions: Sessions,
    entrance: Entrance,
}

impl<S> FromRequestParts<S> for SignInDesk
where
    Option<SignIn>: FromRef<S>,
    Accounts: FromRef<S>,
    Sessions: FromRef<S>,
    Entrance: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(_parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let sign_in = Option::<SignIn>::from_ref(state).ok_or(SignInFailure::UnknownProvider)?;
        Ok(Self {
            sign_in,
            accounts: Accounts::from_ref(state),
            sessions: Sessions::from_ref(state),
            entrance: Entrance::from_ref(state),
        })
    }
}

/// A session that has begun, as log-in answers it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SignedIn {
    /// Always `signed_in`.
    outcome: &'static str,
    /// Where to come back to.
    return_to: Option<String>,
    /// The session.
    #[serde(flatten)]
    session: Handed,
}

/// Somebody whom a provider vouched for, and how they want their tokens.
pub(super) struct Arrival<'a> {
    pub(super) account: AccountId,
    pub(super) provider: &'a str,
    pub(super) mode: Mode,
    pub(super) headers: &'a HeaderMap,
    pub(super) return_to: Option<ReturnTo>,
}

impl SignInDesk {
    /// The texts that people have to agree to, as they are now.
    pub(super) fn documents(&self) -> &DocumentVersions {
        &self.accounts.options().documents
    }

    /// Begins the session and answers with its tokens.
    pub(super) async fn let_in(
        &self,
        arrival: Arrival<'_>,
        given: &Given,
        now: Timestamp,
    ) -> Result<Response, Problem> {
        let provider = HandleName::parse(arrival.provider).map_err(|_| Problem::internal())?;
        let proven = Proven {
            account: arrival.account,
            method: SignInMethod::Provider(provider),
            client: client_of(arrival.headers),
            device: None,
            in_cookie: arrival.mode == Mode::Cookie,
        };
        let tokens = self.sessions.start(proven, given, now).await?;
        let (session, headers) = handed(&tokens, &self.entrance)?;
        let session = match self.accounts.outdated_of(arrival.account).await {
            Ok(outdated) => session.with_outdated(outdated),
            Err(error) => return Err(problem(error, "password")),
        };
        let body = SignedIn {
            outcome: "signed_in",
            return_to: arrival.return_to.map(|path| path.as_str().to_owned()),
            session,
        };
        Ok((headers, Json(body)).into_response())
    }
}
