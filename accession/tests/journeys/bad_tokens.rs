//! Every route of the product against every bad token we can think of: nobody is let in, nothing breaks, nothing is
//! echoed.
//!
//! The routes are those of the API description, so that a new one is in here without anybody thinking of it.

mod forging;

use accession_events::ids::LibraryId;
use futures_util::{StreamExt as _, stream};
use reqwest::header::HeaderValue;
use reqwest::{Client, Method};
use serde_json::Value;

use crate::system::{Embedded, client, json, text};
use forging::{CANARY, Forger, Lie};

/// An id that nobody has.
const NOBODY: &str = "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c";
const AT_ONCE: usize = 8;

/// A route as the API description tells of it.
#[derive(Debug, Clone)]
struct Route {
    method: Method,
    path: String,
    /// It admits nobody without a token.
    closed: bool,
    /// A token that is there must be good, be it needed or not.
    looks_at_tokens: bool,
}

impl Route {
    fn of(method: Method, path: &str, security: Option<&Vec<Value>>) -> Self {
        let ways = security.map_or(&[][..], Vec::as_slice);
        let without_any = ways.is_empty() || ways.iter().any(|way| way == &serde_json::json!({}));
        Self {
            method,
            path: path.to_owned(),
            closed: !without_any,
            looks_at_tokens: ways.iter().any(|way| way.get("bearer").is_some()),
        }
    }

    fn address(&self) -> String {
        let mut parts = self.path.split('{');
        let mut address = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            address.push_str(NOBODY);
            address.push_str(part.split_once('}').map_or("", |(_, rest)| rest));
        }
        address
    }
}

async fn routes(url: &str) -> Vec<Route> {
    let description = json(&format!("{url}/openapi.json")).await;
    let mut routes = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method = method.to_uppercase();
            if !["GET", "PUT", "POST", "PATCH", "DELETE"].contains(&method.as_str()) {
                continue;
            }
            let security = operation.get("security").or(description.get("security"));
            let security = security.and_then(Value::as_array);
            routes.push(Route::of(method.parse().unwrap(), path, security));
        }
    }
    assert!(routes.len() > 60, "only {} routes", routes.len());
    routes
}

/// What is wrong with the answer to a bad token, if anything.
async fn fault(client: &Client, url: &str, route: &Route, lie: &Lie) -> Option<String> {
    let value = HeaderValue::from_bytes(&lie.header).unwrap();
    let request = client
        .request(route.method.clone(), format!("{url}{}", route.address()))
        .header("authorization", value)
        .header("content-type", "application/json")
        .body("{}");
    let answer = match request.send().await {
        Ok(answer) => answer,
        Err(error) => return Some(format!("no answer: {error}")),
    };
    let status = answer.status().as_u16();
    let kind = answer.headers().get("content-type").cloned();
    let headers = format!("{:?}", answer.headers());
    let body = answer.text().await.unwrap_or_default();
    if [CANARY, &lie.secret]
        .iter()
        .any(|secret| body.contains(*secret) || headers.contains(*secret))
    {
        return Some(format!("{status} echoes what was sent: {body}"));
    }
    if status >= 500 {
        return Some(format!("{status}: {body}"));
    }
    if route.looks_at_tokens {
        let problem = kind.is_some_and(|kind| kind == "application/problem+json");
        if ![401, 403].contains(&status) || !problem {
            return Some(format!("{status}: {body}"));
        }
    }
    None
}

/// Sends every lie to every route; what was wrong with any answer.
async fn all_faults(url: &str, routes: &[Route], lies: &[Lie]) -> Vec<String> {
    let client = client();
    let pairs = routes
        .iter()
        .flat_map(|route| lies.iter().map(move |lie| (route, lie)));
    stream::iter(pairs)
        .map(|(route, lie)| {
            let client = client.clone();
            async move {
                let found = fault(&client, url, route, lie).await;
                found.map(|found| {
                    format!("{} {} with {}: {found}", route.method, route.path, lie.name)
                })
            }
        })
        .buffer_unordered(AT_ONCE)
        .filter_map(async |found| found)
        .collect()
        .await
}

fn none(faults: &[String]) {
    let shown: Vec<&String> = faults.iter().take(20).collect();
    assert!(
        faults.is_empty(),
        "{} faults, such as {shown:#?}",
        faults.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_route_lets_a_forged_stale_or_misdirected_token_in() {
    let system = Embedded::start().await;
    let url = &system.server.url;
    let routes = routes(url).await;
    let forger = Forger::with_the_key_of(system.data());
    none(&all_faults(url, &routes, &forger.lies()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_that_all_forgeries_begin_with_is_good() {
    let system = Embedded::start().await;
    let forger = Forger::with_the_key_of(system.data());
    let url = format!("{}/api/v1/admin/read-models", system.server.url);
    let good = forger.good();
    let answer = client().get(url).bearer_auth(good).send().await.unwrap();
    assert_eq!(
        answer.status().as_u16(),
        200,
        "{}",
        answer.text().await.unwrap()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_closed_route_answers_without_a_token_or_with_what_is_no_token() {
    let system = Embedded::start().await;
    let url = &system.server.url;
    let closed: Vec<Route> = routes(url)
        .await
        .into_iter()
        .filter(|route| route.closed)
        .collect();
    assert!(closed.len() > 50, "only {} closed routes", closed.len());
    let client = client();
    for route in &closed {
        let address = format!("{url}{}", route.address());
        let answer = client
            .request(route.method.clone(), address)
            .send()
            .await
            .unwrap();
        let status = answer.status().as_u16();
        let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default();
        assert_eq!(
            (status, body["code"].as_str()),
            (401, Some("token_missing")),
            "{route:?}"
        );
    }
    none(&all_faults(url, &closed, &forging::no_tokens()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_of_one_scope_and_secrets_of_other_purposes_open_nothing_else() {
    let system = Embedded::start().await;
    let url = &system.server.url;
    let issued = text(&system.run(&[
        "credential",
        "issue",
        "--scope",
        "import",
        "--name",
        "battery",
    ]));
    let credential = issued
        .split_whitespace()
        .find(|word| word.starts_with("acc_"))
        .unwrap();
    let closed = routes(url).await.into_iter().filter(|route| route.closed);
    let others: Vec<Route> = closed
        .filter(|route| !route.path.starts_with("/api/v1/internal"))
        .collect();
    let cut = credential.get(..credential.len() - 1).unwrap_or_default();
    let lies = [
        Lie::bearer("a credential of another scope", credential),
        Lie::bearer("a truncated credential", cut),
        Lie::bearer(
            "a credential with something behind it",
            &format!("{credential}x"),
        ),
    ];
    none(&all_faults(url, &others, &lies).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_in_the_token_opens_no_library() {
    let system = Embedded::start().await;
    let url = &system.server.url;
    let forger = Forger::with_the_key_of(system.data());
    let library: LibraryId = NOBODY.parse().unwrap();
    let closed: Vec<Route> = routes(url)
        .await
        .into_iter()
        .filter(|route| route.closed)
        .collect();
    none(
        &all_faults(
            url,
            &closed,
            &forger.of_a_foreign_library(&library.to_string()),
        )
        .await,
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_lie_is_believed_because_a_browser_keeps_it_as_a_cookie() {
    let system = Embedded::start().await;
    let url = &system.server.url;
    let forger = Forger::with_the_key_of(system.data());
    let client = client();
    let asked = format!("{url}/api/read/me");
    let written = format!("{url}/api/v1/auth/logout-all");
    for lie in forger.lies() {
        let token = lie.header.strip_prefix(b"Bearer ").unwrap_or_default();
        let cookie = HeaderValue::from_bytes(&[b"accession_access=", token].concat()).unwrap();
        for request in [client.get(&asked), client.post(&written)] {
            let request = request.header("cookie", cookie.clone());
            let answer = request.send().await.unwrap();
            let status = answer.status().as_u16();
            let body = answer.text().await.unwrap();
            let refused = status == 401 || status == 403;
            assert!(
                refused && !body.contains(CANARY),
                "{}: {status} {body}",
                lie.name
            );
        }
    }
    // What the forgeries begin with is an operator's: it has no session, so no write with a cookie can be its own.
    let good = format!("accession_access={}", forger.good());
    let answer = client.post(&written).header("cookie", good).send().await;
    assert_eq!(answer.unwrap().status().as_u16(), 403);
}
