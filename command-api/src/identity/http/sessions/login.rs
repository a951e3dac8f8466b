//! `POST /api/v1/auth/login`: sign in with address and password.
//!
//! Never tells whether it was the address or the password that was wrong, nor by how long it takes.

use std::time::Duration;

use accession_events::identity::SignInMethod;
use accession_events::ids::AccountId;
use accession_events::values::{EmailAddress, ShortText};
use accession_service::access::cookies::cookie;
use accession_service::client::ClientAddress;
use accession_service::problem::{Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue, StatusCode};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

use super::handing::{Handed, client_of, handed};
use crate::http::body::Body;
use crate::http::call::OpenCall;
use crate::http::describe::CommandProblems;
use crate::http::fields::{Faults, Secret};
use crate::identity::accounts::{Accounts, Verdict};
use crate::identity::entrance::Entrance;
use crate::identity::passwords::Password;
use crate::identity::sessions::{Proven, Sessions};

/// By what a browser is known again.
const DEVICE_COOKIE: &str = "accession_device";
const DEVICE_KEPT: u64 = 365 * 24 * 3600;

/// How the tokens travel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    /// In the body; the client sends them in headers.
    #[default]
    Bearer,
    /// In cookies that no script can read; writes need `X-CSRF-Token`.
    Cookie,
}

/// Somebody who signs in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LogIn {
    /// The address.
    #[schema(value_type = String, example = "ana@example.org")]
    email: Secret,
    /// The password.
    #[schema(value_type = String, format = Password)]
    password: Secret,
    /// How the tokens travel.
    #[serde(default)]
    mode: Mode,
    /// What the person calls the device, for the list of sessions.
    #[serde(default)]
    #[schema(example = "Kitchen tablet")]
    device_name: Option<String>,
}

/// Sign in. An unknown address and a wrong password are answered alike. After five wrong passwords for one account from one
/// place the next attempts from there have to wait, longer each time; other places and known devices do not.
#[utoipa::path(post, path = "/api/v1/auth/login", tag = "identity", security(()), request_body = LogIn,
    responses((status = 200, description = "Signed in.", body = Handed),
        (status = 429, description = "Too many wrong passwords from this place; `Retry-After` says when to try again.",
            body = ProblemBody, content_type = "application/problem+json"), CommandProblems))]
pub(super) async fn log_in(
    call: OpenCall,
    from: ClientAddress,
    headers: HeaderMap,
    State(accounts): State<Accounts>,
    State(sessions): State<Sessions>,
    State(entrance): State<Entrance>,
    Body { value, .. }: Body<LogIn>,
) -> Result<Response, Problem> {
    let device_name = device_name(value.device_name.as_deref())?;
    let address = EmailAddress::parse(&value.email.0).map_err(|_| wrong())?;
    let password = Password::given(&value.password.0).ok_or_else(wrong)?;
    let guesser = entrance.guesser(&address, cookie(&headers, DEVICE_COOKIE), from);
    let wait = entrance.attempt(&guesser, call.now).await;
    if let Some(until) = wait.map_err(|error| super::from_secrets(&error))? {
        note_refusal("too_many", None, &call);
        return Err(slow_down(until, call.now));
    }
    let checked = accounts.check_password(&address, password).await;
    let checked = match checked.map_err(|error| super::super::problem(error, "password"))? {
        Verdict::Right(checked) => checked,
        Verdict::Wrong { account } => {
            note_refusal("wrong", account, &call);
            return Err(wrong());
        }
    };
    let known = entrance.was_right(&guesser).await?;
    if checked.disabled {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "account_disabled",
            "this account is disabled: an administrator can enable it again",
        ));
    }
    let proven = Proven {
        account: checked.account,
        method: SignInMethod::Password,
        client: client_of(&headers),
        device: device_name,
        in_cookie: value.mode == Mode::Cookie,
    };
    let given = super::given(format!("user:{}", checked.account));
    let tokens = sessions.start(proven, &given, call.now).await?;
    let (handed, cookies) = handed(&tokens, &entrance)?;
    let handed = handed.with_outdated(checked.outdated);
    let mut response = (cookies, Json(handed)).into_response();
    if let Some(cookie) = known.and_then(|known| remember(&known, &entrance)) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// No event: whoever attacks could fill the log with them. But somebody may have to look into it.
fn note_refusal(why: &'static str, account: Option<AccountId>, call: &OpenCall) {
    metrics::counter!("accession_sign_ins_refused_total", "why" => why).increment(1);
    let account = account.map(|account| account.to_string());
    tracing::warn!(why, account, place = call.place(), "sign_in.refused");
}

fn remember(known: &str, entrance: &Entrance) -> Option<HeaderValue> {
    let secure = if entrance.cookies.secure {
        "; Secure"
    } else {
        ""
    };
    HeaderValue::from_str(&format!(
        "{DEVICE_COOKIE}={known}; Path=/api/v1/auth; Max-Age={DEVICE_KEPT}; SameSite=Strict; HttpOnly{secure}"
    ))
    .ok()
}

fn device_name(text: Option<&str>) -> Result<Option<String>, Problem> {
    let Some(text) = text else {
        return Ok(None);
    };
    let mut faults = Faults::default();
    match faults.shown("device_name", "bad_text", text, ShortText::parse) {
        Some(name) => Ok(Some(name.as_str().to_owned())),
        None => Err(faults.problem()),
    }
}

fn wrong() -> Problem {
    Problem::unauthenticated(
        "wrong_credentials",
        "the e-mail address or the password is wrong",
    )
}

fn slow_down(until: Timestamp, now: Timestamp) -> Problem {
    let wait = until.duration_since(now).as_secs().max(1);
    let wait = Duration::from_secs(u64::try_from(wait).unwrap_or(1));
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too_many_attempts",
        format!(
            "too many wrong passwords for this account from here: try again in {} s, or reset the password",
            wait.as_secs()
        ),
    )
    .retry_after(wait)
}
