//! What every answer says to a browser: guess no type, show nothing of us in a frame, tell nobody where you come from.
//!
//! Never overwrites what a route has said itself.

use http::header::{
    CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue};

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// An answer of the API is data: a browser that shows it may load and run nothing.
const OF_DATA: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
/// The pages that describe the API: their own scripts, styles and pictures, and nothing from elsewhere.
const OF_PAGES: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);
/// Two years, as browsers' lists of such sites ask.
const TWO_YEARS: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// Says it on an answer: data, or one of the pages that describe the API; `tls` when the request came over TLS.
pub(crate) fn protect(headers: &mut HeaderMap, is_page: bool, tls: bool) {
    headers.reserve(7);
    let policy = if is_page { OF_PAGES } else { OF_DATA };
    for (name, value) in [
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (OPENER_POLICY, HeaderValue::from_static("same-origin")),
        (RESOURCE_POLICY, HeaderValue::from_static("same-site")),
        (
            PERMISSIONS_POLICY,
            HeaderValue::from_static("camera=(), geolocation=(), microphone=()"),
        ),
        (CONTENT_SECURITY_POLICY, policy),
    ] {
        headers.entry(name).or_insert(value);
    }
    if tls {
        headers
            .entry(STRICT_TRANSPORT_SECURITY)
            .or_insert(TWO_YEARS);
    }
}

/// Whether a path is one of the pages that describe the API.
pub(crate) fn is_page(path: &str) -> bool {
    path.strip_prefix("/docs")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, tls: bool) -> HeaderMap {
        let mut headers = HeaderMap::new();
        protect(&mut headers, is_page(path), tls);
        headers
    }

    #[test]
    fn data_may_load_nothing_and_only_the_pages_run_their_own_scripts() {
        for path in ["/api/read/titles", "/docsx", "/", "/openapi.json"] {
            let policy = of(path, false)[CONTENT_SECURITY_POLICY].clone();
            assert!(!policy.to_str().unwrap().contains("script-src"), "{path}");
        }
        for path in ["/docs", "/docs/index.html"] {
            let policy = of(path, false)[CONTENT_SECURITY_POLICY].clone();
            assert!(
                policy.to_str().unwrap().contains("script-src 'self'"),
                "{path}"
            );
        }
    }

    #[test]
    fn transport_security_is_only_promised_over_tls() {
        assert!(!of("/", false).contains_key(STRICT_TRANSPORT_SECURITY));
        assert!(of("/", true).contains_key(STRICT_TRANSPORT_SECURITY));
    }

    #[test]
    fn what_a_route_says_itself_stands() {
        let mut headers = HeaderMap::new();
        headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
        protect(&mut headers, false, false);
        assert_eq!(headers[RESOURCE_POLICY], "cross-origin");
    }
}
