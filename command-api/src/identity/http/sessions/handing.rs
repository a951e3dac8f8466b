//! Handing tokens over: in the body, or in cookies that no script can read.
//!
//! Never both: what travels in a cookie stands in no body.

use accession_events::identity::ClientClass;
use accession_service::access::Membership;
use accession_service::access::cookies::{ACCESS, CSRF, REFRESH};
use accession_service::problem::Problem;
use axum::Json;
use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, SET_COOKIE, USER_AGENT};
use http::{HeaderMap, HeaderValue};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::identity::accounts::Outdated;
use crate::identity::entrance::Entrance;
use crate::identity::sessions::Tokens;

/// How long a browser keeps what belongs to the session itself, in seconds; the session may end earlier.
const REFRESH_KEPT: u64 = 30 * 24 * 3600;

/// The library that is selected.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SelectedLibrary {
    /// Its id.
    library_id: Uuid,
    /// What the person is there: `admin`, `editor`, `viewer`, `child` or `patron`.
    #[schema(example = "editor")]
    role: &'static str,
}

/// A session with its tokens.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Handed {
    /// The session.
    session_id: Uuid,
    /// Whose it is.
    account_id: Uuid,
    /// The access token; absent when it is in a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<String>,
    /// The refresh token, good for one use; absent when it is in a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// Send it as `X-CSRF-Token` with every write; only when the tokens are in cookies.
    #[serde(skip_serializing_if = "Option::is_none")]
    csrf_token: Option<String>,
    /// `Bearer`, or `cookie`.
    token_type: &'static str,
    /// How long the access token is good, in seconds.
    #[schema(example = 900)]
    expires_in: u64,
    /// The library that is selected; null when none is.
    library: Option<SelectedLibrary>,
    /// At log-in: the texts (`privacy`, `terms`) that have another version now than the person agreed to. Show them, and agree
    /// with `POST /api/v1/users/me/consents`.
    #[serde(skip_serializing_if = "Option::is_none")]
    consents_outdated: Option<Vec<&'static str>>,
}

impl Handed {
    /// The same, telling which texts have another version now.
    #[must_use]
    pub(crate) fn with_outdated(mut self, outdated: Outdated) -> Self {
        self.consents_outdated = Some(outdated.names());
        self
    }
}

/// The answer with these tokens.
pub(crate) fn hand_over(tokens: &Tokens, entrance: &Entrance) -> Result<Response, Problem> {
    let (handed, headers) = handed(tokens, entrance)?;
    Ok((headers, Json(handed)).into_response())
}

/// Body and headers of an answer with these tokens, for one that says more.
pub(crate) fn handed(tokens: &Tokens, entrance: &Entrance) -> Result<(Handed, HeaderMap), Problem> {
    let csrf = tokens
        .in_cookie
        .then(|| entrance.csrf.token(tokens.session.id));
    let bearer = !tokens.in_cookie;
    let handed = Handed {
        session_id: tokens.session.id,
        account_id: tokens.session.account,
        access_token: bearer.then(|| tokens.access.clone()),
        refresh_token: bearer.then(|| tokens.refresh.clone()),
        csrf_token: csrf.clone(),
        token_type: if bearer { "Bearer" } else { "cookie" },
        expires_in: tokens.expires_in,
        library: tokens.library.as_ref().map(selected),
        consents_outdated: None,
    };
    let mut headers = HeaderMap::new();
    if let Some(csrf) = csrf {
        let options = entrance.cookies;
        let cookies = [
            ACCESS.set(&tokens.access, tokens.expires_in, options),
            REFRESH.set(&tokens.refresh, REFRESH_KEPT, options),
            CSRF.set(&csrf, REFRESH_KEPT, options),
        ];
        for cookie in cookies {
            let cookie = cookie.ok_or_else(Problem::internal)?;
            headers.append(SET_COOKIE, cookie);
        }
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok((handed, headers))
}

/// Makes a browser forget all cookies of a session.
pub(super) fn forget(response: &mut Response, entrance: &Entrance) {
    for kind in [ACCESS, REFRESH, CSRF] {
        if let Some(cookie) = kind.set("", 0, entrance.cookies) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
}

/// The library as it is told.
pub(super) fn selected(library: &Membership) -> SelectedLibrary {
    SelectedLibrary {
        library_id: library.library_id,
        role: library.role.as_str(),
    }
}

/// What kind of program sends a request, as far as it says so.
#[must_use]
pub(crate) fn client_of(headers: &HeaderMap) -> ClientClass {
    let text = headers
        .get(USER_AGENT)
        .and_then(|value| value.to_str().ok());
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return ClientClass::Unknown;
    };
    if !text.starts_with("Mozilla/") {
        return ClientClass::Program;
    }
    let hand = ["Mobile", "Android", "iPhone", "iPad"];
    if hand.iter().any(|word| text.contains(word)) {
        ClientClass::Mobile
    } else {
        ClientClass::Browser
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_told_by_what_it_says_of_itself() {
        for (says, is) in [
            (None, ClientClass::Unknown),
            (Some(""), ClientClass::Unknown),
            (Some("curl/8.5"), ClientClass::Program),
            (
                Some("Mozilla/5.0 (X11; Linux x86_64)"),
                ClientClass::Browser,
            ),
            (
                Some("Mozilla/5.0 (iPhone; …) Mobile/15E148"),
                ClientClass::Mobile,
            ),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(says) = says {
                let value = HeaderValue::from_bytes(says.replace('…', "x").as_bytes());
                headers.insert(USER_AGENT, value.unwrap());
            }
            assert_eq!(client_of(&headers), is, "{says:?}");
        }
    }
}
