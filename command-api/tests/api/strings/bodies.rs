//! Every body with texts that accounts and libraries are told, as it should be, and what its fields are.
//!
//! Never a route that is left out because it is much like another.

use http::Method;
use serde_json::{Value, json};

use crate::app::{App, PASSWORD};

/// What a field holds, and so what is wrong in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Address,
    Name,
    Text,
    NewPassword,
    Language,
    /// A password, a token: only compared.
    Secret,
    /// One of a few, or an id.
    Choice,
}

/// One body.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) token: Option<String>,
    pub(super) body: Value,
    pub(super) fields: Vec<(&'static str, Kind)>,
}

use Kind::{Address, Choice, Language, Name, NewPassword, Secret, Text};

const TOKEN: &str = "bm9ib2R5LWhhcy10aGlzLXRva2VuLW5vYm9keS1oYXM";

fn open(path: &str, body: Value, fields: &[(&'static str, Kind)]) -> Case {
    Case {
        method: Method::POST,
        path: format!("/api/v1/auth/{path}"),
        token: None,
        body,
        fields: fields.to_vec(),
    }
}

/// The fields of somebody who makes an account.
fn person(more: &[(&'static str, Kind)]) -> Vec<(&'static str, Kind)> {
    let consents = [
        ("accepted_privacy_version", Text),
        ("accepted_terms_version", Text),
    ];
    [more, &consents].concat()
}

fn of_anybody() -> Vec<Case> {
    vec![
        open(
            "register",
            json!({ "email": "new@example.org", "password": PASSWORD, "name": "New", "language": "en",
                "accepted_privacy_version": "1", "accepted_terms_version": "1" }),
            &person(&[
                ("email", Address),
                ("password", NewPassword),
                ("name", Name),
                ("language", Language),
            ]),
        ),
        open(
            "login",
            json!({ "email": "nobody@example.org", "password": PASSWORD, "device_name": "Tablet" }),
            &[
                ("email", Secret),
                ("password", Secret),
                ("mode", Choice),
                ("device_name", Text),
            ],
        ),
        open(
            "forgot-password",
            json!({ "email": "a@example.org" }),
            &[("email", Address)],
        ),
        open(
            "resend-verification",
            json!({ "email": "a@example.org" }),
            &[("email", Address)],
        ),
        open(
            "verify-email",
            json!({ "token": TOKEN }),
            &[("token", Secret)],
        ),
        open(
            "confirm-email-change",
            json!({ "token": TOKEN }),
            &[("token", Secret)],
        ),
        open(
            "reset-password",
            json!({ "token": TOKEN, "password": "another good password 17" }),
            &[("token", Secret), ("password", NewPassword)],
        ),
        open(
            "refresh",
            json!({ "refresh_token": TOKEN }),
            &[("refresh_token", Secret)],
        ),
        open(
            "logout",
            json!({ "refresh_token": TOKEN }),
            &[("refresh_token", Secret)],
        ),
    ]
}

/// What comes out of a mail, or back from somebody else's sign-in.
fn of_the_invited() -> Vec<Case> {
    vec![
        open(
            "invitations/accept",
            json!({ "token": TOKEN, "email": "new@example.org", "full_name": "New", "password": PASSWORD,
                "language": "en", "accepted_privacy_version": "1", "accepted_terms_version": "1" }),
            &person(&[
                ("token", Secret),
                ("email", Address),
                ("full_name", Name),
                ("password", NewPassword),
                ("language", Language),
            ]),
        ),
        open(
            "invitations/decline",
            json!({ "token": TOKEN }),
            &[("token", Secret)],
        ),
        open(
            "oauth/work/callback",
            json!({ "state": TOKEN, "code": TOKEN, "iss": "https://id.example" }),
            &[
                ("state", Secret),
                ("code", Secret),
                ("iss", Secret),
                ("error", Secret),
                ("mode", Choice),
            ],
        ),
        open(
            "oauth/work/consent",
            json!({ "continuation": TOKEN, "name": "New", "language": "en",
                "accepted_privacy_version": "1", "accepted_terms_version": "1" }),
            &person(&[
                ("continuation", Secret),
                ("name", Name),
                ("language", Language),
                ("mode", Choice),
            ]),
        ),
    ]
}

fn of_oneself(token: &str) -> Vec<Case> {
    let own = |method: Method, path: &str, body: Value, fields: &[(&'static str, Kind)]| Case {
        method,
        path: format!("/api/v1/{path}"),
        token: Some(token.to_owned()),
        body,
        fields: fields.to_vec(),
    };
    vec![
        own(
            Method::PATCH,
            "users/me",
            json!({ "name": "Ana" }),
            &[("name", Name)],
        ),
        own(
            Method::PUT,
            "users/me/preferences",
            json!({ "language": "en", "theme_mode": "dark" }),
            &[
                ("language", Language),
                ("theme_mode", Choice),
                ("theme_name", Choice),
            ],
        ),
        own(
            Method::POST,
            "users/me/password",
            json!({ "current_password": "not the password", "new_password": "another good password 17" }),
            &[("current_password", Secret), ("new_password", NewPassword)],
        ),
        own(
            Method::POST,
            "users/me/email/change",
            json!({ "new_email": "other@example.org", "current_password": "not the password" }),
            &[("new_email", Address), ("current_password", Secret)],
        ),
        own(
            Method::POST,
            "users/me/consents",
            json!({ "accepted_privacy_version": "1", "accepted_terms_version": "1" }),
            &[
                ("accepted_privacy_version", Text),
                ("accepted_terms_version", Text),
            ],
        ),
        own(
            Method::POST,
            "users/me/identities/work/link",
            json!({ "current_password": "not the password" }),
            &[("current_password", Secret), ("return_to", Choice)],
        ),
        own(
            Method::DELETE,
            "users/me",
            json!({ "current_password": "not the password" }),
            &[("current_password", Secret)],
        ),
        own(
            Method::POST,
            "auth/context/select",
            json!({ "library_id": crate::app::NOBODY }),
            &[("library_id", Choice)],
        ),
        own(
            Method::POST,
            "libraries",
            json!({ "name": "Longbourn", "kind": "family" }),
            &[("name", Name), ("kind", Choice)],
        ),
    ]
}

fn of_a_library(token: &str, library: &str, member: &str) -> Vec<Case> {
    let own = |method: Method, path: &str, body: Value, fields: &[(&'static str, Kind)]| Case {
        method,
        path: format!("/api/v1/libraries/{library}{path}"),
        token: Some(token.to_owned()),
        body,
        fields: fields.to_vec(),
    };
    vec![
        own(
            Method::PATCH,
            "",
            json!({ "name": "Longbourn" }),
            &[("name", Name)],
        ),
        own(
            Method::POST,
            "/members",
            json!({ "email": "bob@example.org", "full_name": "Bob", "role": "viewer" }),
            &[("email", Address), ("full_name", Name), ("role", Choice)],
        ),
        own(
            Method::POST,
            "/members/children",
            json!({ "full_name": "Lydia", "password": PASSWORD, "language": "en",
                "accepted_privacy_version": "1", "accepted_terms_version": "1" }),
            &[
                ("full_name", Name),
                ("password", NewPassword),
                ("language", Language),
                ("accepted_privacy_version", Text),
                ("accepted_terms_version", Text),
            ],
        ),
        own(
            Method::POST,
            &format!("/members/{member}/password"),
            json!({ "current_password": "not the password", "new_password": "another good password 17" }),
            &[("current_password", Secret), ("new_password", NewPassword)],
        ),
        own(
            Method::PATCH,
            &format!("/members/{member}"),
            json!({}),
            &[("role", Choice), ("status", Choice)],
        ),
        own(
            Method::POST,
            "/confirm-deletion",
            json!({ "current_password": "not the password", "name": "Longbourn" }),
            &[("current_password", Secret), ("name", Secret)],
        ),
        own(
            Method::DELETE,
            "",
            json!({ "confirmation": TOKEN, "reason": "moved" }),
            &[("confirmation", Secret), ("reason", Text)],
        ),
    ]
}

fn of_operators(token: &str, account: &str) -> Vec<Case> {
    let own = |path: &str, body: Value, fields: &[(&'static str, Kind)]| Case {
        method: Method::POST,
        path: format!("/api/v1/admin/{path}"),
        token: Some(token.to_owned()),
        body,
        fields: fields.to_vec(),
    };
    let of = |what: &str| format!("accounts/{account}/{what}");
    vec![
        own(
            &of("disable"),
            json!({ "reason": "asked" }),
            &[("reason", Text)],
        ),
        own(
            &of("role"),
            json!({ "role": "curator" }),
            &[("role", Choice)],
        ),
        own(
            &of("erase"),
            json!({ "reason": "asked" }),
            &[("reason", Choice)],
        ),
        own(
            "service-credentials",
            json!({ "name": "importer", "scopes": ["import"] }),
            &[("name", Text), ("scopes", Choice)],
        ),
    ]
}

/// All of them: for a person who looks after a library with one more member, and for an operator.
pub(super) async fn cases(app: &App) -> Vec<Case> {
    let ana = app.proven("ana").await;
    let library = app.library(&ana, "family").await;
    let bob = app.joins(&library, &ana, "bob", "viewer").await;
    let admin = app.token(Some(accession_service::access::Role::Admin), |_| {});
    let account = bob.account.to_string();
    let mut cases = of_anybody();
    cases.extend(of_the_invited());
    cases.extend(of_oneself(&ana.token));
    cases.extend(of_a_library(&ana.token, &library, &account));
    cases.extend(of_operators(&admin, &account));
    cases
}
