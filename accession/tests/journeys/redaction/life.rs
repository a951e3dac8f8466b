//! A life with real secrets: somebody is asked into a library, comes, works in a browser and by tokens, changes what protects
//! the account, and goes.
//!
//! Never looks at an answer for more than the secrets in it; whether all is answered well is tested elsewhere.

use accession_secrets::RootKey;
use accession_secrets::challenges::{ChallengePurpose, ChallengeTokens};
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{ADDRESS, NAME, NEXT_ADDRESS, NEXT_PASSWORD, PASSWORD, ROOT_KEY};
use crate::system::client;

/// The administrator of the server, who asks others in.
pub(super) const ADMIN: &str = "head.librarian@mailbox.example";
/// And their password.
pub(super) const ADMIN_PASSWORD: &str = "granite-Heron-27-lantern";
/// What the library is called: not a secret, and nobody's business in a log.
const LIBRARY: &str = "Quartermaine's shelves";

/// Somebody who lives it, and all secrets that were told on the way.
pub(super) struct Life<'a> {
    url: &'a str,
    pub(super) secrets: Vec<String>,
}

/// An answer: its fields, and the cookies that it sets.
struct Told {
    body: Value,
    cookies: Vec<(String, String)>,
}

impl<'a> Life<'a> {
    pub(super) fn at(url: &'a str) -> Self {
        let known = [ADMIN, ADMIN_PASSWORD, LIBRARY].map(str::to_owned);
        Self {
            url,
            secrets: known.to_vec(),
        }
    }

    /// All of it.
    pub(super) async fn live(&mut self) {
        let admin = self.log_in(ADMIN, ADMIN_PASSWORD, "bearer").await;
        let admin = admin.body["access_token"].as_str().unwrap().to_owned();
        let library = json!({ "name": LIBRARY, "kind": "family" });
        let made = self.post("libraries", &admin, library).await;
        let library = made.body["id"].as_str().unwrap().to_owned();
        self.come_in(&admin, &library).await;
        self.work_with_tokens().await;
        self.work_in_a_browser().await;
        self.go().await;
    }

    /// Is asked by mail, and comes with the link.
    async fn come_in(&mut self, admin: &str, library: &str) {
        let members = format!("libraries/{library}/members");
        let asked = json!({ "email": ADDRESS, "full_name": NAME, "role": "editor" });
        let asked = self.post(&members, admin, asked).await;
        let challenge = asked.body["invitation_id"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        let tokens = ChallengeTokens::new(&RootKey::parse(ROOT_KEY, "a test").unwrap());
        let mailed = tokens.token(ChallengePurpose::Invitation, challenge);
        let came = json!({ "token": mailed, "email": ADDRESS, "full_name": NAME, "password": PASSWORD,
            "accepted_privacy_version": "1", "accepted_terms_version": "1" });
        self.secrets.push(mailed);
        self.post("auth/invitations/accept", "", came).await;
        let child = json!({ "full_name": NAME, "password": NEXT_PASSWORD, "birth_year": 2015,
            "accepted_privacy_version": "1", "accepted_terms_version": "1" });
        let child = self
            .post(&format!("{members}/children"), admin, child)
            .await;
        self.secrets
            .push(child.body["email"].as_str().unwrap().to_owned());
    }

    async fn work_with_tokens(&mut self) {
        for wrong in [NEXT_PASSWORD, "", ADDRESS] {
            let body = json!({ "email": ADDRESS, "password": wrong });
            self.ask("auth/login", "", body).await;
        }
        let handed = self.log_in(ADDRESS, PASSWORD, "bearer").await.body;
        let refresh = json!({ "refresh_token": handed["refresh_token"] });
        let next = self.post("auth/refresh", "", refresh.clone()).await.body;
        let token = next["access_token"].as_str().unwrap().to_owned();
        for path in ["me", "me/libraries", "me/sessions", "me/security"] {
            let asked = client().get(format!("{}/api/read/{path}", self.url));
            asked.bearer_auth(&token).send().await.unwrap();
        }
        let change = json!({ "new_email": NEXT_ADDRESS, "current_password": PASSWORD });
        self.post("users/me/email/change", &token, change).await;
        let change = json!({ "current_password": PASSWORD, "new_password": NEXT_PASSWORD });
        self.post("users/me/password", &token, change).await;
        self.post("auth/forgot-password", "", json!({ "email": ADDRESS }))
            .await;
        // Somebody has the old one, too: everything ends.
        self.ask("auth/refresh", "", refresh).await;
    }

    async fn work_in_a_browser(&mut self) {
        let told = self.log_in(ADDRESS, NEXT_PASSWORD, "cookie").await;
        let jar: Vec<String> = told
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let csrf = told.body["csrf_token"].as_str().unwrap_or_default();
        let write = client()
            .patch(format!("{}/api/v1/users/me", self.url))
            .header("cookie", jar.join("; "))
            .header("x-csrf-token", csrf)
            .json(&json!({ "name": NAME }));
        self.send(write).await;
    }

    async fn go(&mut self) {
        let handed = self.log_in(ADDRESS, NEXT_PASSWORD, "bearer").await.body;
        let token = handed["access_token"].as_str().unwrap().to_owned();
        let url = format!("{}/api/v1/users/me", self.url);
        let leave = json!({ "current_password": NEXT_PASSWORD });
        let leave = client().request(Method::DELETE, url).json(&leave);
        let gone = self.send(leave.bearer_auth(&token)).await;
        assert!(gone.body.get("code").is_none(), "{}", gone.body);
        self.ask("auth/logout-all", &token, json!({})).await;
    }

    async fn log_in(&mut self, email: &str, password: &str, mode: &str) -> Told {
        let body =
            json!({ "email": email, "password": password, "mode": mode, "device_name": NAME });
        self.post("auth/login", "", body).await
    }

    /// A command that has to succeed.
    async fn post(&mut self, path: &str, token: &str, body: Value) -> Told {
        let told = self.ask(path, token, body).await;
        assert!(told.body.get("code").is_none(), "{path}: {}", told.body);
        told
    }

    async fn ask(&mut self, path: &str, token: &str, body: Value) -> Told {
        let request = client().post(format!("{}/api/v1/{path}", self.url));
        let request = request.json(&body);
        if token.is_empty() {
            return self.send(request).await;
        }
        self.send(request.bearer_auth(token)).await
    }

    /// Sends it, and remembers every secret of the answer.
    async fn send(&mut self, request: RequestBuilder) -> Told {
        let answer = request.send().await.unwrap();
        let cookies = cookies(answer.headers());
        let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default();
        for field in ["access_token", "refresh_token", "csrf_token"] {
            let told = body[field].as_str().map(str::to_owned);
            self.secrets.extend(told);
        }
        self.secrets
            .extend(cookies.iter().map(|(_, value)| value.clone()));
        // What is short stands in a log by chance.
        self.secrets.retain(|secret| secret.len() >= 16);
        Told { body, cookies }
    }
}

fn cookies(headers: &HeaderMap) -> Vec<(String, String)> {
    let set = headers.get_all("set-cookie").iter();
    set.filter_map(|cookie| {
        let pair = cookie.to_str().ok()?.split(';').next()?;
        let (name, value) = pair.split_once('=')?;
        Some((name.to_owned(), value.to_owned()))
    })
    .collect()
}
