//! A browser that keeps its tokens in cookies: it reads with them, and writes from our own pages only.
//!
//! Never a token in a body or in reach of a script.

use reqwest::{Method, RequestBuilder};
use serde_json::json;

use crate::premises::{PASSWORD, Person, Premises, Said};

pub(super) async fn a_browser_keeps_its_tokens_in_cookies(at: &Premises, who: &Person) {
    let body = json!({ "email": who.email, "password": PASSWORD, "mode": "cookie" });
    let handed = at.post("/api/v1/auth/login", "", &body).await;
    let told = handed.ok();
    assert_eq!(told["token_type"], "cookie");
    assert!(
        told.get("access_token").is_none() && told.get("refresh_token").is_none(),
        "{told}"
    );
    let jar = handed.cookies();
    for cookie in handed.headers.get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.contains("SameSite="), "{cookie}");
        assert!(
            cookie.contains("HttpOnly") || cookie.starts_with("accession_csrf="),
            "{cookie}"
        );
    }
    let csrf = told["csrf_token"].as_str().unwrap();
    let with = |request: RequestBuilder| request.header("cookie", &jar);
    let session = told["session_id"].as_str().unwrap();
    let asks = Said::to(with(at.request(Method::GET, "/api/read/me", ""))).await;
    assert_eq!(asks.ok()["id"], json!(who.account));
    let makes = || {
        let request = with(at.request(Method::POST, "/api/v1/libraries", ""));
        request.json(&json!({ "name": "By cookie", "kind": "family" }))
    };
    for forged in [
        makes(),
        makes().header("x-csrf-token", "AAAA"),
        makes()
            .header("x-csrf-token", csrf)
            .header("origin", "https://evil.example"),
        makes()
            .header("x-csrf-token", csrf)
            .header("sec-fetch-site", "cross-site"),
        with(at.request(Method::POST, "/api/v1/auth/refresh", "")),
        with(at.request(Method::POST, "/api/v1/auth/logout-all", "")),
    ] {
        Said::to(forged).await.refused(403, "csrf_refused");
    }
    let made = Said::to(makes().header("x-csrf-token", csrf)).await;
    assert_eq!(made.status, 201, "{made:?}");
    at.heard_of(made.position());
    let refreshed = with(at.request(Method::POST, "/api/v1/auth/refresh", ""));
    let refreshed = Said::to(refreshed.header("x-csrf-token", csrf)).await;
    refreshed.ok();
    assert_ne!(refreshed.cookies(), jar);
    it_leaves(at, &refreshed.cookies(), csrf, session).await;
}

async fn it_leaves(at: &Premises, jar: &str, csrf: &str, session: &str) {
    let mine = at.request(Method::GET, "/api/read/me/sessions", "");
    let mine = Said::to(mine.header("cookie", jar)).await;
    assert!(mine.each("id").contains(&json!(session)), "{mine:?}");
    let leaves = at.request(Method::POST, "/api/v1/auth/logout", "");
    let leaves = leaves.header("cookie", jar).header("x-csrf-token", csrf);
    let left = Said::to(leaves).await;
    assert_eq!(left.status, 204, "{left:?}");
    for cookie in left.headers.get_all("set-cookie") {
        assert!(cookie.to_str().unwrap().contains("Max-Age=0"), "{left:?}");
    }
    at.heard_of(left.position());
    let after = at.request(Method::GET, "/api/read/me", "");
    let after = Said::to(after.header("cookie", jar)).await;
    after.refused(401, "session_ended");
}
