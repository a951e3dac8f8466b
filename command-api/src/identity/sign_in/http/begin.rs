//! `GET /api/v1/auth/oauth/{provider}/start`: leave for the provider.
//!
//! Never sends a browser anywhere but to a provider that the operator has set.

use ::http::header::{ACCEPT, CACHE_CONTROL, LOCATION, SET_COOKIE};
use ::http::{HeaderMap, StatusCode};
use accession_service::problem::{FieldError, Problem};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::browser;
use super::opening::SignInDesk;
use crate::http::call::OpenCall;
use crate::http::describe::CommandProblems;
use crate::identity::sign_in::{ReturnTo, SignIn, Wanted};

/// Where to come back to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Returning {
    /// A path on our own pages.
    return_to: Option<String>,
}

/// An attempt that has begun.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Departure {
    /// Where the browser goes.
    authorization_url: String,
    /// What it brings back, for a client that looks whether its own attempt came back.
    state: String,
}

/// Leave for a provider. A browser that asks for a page is sent there (302); a program is told where to go. The answer
/// sets a cookie that the callback needs: the attempt ends in the browser in which it began, within ten minutes.
#[utoipa::path(get, path = "/api/v1/auth/oauth/{provider}/start", tag = "identity", security(()),
    params(("provider" = String, Path, example = "google"),
        ("return_to" = Option<String>, Query, description = "A path on our own pages, such as /shelves.")),
    responses((status = 200, description = "Where to go.", body = Departure),
        (status = 302, description = "The same, for a browser."), CommandProblems))]
pub(super) async fn begin_sign_in(
    call: OpenCall,
    SignInDesk { sign_in, .. }: SignInDesk,
    Path(provider): Path<String>,
    headers: HeaderMap,
    returning: Result<Query<Returning>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(returning) = returning
        .map_err(|_| Problem::malformed("the query takes `return_to` and nothing else"))?;
    let wanted = (Wanted::SignIn, return_to(returning.return_to.as_deref())?);
    depart(&sign_in, &provider, wanted, &headers, call.now).await
}

/// A path of ours, if one is wanted.
pub(super) fn return_to(text: Option<&str>) -> Result<Option<ReturnTo>, Problem> {
    let Some(text) = text else {
        return Ok(None);
    };
    ReturnTo::parse(text).map(Some).ok_or_else(|| {
        let message = "expected a path on this site, such as /shelves";
        let fault = FieldError::new("return_to", "not_a_path", message);
        Problem::invalid(message, vec![fault])
    })
}

/// Begins an attempt and answers where to go.
pub(super) async fn depart(
    sign_in: &SignIn,
    provider: &str,
    wanted: (Wanted, Option<ReturnTo>),
    headers: &HeaderMap,
    now: Timestamp,
) -> Result<Response, Problem> {
    let secret = match browser::known(sign_in, headers) {
        Some(secret) => secret,
        None => browser::fresh_secret()?,
    };
    let entropy = browser::fresh_entropy()?;
    let begun = sign_in
        .begin(provider, wanted, &secret, &entropy, now)
        .await?;
    let cookie = browser::cookie(sign_in, &secret)?;
    let kept = [
        (SET_COOKIE, cookie),
        (
            CACHE_CONTROL,
            "no-store".parse().map_err(|_| Problem::internal())?,
        ),
    ];
    if wants_a_page(headers) {
        let location = [(LOCATION, begun.authorization_url)];
        return Ok((StatusCode::FOUND, kept, location).into_response());
    }
    let departure = Departure {
        authorization_url: begun.authorization_url,
        state: begun.state,
    };
    Ok((kept, Json(departure)).into_response())
}

fn wants_a_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}
