//! The cookies in which a browser keeps its tokens, so that no script can read them.
//!
//! Never believed for a write by themselves: see [`super::Csrf`].

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

/// Holds the access token; no script reads it.
pub const ACCESS_COOKIE: &str = "accession_access";
/// Holds the refresh token; sent to the routes of authentication only.
pub const REFRESH_COOKIE: &str = "accession_refresh";
/// Holds the token that a script of our own pages repeats in a header.
pub const CSRF_COOKIE: &str = "accession_csrf";
/// Where the refresh token is sent.
pub const REFRESH_PATH: &str = "/api/v1/auth";

/// How cookies are set here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CookieOptions {
    /// Whether browsers may send them over TLS only; everywhere but on a developer's own machine.
    pub secure: bool,
}

/// What one cookie is like beside its name and value.
#[derive(Debug, Clone, Copy)]
pub struct CookieKind {
    /// Its name.
    pub name: &'static str,
    path: &'static str,
    script: bool,
    same_site: &'static str,
}

/// The cookie of the access token.
pub const ACCESS: CookieKind = CookieKind {
    name: ACCESS_COOKIE,
    path: "/api",
    script: false,
    same_site: "Lax",
};
/// The cookie of the refresh token.
pub const REFRESH: CookieKind = CookieKind {
    name: REFRESH_COOKIE,
    path: REFRESH_PATH,
    script: false,
    same_site: "Strict",
};
/// The cookie of the token against forged requests.
pub const CSRF: CookieKind = CookieKind {
    name: CSRF_COOKIE,
    path: "/",
    script: true,
    same_site: "Strict",
};

impl CookieKind {
    /// A `Set-Cookie` that keeps this value for so many seconds; 0 forgets it. None when the value cannot be in a header.
    #[must_use]
    pub fn set(&self, value: &str, seconds: u64, options: CookieOptions) -> Option<HeaderValue> {
        let mut text = format!(
            "{}={value}; Path={}; Max-Age={seconds}; SameSite={}",
            self.name, self.path, self.same_site
        );
        if !self.script {
            text.push_str("; HttpOnly");
        }
        if options.secure {
            text.push_str("; Secure");
        }
        HeaderValue::from_str(&text).ok()
    }
}

/// The value of a cookie of a request. One that is there twice is not believed.
#[must_use]
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut found = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value.trim_matches('"'));
    let value = found.next()?;
    found.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others_and_not_believed_when_it_is_there_twice() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "a=1; accession_access=token".parse().unwrap());
        assert_eq!(cookie(&headers, ACCESS_COOKIE), Some("token"));
        assert_eq!(cookie(&headers, "accession"), None);
        headers.append(COOKIE, "accession_access=planted".parse().unwrap());
        assert_eq!(cookie(&headers, ACCESS_COOKIE), None);
    }

    #[test]
    fn tokens_are_out_of_reach_of_scripts_and_of_plain_http() {
        let secure = CookieOptions { secure: true };
        let access = ACCESS.set("t", 900, secure).unwrap();
        assert_eq!(
            access,
            "accession_access=t; Path=/api; Max-Age=900; SameSite=Lax; HttpOnly; Secure"
        );
        let refresh = REFRESH
            .set("t", 0, CookieOptions { secure: false })
            .unwrap();
        assert_eq!(
            refresh,
            "accession_refresh=t; Path=/api/v1/auth; Max-Age=0; SameSite=Strict; HttpOnly"
        );
        let csrf = CSRF.set("t", 900, secure).unwrap();
        assert!(!csrf.to_str().unwrap().contains("HttpOnly"));
    }
}
