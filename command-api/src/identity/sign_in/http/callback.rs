//! `POST /api/v1/auth/oauth/{provider}/callback`: back from the provider.
//!
//! Never takes an answer that this browser did not leave for.

use ::http::{HeaderMap, Method};
use accession_events::ids::{AccountId, SessionId};
use accession_service::access::{Audience, Gate};
use accession_service::problem::Problem;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::browser;
use super::opening::{Arrival, SignInDesk};
use crate::http::body::Body;
use crate::http::call::OpenCall;
use crate::http::describe::CommandProblems;
use crate::identity::http::sessions::Mode;
use crate::identity::sign_in::{Brought, Finished};

const LONGEST: usize = 4096;

/// What the provider sent the browser back with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Return {
    /// What the attempt left with.
    state: String,
    /// The provider's code.
    code: Option<String>,
    /// Who says to have answered (RFC 9207), when the provider says so.
    iss: Option<String>,
    /// Why there is no code, such as `access_denied`.
    error: Option<String>,
    /// How the tokens travel.
    #[serde(default)]
    mode: Mode,
}

/// Somebody without an account is asked whether to make one.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConsentRequired {
    /// Always `consent_required`.
    outcome: &'static str,
    /// What continues, once, in this browser.
    continuation: String,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// The address that the account will have.
    email: String,
    /// What the provider calls the person; a suggestion.
    name: Option<String>,
    /// Where to come back to.
    return_to: Option<String>,
}

/// A provider vouches for the account from now on.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LinkedIdentity {
    /// Always `linked`.
    outcome: &'static str,
    /// The account.
    #[schema(value_type = String)]
    id: AccountId,
    /// Its version.
    version: u64,
    /// Where the link stands in the log.
    position: u64,
    /// Where to come back to.
    return_to: Option<String>,
}

impl Return {
    fn is_acceptable(&self) -> bool {
        let texts = [
            Some(&self.state),
            self.code.as_ref(),
            self.iss.as_ref(),
            self.error.as_ref(),
        ];
        texts
            .into_iter()
            .flatten()
            .all(|text| text.len() <= LONGEST)
    }

    /// A code counts only when the provider did not refuse at the same time.
    fn code(&self) -> Option<&str> {
        self.code.as_deref().filter(|_| self.error.is_none())
    }
}

/// Back from the provider. A person with an account gets a session, as by log-in; one without is asked for consent; and an
/// attempt that was begun to link an account links it.
#[utoipa::path(post, path = "/api/v1/auth/oauth/{provider}/callback", tag = "identity", security(()),
    params(("provider" = String, Path, example = "google")), request_body = Return,
    responses((status = 200, description = "A session (`outcome` is `signed_in`), a question (`consent_required`), or a link (`linked`).",
        body = ConsentRequired), CommandProblems))]
pub(super) async fn finish_sign_in(
    call: OpenCall,
    desk: SignInDesk,
    State(gate): State<Gate>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    Body { value, .. }: Body<Return>,
) -> Result<Response, Problem> {
    if !value.is_acceptable() {
        return Err(Problem::malformed(
            "a field is longer than anything a provider sends",
        ));
    }
    let browser = browser::known(&desk.sign_in, &headers).unwrap_or_default();
    let brought = Brought {
        state: &value.state,
        browser: &browser,
        code: value.code(),
        issuer: value.iss.as_deref(),
        signed_in: signed_in(&gate, &headers, call.now).await,
    };
    let continuation = browser::fresh_secret()?;
    let given = call.given(format!("provider:{provider}"));
    let finished = desk
        .sign_in
        .finish(&provider, &brought, continuation, call.now, &given)
        .await?;
    match finished {
        Finished::Known { account, return_to } => {
            let arrival = Arrival {
                account,
                provider: &provider,
                mode: value.mode,
                headers: &headers,
                return_to,
            };
            let given = call.given(format!("user:{account}"));
            desk.let_in(arrival, &given, call.now).await
        }
        other => answer(other),
    }
}

/// The account and session of a caller who is signed in; whoever is not may be here all the same.
async fn signed_in(
    gate: &Gate,
    headers: &HeaderMap,
    now: Timestamp,
) -> Option<(AccountId, SessionId)> {
    let caller = gate
        .recognise(&Method::POST, headers, Audience::SignedIn, now)
        .await
        .ok()?;
    let session = caller.session()?;
    Some((AccountId::new(session.account), SessionId::new(session.id)))
}

fn answer(finished: Finished) -> Result<Response, Problem> {
    match finished {
        Finished::Known { .. } => Err(Problem::internal()),
        Finished::Linked {
            account,
            version,
            position,
            return_to,
        } => Ok(Json(LinkedIdentity {
            outcome: "linked",
            id: account,
            version,
            position,
            return_to: return_to.map(|path| path.as_str().to_owned()),
        })
        .into_response()),
        Finished::ConsentNeeded {
            continuation,
            expires_at,
            email,
            name,
            return_to,
        } => Ok(Json(ConsentRequired {
            outcome: "consent_required",
            continuation,
            expires_at,
            email,
            name,
            return_to: return_to.map(|path| path.as_str().to_owned()),
        })
        .into_response()),
    }
}
