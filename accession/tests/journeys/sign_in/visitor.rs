//! A house with one provider, and visitors who come by it: each with a browser and a cookie of their own.
//!
//! Never looks inside: everything goes over HTTP.

use std::collections::BTreeMap;

use accession_testkit::{Arrived, Browser, OidcPerson, OidcProvider, PrivateOidcProvider};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

use super::{ADMIN, Back};
use crate::system::{Embedded, client};

/// An answer, read to its end.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) status: u16,
    headers: HeaderMap,
    body: Value,
}

impl Answered {
    async fn of(answer: Response) -> Self {
        Self {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            body: serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default(),
        }
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    pub(super) fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{:?}", self.body);
        self.body
    }

    #[track_caller]
    pub(super) fn created(self) {
        assert_eq!(self.status, 201, "{:?}", self.body);
    }

    pub(super) fn problem(&self) -> (u16, &str) {
        (
            self.status,
            self.body["code"].as_str().unwrap_or("no problem"),
        )
    }
}

/// A server and its one provider.
pub(super) struct House {
    pub(super) system: Embedded,
    pub(super) provider: PrivateOidcProvider,
}

/// The provider, and whom it knows.
pub(super) fn provider() -> OidcProvider {
    OidcProvider {
        people: people("ana@example.org"),
        ..OidcProvider::default()
    }
}

fn people(address_of_ana: &str) -> BTreeMap<String, OidcPerson> {
    let person = |email: &str, email_verified, name: &str| OidcPerson {
        email: email.into(),
        email_verified,
        name: name.into(),
    };
    BTreeMap::from([
        ("ana".into(), person(address_of_ana, true, "Ana Prova")),
        ("bob".into(), person("bob@example.org", true, "Bob")),
        ("eve".into(), person(ADMIN, false, "Eve")),
        ("root".into(), person(ADMIN, true, "Root")),
    ])
}

/// Settings of a server that knows this provider, and has an administrator.
pub(super) fn settings(issuer: &str) -> Vec<(String, String)> {
    let OidcProvider {
        client_id,
        client_secret,
        ..
    } = OidcProvider::default();
    let providers = format!(
        r#"{{work={{issuer="{issuer}",client_id="{client_id}",client_secret="{client_secret}",display_name="Work"}}}}"#
    );
    let password = std::env::temp_dir().join(format!("accession-sign-in-{}", std::process::id()));
    std::fs::write(&password, "the administrator of a test house\n").unwrap();
    [
        ("ACCESSION_SIGN_IN_PROVIDERS", providers),
        ("ACCESSION_PUBLIC_URL", "https://books.example".into()),
        ("ACCESSION_ADMIN_EMAIL", ADMIN.into()),
        (
            "ACCESSION_ADMIN_PASSWORD_FILE",
            password.display().to_string(),
        ),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value))
    .collect()
}

impl House {
    /// None, and a word about it, when the provider's packages are not installed.
    pub(super) async fn open() -> Option<Self> {
        if !OidcProvider::installed() {
            return None;
        }
        let provider = PrivateOidcProvider::start_server(provider()).await;
        let system = Embedded::start_with(settings(&provider.url())).await;
        Some(Self { system, provider })
    }

    pub(super) fn move_ana_to(&self, address: &str) {
        self.provider.know(&people(address));
    }

    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        client().request(method, format!("{}{path}", self.system.server.url))
    }

    pub(super) async fn get(&self, path: &str) -> Answered {
        Answered::of(self.request(Method::GET, path).send().await.unwrap()).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Answered {
        send(self.request(Method::POST, path).json(body)).await
    }

    /// As a browser that navigates there; the redirect is not followed.
    pub(super) async fn start_page(&self, provider: &str, query: &str) -> Answered {
        let still = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let url = format!(
            "{}/api/v1/auth/oauth/{provider}/start?{query}",
            self.system.server.url
        );
        let request = still
            .build()
            .unwrap()
            .get(url)
            .header("accept", "text/html,*/*;q=0.8");
        send(request).await
    }
}

pub(super) async fn send(request: RequestBuilder) -> Answered {
    Answered::of(request.send().await.unwrap()).await
}

/// Somebody with a browser.
pub(super) struct Visitor<'a> {
    house: &'a House,
    browser: Browser,
    cookie: Option<String>,
    pub(super) token: Option<String>,
}

impl<'a> Visitor<'a> {
    pub(super) fn of(house: &'a House) -> Self {
        Self {
            house,
            browser: Browser::new(),
            cookie: None,
            token: None,
        }
    }

    /// What ties the attempts to this browser.
    pub(super) fn cookie(&self) -> String {
        let pair = self.cookie.clone().unwrap_or_default();
        pair.split_once('=')
            .map_or(String::new(), |(_, value)| value.to_owned())
    }

    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.house.request(method, path);
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Leaves for the provider, signs in there, and comes back with what the callback wants.
    pub(super) async fn leave_and_return(&mut self, login: &str) -> Back {
        let path = "/api/v1/auth/oauth/work/start";
        let departure = send(self.request(Method::GET, path)).await;
        self.follow(departure, login).await
    }

    pub(super) async fn follow(&mut self, departure: Answered, login: &str) -> Back {
        let cookie = departure
            .header("set-cookie")
            .split(';')
            .next()
            .unwrap_or_default();
        self.cookie = Some(cookie.to_owned());
        let departure = departure.ok();
        // Not signed in at the provider yet: it would not ask who comes.
        self.browser = Browser::new();
        let url = departure["authorization_url"].as_str().unwrap();
        match self.browser.sign_in(url, login).await {
            Arrived::Back(url) => url
                .query_pairs()
                .map(|(key, value)| (key.into_owned(), Value::from(value.into_owned())))
                .collect::<serde_json::Map<String, Value>>()
                .into(),
            Arrived::Page(status, page) => panic!("the provider shows a page, {status}: {page}"),
        }
    }

    pub(super) async fn callback(&self, back: &Back) -> Answered {
        let path = "/api/v1/auth/oauth/work/callback";
        send(self.request(Method::POST, path).json(back)).await
    }

    pub(super) async fn sign_in(&mut self, login: &str) -> Answered {
        let back = self.leave_and_return(login).await;
        self.callback(&back).await
    }

    pub(super) async fn agree(&self, continuation: &str) -> Answered {
        let body = json!({
            "continuation": continuation, "name": "Ana Prova",
            "accepted_privacy_version": "2026-11", "accepted_terms_version": "2026-11",
        });
        let path = "/api/v1/auth/oauth/work/consent";
        send(self.request(Method::POST, path).json(&body)).await
    }

    /// Comes in as a new person, and stays signed in.
    pub(super) async fn come_in(&mut self, login: &str) {
        let asked = self.sign_in(login).await.ok();
        let session = self
            .agree(asked["continuation"].as_str().unwrap())
            .await
            .ok();
        self.token = session["access_token"].as_str().map(str::to_owned);
    }
}

/// Whose session an answer tells of.
pub(super) fn account_of(session: &Value) -> String {
    let token = session["access_token"]
        .as_str()
        .unwrap_or_else(|| panic!("{session}"));
    let claims = token.split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    claims["sub"].as_str().unwrap().to_owned()
}

/// The same with another value.
pub(super) fn with(back: &Back, key: &str, value: String) -> Back {
    let mut changed = back.clone();
    changed[key] = value.into();
    changed
}
