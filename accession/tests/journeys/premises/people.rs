//! People who have accounts, and how they get them: by registering, by an invitation, or as somebody's child.
//!
//! Never by a way that a person does not have.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Premises, ROOT, Said};

/// Everybody's.
pub(crate) const PASSWORD: &str = "a quiet harbour under seven lanterns";

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) email: String,
    pub(crate) account: String,
    pub(crate) session: String,
    pub(crate) token: String,
    pub(crate) refresh: String,
}

/// The address that somebody of this name has here.
pub(crate) fn address(name: &str) -> String {
    let first = name.split(' ').next().unwrap_or(name);
    format!("{}@people.example", first.to_lowercase())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

impl Premises {
    /// Asks for an account.
    pub(crate) async fn register(&self, name: &str) -> Said {
        let body = json!({ "email": address(name), "password": PASSWORD, "name": name, "language": "en",
            "accepted_privacy_version": "1", "accepted_terms_version": "1" });
        self.post("/api/v1/auth/register", "", &body).await
    }

    /// Follows the link of the mail.
    pub(crate) async fn verify(&self, name: &str) -> Said {
        let token = self.mailed_token(&address(name), "verify-email", 1).await;
        self.post("/api/v1/auth/verify-email", "", &json!({ "token": token }))
            .await
    }

    pub(crate) async fn log_in(&self, email: &str) -> Said {
        self.log_in_with(email, PASSWORD).await
    }

    pub(crate) async fn log_in_with(&self, email: &str, password: &str) -> Said {
        let body = json!({ "email": email, "password": password });
        self.post("/api/v1/auth/login", "", &body).await
    }

    /// Signs in; questions from then on know the session.
    pub(crate) async fn signed_in(&self, email: &str) -> Person {
        let handed = self.log_in(email).await.ok();
        self.handed(email, &handed)
    }

    /// Somebody with what they were handed.
    pub(crate) fn handed(&self, email: &str, handed: &Value) -> Person {
        let token = text(&handed["access_token"]);
        let claims = claims(&token);
        self.heard_of(claims["pos"].as_u64());
        Person {
            email: email.to_owned(),
            account: text(&handed["account_id"]),
            session: text(&handed["session_id"]),
            token,
            refresh: text(&handed["refresh_token"]),
        }
    }

    /// Somebody new whose address is proven.
    pub(crate) async fn arrives(&self, name: &str) -> Person {
        assert_eq!(self.register(name).await.status, 201);
        self.verify(name).await.ok();
        self.signed_in(&address(name)).await
    }

    /// Gives oneself a picture; where it is.
    pub(crate) async fn shows_a_picture(&self, person: &Person) -> String {
        let path = "/api/v1/users/me/avatar";
        let request = self.request(Method::POST, path, &person.token);
        let said = Said::to(request.body(picture())).await;
        self.heard_of(said.position());
        text(&said.ok()["avatar_url"])
    }

    /// The first administrator of the platform.
    pub(crate) async fn root(&self) -> Person {
        self.signed_in(ROOT).await
    }

    /// A library that somebody makes; its id.
    pub(crate) async fn library(&self, by: &Person, name: &str, kind: &str) -> String {
        let body = json!({ "name": name, "kind": kind });
        let made = self.post("/api/v1/libraries", &by.token, &body).await;
        text(&made.ok()["id"])
    }

    /// Asks somebody into a library; the invitation's id.
    pub(crate) async fn invites(
        &self,
        by: &Person,
        library: &str,
        email: &str,
        role: &str,
    ) -> String {
        let body = json!({ "email": email, "role": role });
        let path = format!("/api/v1/libraries/{library}/members");
        let asked = self.post(&path, &by.token, &body).await;
        assert_eq!(asked.status, 202, "{asked:?}");
        text(&asked.ok()["invitation_id"])
    }

    /// Follows the link of an invitation as somebody new.
    pub(crate) async fn accept_by_mail(&self, token: &str, name: &str) -> Said {
        let body = json!({ "token": token, "email": address(name), "full_name": name, "password": PASSWORD,
            "accepted_privacy_version": "1", "accepted_terms_version": "1" });
        self.post("/api/v1/auth/invitations/accept", "", &body)
            .await
    }

    /// Somebody new comes into a library by an invitation, and signs in.
    pub(crate) async fn joins(&self, by: &Person, library: &str, name: &str, role: &str) -> Person {
        self.invites(by, library, &address(name), role).await;
        let token = self.mailed_token(&address(name), "invitation", 1).await;
        self.accept_by_mail(&token, name).await.ok();
        self.signed_in(&address(name)).await
    }

    /// A child whom somebody adds to a library.
    pub(crate) async fn child(&self, by: &Person, library: &str, name: &str) -> Person {
        let path = format!("/api/v1/libraries/{library}/members/children");
        let added = self.post(&path, &by.token, &child(name)).await;
        assert_eq!(added.status, 201, "{added:?}");
        self.signed_in(&text(&added.ok()["email"])).await
    }
}

/// What a parent says of a child.
pub(crate) fn child(name: &str) -> Value {
    json!({ "full_name": name, "password": PASSWORD, "birth_year": 2015,
        "accepted_privacy_version": "1", "accepted_terms_version": "1" })
}

/// A picture, as small as one can be.
pub(crate) fn picture() -> Vec<u8> {
    let png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    STANDARD.decode(png).unwrap()
}

/// What an access token says.
pub(crate) fn claims(token: &str) -> Value {
    let claims = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}
