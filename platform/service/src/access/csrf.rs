//! Whether a write that a browser sends with its cookies comes from our own pages: a token that only they can read, bound
//! to the session, and what the browser itself says of where the request comes from.
//!
//! Never asked of a request that brings its token in a header: no other site can make a browser do that.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::header::{HOST, ORIGIN};
use http::{HeaderMap, HeaderName, Method};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::cookies::{CSRF_COOKIE, cookie};
use crate::problem::Problem;

/// The header in which a page repeats the value of its cookie.
pub const CSRF_HEADER: HeaderName = HeaderName::from_static("x-csrf-token");
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Makes and checks tokens against forged requests. Cheap to clone.
#[derive(Clone)]
pub struct Csrf {
    key: [u8; 32],
}

impl Csrf {
    /// Under this key, which is for nothing else.
    #[must_use]
    pub const fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// The token of a session.
    #[must_use]
    pub fn token(&self, session: Uuid) -> String {
        // HMAC fills a short key up to its block with zeros; done here, no key can have a wrong length.
        let mut block = [0; 64];
        if let Some(start) = block.first_chunk_mut() {
            *start = self.key;
        }
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(session.as_bytes());
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }

    /// Refuses a write with the cookies of this session unless it comes from our own pages.
    pub fn check(&self, headers: &HeaderMap, session: Uuid) -> Result<(), Problem> {
        let ours = self.token(session);
        let same = |text: Option<&str>| {
            bool::from(text.unwrap_or_default().as_bytes().ct_eq(ours.as_bytes()))
        };
        let repeated = headers
            .get(CSRF_HEADER)
            .and_then(|value| value.to_str().ok());
        if same(repeated) && same(cookie(headers, CSRF_COOKIE)) && from_here(headers) {
            return Ok(());
        }
        Err(forged())
    }
}

/// Whether a method may change something, so that a request with cookies has to prove where it comes from.
#[must_use]
pub fn is_unsafe(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// The refusal of a request that other pages may have made a browser send.
#[must_use]
pub fn forged() -> Problem {
    Problem::new(
        http::StatusCode::FORBIDDEN,
        "csrf_refused",
        "a write with cookies has to come from our own pages: repeat the cookie accession_csrf in the header X-CSRF-Token",
    )
}

/// What the browser says of the page that sends the request; programs say nothing.
fn from_here(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if !matches!(text(&SEC_FETCH_SITE), None | Some("same-origin" | "none")) {
        return false;
    }
    let Some(origin) = text(&ORIGIN) else {
        return true;
    };
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    authority.is_some() && authority == text(&HOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    fn session() -> Uuid {
        Uuid::from_u128(1)
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let token = Csrf::new(KEY).token(session());
        let mut headers = HeaderMap::new();
        headers.insert("host", "books.example.org".parse().unwrap());
        headers.insert("cookie", format!("accession_csrf={token}").parse().unwrap());
        headers.insert("x-csrf-token", token.parse().unwrap());
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        headers
    }

    fn is_let_in(headers: &HeaderMap) -> bool {
        Csrf::new(KEY).check(headers, session()).is_ok()
    }

    #[test]
    fn a_write_of_our_own_page_is_let_in() {
        for sent in [
            &[][..],
            &[("origin", "https://books.example.org")],
            &[
                ("origin", "https://books.example.org"),
                ("sec-fetch-site", "same-origin"),
            ],
        ] {
            assert!(is_let_in(&headers(sent)), "{sent:?}");
        }
    }

    #[test]
    fn a_write_of_another_page_or_without_both_tokens_is_not() {
        let other = Csrf::new(KEY).token(Uuid::from_u128(2));
        let planted = format!("accession_csrf={other}");
        for sent in [
            &[("origin", "https://evil.example.org")][..],
            &[("origin", "null")],
            &[("origin", "https://books.example.org.evil.org")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("x-csrf-token", "")],
            &[("x-csrf-token", &other)],
            &[("cookie", "other=1")],
            &[("x-csrf-token", &other), ("cookie", &planted)],
        ] {
            assert!(!is_let_in(&headers(sent)), "{sent:?}");
        }
    }
}
