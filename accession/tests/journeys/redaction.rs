//! What a person or a service confides to the server is in no line of its log, however talkative it is told to be.
//!
//! Every route of the table is asked, rightly and wrongly, and a life with real secrets is lived; whether all is answered well is
//! tested elsewhere. Never a secret that could stand in a log by chance.

mod life;

use accession_service::access::routes;
use accession_testkit::{PrivateSmtp, Smtp, eventually};
use reqwest::Method;
use serde_json::{Value, json};

use crate::system::{Embedded, SOON, client, text};
use life::{ADMIN, ADMIN_PASSWORD, Life};

const ROOT_KEY: &str = "dHJhY2UtbG9nLXRlc3Qtcm9vdC1rZXktMzItYnl0ZXM";
/// An id that nobody has.
const NOBODY: &str = "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c";

/// What must not be found; each is unlike anything that is logged.
const PASSWORD: &str = "orchid-Tungsten-48-quay";
const NEXT_PASSWORD: &str = "velvet-Gibbon-93-marsh";
const ADDRESS: &str = "zelda.quartermaine@mailbox.example";
const NEXT_ADDRESS: &str = "zq.second@mailbox.example";
const NAME: &str = "Zelda Quartermaine-Oduya";
const MAILED: &str = "mAiLeD0tOkEn0tHaT0nObOdY0mAy0sEe0123456789a";
const FORGED: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ6ZWxkYSJ9.Zm9yZ2VkLXNpZ25hdHVyZQ";
const COOKIE: &str = "cookie-refresh-token-0a1b2c3d4e5f";

/// A body with every field in which anybody is told a secret, an address or a name.
fn everything() -> Value {
    json!({
        "email": ADDRESS, "new_email": NEXT_ADDRESS, "name": NAME, "full_name": NAME, "device_name": NAME,
        "password": PASSWORD, "current_password": PASSWORD, "new_password": NEXT_PASSWORD,
        "token": MAILED, "refresh_token": MAILED, "confirmation": MAILED, "continuation": MAILED,
        "code": MAILED, "state": COOKIE, "reason": NAME, "description": NAME, "language": "en",
        "accepted_privacy_version": "1", "accepted_terms_version": "1",
    })
}

/// Which of those fields a route takes: so much of the body as it is described to have.
fn told(description: &Value, method: &str, path: &str) -> Value {
    let operation = &description["paths"][path][method.to_lowercase()];
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    let name = schema["$ref"].as_str().unwrap_or_default();
    let name = name.rsplit('/').next().unwrap_or_default();
    let fields = description["components"]["schemas"][name]["properties"].as_object();
    let mut body = everything();
    let known = |field: &String| fields.is_some_and(|fields| fields.contains_key(field));
    body.as_object_mut()
        .unwrap()
        .retain(|field, _| known(field));
    body
}

fn address(path: &str) -> String {
    let filled = |part: &str| if part.starts_with('{') { NOBODY } else { part }.to_owned();
    path.split('/').map(filled).collect::<Vec<_>>().join("/")
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

/// A server that says all it can, with an administrator and somebody who takes mail.
async fn talkative(mail: &str) -> Embedded {
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), ADMIN_PASSWORD).unwrap();
    let settings = [
        ("ACCESSION_LOG_FILTER", "trace".to_owned()),
        ("ACCESSION_ROOT_KEY", ROOT_KEY.to_owned()),
        ("ACCESSION_MAIL_URL", mail.to_owned()),
        (
            "ACCESSION_MAIL_FROM",
            "Books <books@example.org>".to_owned(),
        ),
        ("ACCESSION_ADMIN_EMAIL", ADMIN.to_owned()),
        (
            "ACCESSION_ADMIN_PASSWORD_FILE",
            secret.path().display().to_string(),
        ),
    ];
    let settings = settings.map(|(key, value)| (key.to_owned(), value));
    Embedded::start_with(settings.to_vec()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_and_no_address_is_in_the_log_at_its_most_talkative() {
    // Without a mail server the log is the mailbox, in development: there links have to be.
    if !Smtp::installed() {
        return;
    }
    let mail = PrivateSmtp::start().await;
    let mut system = talkative(&mail.url()).await;
    let issue = ["credential", "issue", "--name", "n", "--quiet"];
    let credential = text(&system.run(&[&issue[..], &["--scope", "import"]].concat()));
    let token = system.token("admin");
    let url = system.server.url.clone();
    let mut life = Life::at(&url);
    life.live().await;
    let described = crate::system::json(&format!("{url}/openapi.json")).await;
    for route in routes::table() {
        let (method, path) = (route.method.parse().unwrap(), address(route.path));
        let right = told(&described, route.method, route.path);
        for body in bodies(&right) {
            ask(&url, &method, &path, body, FORGED).await;
        }
        ask(&url, &method, &path, everything().to_string(), &token).await;
        ask(&url, &method, &path, right.to_string(), &token).await;
        ask(&url, &method, &path, right.to_string(), &credential).await;
    }
    eventually(SOON, async || mail.mails().len() >= 4).await;
    let shown = crate::system::get(&format!("{url}/metrics")).await;
    let shown = shown.text().await.unwrap();
    system.server.terminate();
    let log = std::fs::read_to_string(system.data().join("all.log")).unwrap();
    assert!(log.contains("/api/v1/titles"), "requests are logged");
    assert!(log.contains("\"TRACE\""), "at the most talkative level");
    let mut secrets = life.secrets;
    let known = [
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
        ROOT_KEY,
    ];
    secrets.extend(known.map(str::to_owned));
    assert!(secrets.len() > 20, "a life has secrets");
    let found: Vec<&str> = log
        .lines()
        .chain(shown.lines())
        .filter(|line| secrets.iter().any(|secret| line.contains(secret)))
        .take(5)
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}
