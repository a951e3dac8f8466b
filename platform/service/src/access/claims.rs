//! What our access tokens say, and how one is made.
//!
//! Never reads one: what a token says counts for nothing before its signature was checked.

use std::time::Duration;

use jiff::Timestamp;
use jsonwebtoken::Header;
use serde::{Deserialize, Serialize};

use super::{ACCESS_LIFETIME, AUDIENCE, AccessError, ISSUER, Membership, PURPOSE, Role, Session};
use crate::keys::TokenKey;

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Issuer.
    pub iss: String,
    /// Audience.
    pub aud: String,
    /// What it is for.
    pub purpose: String,
    /// Whom it is about.
    pub sub: String,
    /// Its own id.
    pub jti: String,
    /// Issued at, seconds since 1970.
    pub iat: i64,
    /// Good until, seconds since 1970.
    pub exp: i64,
    /// The library in whose context it was issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub library_id: Option<String>,
    /// What the person may do: in a token that an operator minted on the platform, in one of a session in the library.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The session, in a token that came of signing in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// The position of the log at which the session began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pos: Option<u64>,
    /// The position of the log that was known when the library was selected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lpos: Option<u64>,
    /// Not good before, seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
}

/// Makes an access token.
pub fn mint(key: &TokenKey, claims: &Claims) -> Result<String, AccessError> {
    let mut header = Header::new(key.algorithm);
    header.kid = key.verifying().kid();
    jsonwebtoken::encode(&header, claims, &key.key).map_err(|_| AccessError::Invalid {
        reason: "it could not be signed",
    })
}

/// Claims of an ordinary access token, good from `now` for `lifetime`.
#[must_use]
pub fn access_claims(
    subject: &str,
    role: Option<Role>,
    token_id: String,
    now: Timestamp,
    lifetime: Duration,
) -> Claims {
    let lifetime = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
    Claims {
        iss: ISSUER.into(),
        aud: AUDIENCE.into(),
        purpose: PURPOSE.into(),
        sub: subject.into(),
        jti: token_id,
        iat: now.as_second(),
        exp: now.as_second().saturating_add(lifetime),
        library_id: None,
        role: role.map(|role| role.as_str().to_owned()),
        sid: None,
        pos: None,
        lpos: None,
        nbf: None,
    }
}

/// Claims of an access token of a session: in the context of a library, when one is selected, with the position at which
/// it was.
#[must_use]
pub fn session_claims(
    session: Session,
    library: Option<(&Membership, u64)>,
    token_id: String,
    now: Timestamp,
) -> Claims {
    let subject = session.account.to_string();
    Claims {
        library_id: library.map(|(library, _)| library.library_id.to_string()),
        role: library.map(|(library, _)| library.role.as_str().to_owned()),
        lpos: library.map(|(_, selected_at)| selected_at),
        sid: Some(session.id.to_string()),
        pos: Some(session.since),
        ..access_claims(&subject, None, token_id, now, ACCESS_LIFETIME)
    }
}
