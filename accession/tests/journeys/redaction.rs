//! What a person or a service confides to the server is in no line of its log, however talkative it is told to be.
//!
//! Every route that takes a secret is asked, rightly and wrongly; whether it answers well is tested elsewhere.

use reqwest::Method;
use serde_json::{Value, json};

use crate::system::{Embedded, client, text};

/// What must not be found; each is unlike anything that is logged.
const PASSWORD: &str = "orchid-Tungsten-48-quay";
const NEXT_PASSWORD: &str = "velvet-Gibbon-93-marsh";
const ADDRESS: &str = "zelda.quartermaine@mailbox.example";
const NEXT_ADDRESS: &str = "zq.second@mailbox.example";
const NAME: &str = "Zelda Quartermaine-Oduya";
const MAILED: &str = "mAiLeD0tOkEn0tHaT0nObOdY0mAy0sEe0123456789a";
const FORGED: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ6ZWxkYSJ9.Zm9yZ2VkLXNpZ25hdHVyZQ";
const COOKIE: &str = "cookie-refresh-token-0a1b2c3d4e5f";

/// Everything that takes a secret, with a body that is as it should be.
fn routes() -> Vec<(Method, &'static str, Value)> {
    let post = |path: &'static str, body: Value| (Method::POST, path, body);
    vec![
        post(
            "/api/v1/auth/register",
            json!({ "email": ADDRESS, "password": PASSWORD, "name": NAME, "language": "en",
                "accepted_privacy_version": "2026-11", "accepted_terms_version": "2026-11" }),
        ),
        post(
            "/api/v1/auth/login",
            json!({ "email": ADDRESS, "password": PASSWORD }),
        ),
        post(
            "/api/v1/auth/login",
            json!({ "email": NEXT_ADDRESS, "password": NEXT_PASSWORD }),
        ),
        post("/api/v1/auth/refresh", json!({ "refresh_token": MAILED })),
        post("/api/v1/auth/logout", json!({ "refresh_token": MAILED })),
        post("/api/v1/auth/verify-email", json!({ "token": MAILED })),
        post(
            "/api/v1/auth/resend-verification",
            json!({ "email": ADDRESS }),
        ),
        post("/api/v1/auth/forgot-password", json!({ "email": ADDRESS })),
        post(
            "/api/v1/auth/reset-password",
            json!({ "token": MAILED, "new_password": NEXT_PASSWORD }),
        ),
        post(
            "/api/v1/auth/confirm-email-change",
            json!({ "token": MAILED }),
        ),
        post(
            "/api/v1/users/me/email/change",
            json!({ "new_email": NEXT_ADDRESS, "current_password": PASSWORD }),
        ),
        post(
            "/api/v1/users/me/password",
            json!({ "current_password": PASSWORD, "new_password": NEXT_PASSWORD }),
        ),
        (Method::PATCH, "/api/v1/users/me", json!({ "name": NAME })),
        post(
            "/api/v1/libraries/0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c/members/invite",
            json!({ "email": ADDRESS, "name": NAME, "role": "viewer" }),
        ),
        post("/api/v1/invitations/accept", json!({ "token": MAILED })),
        post(
            "/api/v1/auth/oauth/example/callback",
            json!({ "code": MAILED, "state": COOKIE }),
        ),
        post("/api/v1/titles", json!({ "kind": "book", "name": "Told" })),
        (
            Method::DELETE,
            "/api/v1/users/me",
            json!({ "current_password": PASSWORD }),
        ),
    ]
}

/// The body as it should be, and ways in which it is not: one more field, cut off, the wrong kind.
fn bodies(right: &Value) -> Vec<String> {
    let mut more = right.clone();
    more[PASSWORD] = json!({ "why": ADDRESS });
    let text = right.to_string();
    let cut = text.chars().take(text.chars().count() - 2).collect();
    let listed = json!([right]).to_string();
    vec![text, more.to_string(), cut, listed]
}

/// What a request says about its sender.
async fn ask(url: &str, method: &Method, path: &str, body: String, bearer: &str) {
    let answer = client()
        .request(method.clone(), format!("{url}{path}?token={MAILED}"))
        .bearer_auth(bearer)
        .header("cookie", format!("accession_refresh={COOKIE}"))
        .header("x-csrf-token", MAILED)
        .header("idempotency-key", ADDRESS)
        .header("content-type", "application/json")
        .body(body)
        .send()
        .await
        .unwrap();
    assert!(
        answer.status().as_u16() < 500,
        "{method} {path}: {}",
        answer.status()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_and_no_address_is_in_the_log_at_its_most_talkative() {
    let settings = [
        ("ACCESSION_LOG_FILTER".to_owned(), "trace".to_owned()),
        (
            "ACCESSION_ROOT_KEY".to_owned(),
            "dHJhY2UtbG9nLXRlc3Qtcm9vdC1rZXktMzItYnl0ZXM".to_owned(),
        ),
    ];
    let mut system = Embedded::start_with(settings.to_vec()).await;
    let issue = [
        "credential",
        "issue",
        "--name",
        "n",
        "--scope",
        "import",
        "--quiet",
    ];
    let credential = text(&system.run(&issue));
    let token = system.token("admin");
    let url = system.server.url.clone();
    for (method, path, right) in routes() {
        for body in bodies(&right) {
            ask(&url, &method, path, body, FORGED).await;
        }
        ask(&url, &method, path, right.to_string(), &token).await;
        ask(&url, &method, path, right.to_string(), &credential).await;
    }
    system.server.terminate();
    let log = std::fs::read_to_string(system.data().join("all.log")).unwrap();
    assert!(log.contains("/api/v1/titles"), "requests are logged");
    assert!(log.contains("\"TRACE\""), "at the most talkative level");
    let secrets = [
        PASSWORD,
        NEXT_PASSWORD,
        ADDRESS,
        NEXT_ADDRESS,
        "zelda.quartermaine",
        NAME,
        MAILED,
        FORGED,
        COOKIE,
        &credential,
        &token,
        "dHJhY2UtbG9nLXRlc3Qtcm9vdC1rZXktMzItYnl0ZXM",
    ];
    let found: Vec<&str> = log
        .lines()
        .filter(|line| secrets.iter().any(|secret| line.contains(secret)))
        .take(5)
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}
