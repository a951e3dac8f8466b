//! What the token endpoint's refusals mean, for both dialects.
//!
//! Never passes on what a provider wrote: it may hold anything.

use openidconnect::core::CoreErrorResponseType;
use openidconnect::{RequestTokenError, StandardErrorResponse};
use serde::Deserialize;

use crate::error::SignInError;
use crate::http::FetchError;

type TokenError = RequestTokenError<FetchError, StandardErrorResponse<CoreErrorResponseType>>;

/// GitHub answers a refusal with 200.
#[derive(Deserialize)]
struct Refusal {
    error: String,
}

/// What a failed exchange of a code means.
pub(crate) fn refused(provider: &str, error: &TokenError) -> SignInError {
    match error {
        RequestTokenError::Request(error) => SignInError::fetching(provider, error),
        RequestTokenError::ServerResponse(answer) => named(provider, answer.error().as_ref()),
        RequestTokenError::Parse(_, body) => match serde_json::from_slice::<Refusal>(body) {
            Ok(refusal) => named(provider, &refusal.error),
            Err(_) => SignInError::untrusted(provider, "its token answer cannot be understood"),
        },
        RequestTokenError::Other(_) => {
            SignInError::untrusted(provider, "its token answer is not JSON")
        }
    }
}

fn named(provider: &str, error: &str) -> SignInError {
    let known = [
        "invalid_client",
        "unauthorized_client",
        "incorrect_client_credentials",
        "redirect_uri_mismatch",
        "unsupported_grant_type",
        "invalid_scope",
    ];
    match error {
        "invalid_grant" | "bad_verification_code" | "invalid_request" => SignInError::CodeRefused {
            provider: provider.into(),
        },
        error => {
            let known = known.into_iter().find(|known| *known == error);
            SignInError::misconfigured(provider, known.unwrap_or("it refuses our request"))
        }
    }
}
