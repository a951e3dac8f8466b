//! The cookie by which a browser that began an attempt is known again, and fresh secrets.
//!
//! Never says who the person is: it ties an answer to a departure, for ten minutes.

use ::http::header::COOKIE;
use ::http::{HeaderMap, HeaderValue};
use accession_service::keys::random_bytes;
use accession_service::problem::Problem;
use accession_sign_in::ENTROPY;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::identity::sign_in::{ATTEMPT_LIFETIME, SignIn};

/// Characters of 32 bytes in base64url.
const LENGTH: usize = 43;

/// Over https the name itself sees to it that no other host and no plain page has set it.
const fn name(https: bool) -> &'static str {
    if https {
        "__Host-accession-sign-in"
    } else {
        "accession-sign-in"
    }
}

/// The browser's secret, if it has one; two attempts of one browser share it.
pub(super) fn known(sign_in: &SignIn, headers: &HeaderMap) -> Option<String> {
    let wanted = name(sign_in.https());
    let cookies = headers.get_all(COOKIE).iter();
    let pairs = cookies
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'));
    pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, value)| *name == wanted && is_secret(value))
        .map(|(_, value)| value.to_owned())
}

fn is_secret(text: &str) -> bool {
    text.len() == LENGTH
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// The cookie's line.
pub(super) fn cookie(sign_in: &SignIn, secret: &str) -> Result<HeaderValue, Problem> {
    let https = sign_in.https();
    let (name, secure) = (name(https), if https { "; Secure" } else { "" });
    let seconds = ATTEMPT_LIFETIME.as_secs();
    let line =
        format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&line).map_err(|_| Problem::internal())
}

/// A fresh secret.
pub(super) fn fresh_secret() -> Result<String, Problem> {
    Ok(URL_SAFE_NO_PAD.encode(random()?))
}

/// Fresh bytes for the secrets of an attempt.
pub(super) fn fresh_entropy() -> Result<[u8; ENTROPY], Problem> {
    let mut bytes = [0; ENTROPY];
    for part in bytes.chunks_exact_mut(32) {
        part.copy_from_slice(&random()?);
    }
    Ok(bytes)
}

fn random() -> Result<[u8; 32], Problem> {
    random_bytes().map_err(|error| {
        tracing::error!(%error, "an attempt to sign in could not be begun");
        Problem::internal()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_we_could_have_set_is_taken_for_the_secret() {
        assert!(is_secret(&URL_SAFE_NO_PAD.encode([9; 32])));
        for other in ["", "x", &"é".repeat(43), &"x".repeat(44), &"; ".repeat(22)] {
            assert!(!is_secret(other), "{other}");
        }
    }
}
