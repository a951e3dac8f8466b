//! Who may do what: every route against every kind of caller, and proof that no route is forgotten.
//!
//! Never sends a body: whoever is turned away is turned away before it is read.

use accession_service::access::Role;
use http::Method;

use crate::app::{App, NOBODY};

/// A route of the write surface.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    /// Whether it is an importer's; else a curator's.
    pub(crate) importer: bool,
    /// Whether it takes a body that has to be there.
    pub(crate) needs_body: bool,
}

const fn curator(method: &'static str, path: &'static str, needs_body: bool) -> Route {
    Route {
        method,
        path,
        importer: false,
        needs_body,
    }
}

const fn importer(method: &'static str, path: &'static str, needs_body: bool) -> Route {
    Route {
        method,
        path,
        importer: true,
        needs_body,
    }
}

/// Every route there is; a test compares the list with the API description.
pub(crate) const ROUTES: &[Route] = &[
    curator("POST", "/api/v1/titles", true),
    curator("PATCH", "/api/v1/titles/{id}", true),
    curator("POST", "/api/v1/titles/{id}/activate", false),
    curator("POST", "/api/v1/titles/{id}/deactivate", false),
    curator("PUT", "/api/v1/titles/{id}/slug", true),
    curator("POST", "/api/v1/titles/{id}/reclassify", true),
    curator("PUT", "/api/v1/titles/{id}/locks/{field}", false),
    curator("DELETE", "/api/v1/titles/{id}/locks/{field}", false),
    curator("POST", "/api/v1/titles/{id}/undo", true),
    curator("POST", "/api/v1/editions", true),
    curator("PATCH", "/api/v1/editions/{id}", true),
    curator("DELETE", "/api/v1/editions/{id}", false),
    curator("POST", "/api/v1/editions/{id}/reinstate", false),
    curator("PUT", "/api/v1/editions/{id}/locks/{field}", false),
    curator("DELETE", "/api/v1/editions/{id}/locks/{field}", false),
    curator("POST", "/api/v1/editions/{id}/undo", true),
    curator("POST", "/api/v1/episodes", true),
    curator("PATCH", "/api/v1/episodes/{id}", true),
    curator("POST", "/api/v1/episodes/{id}/attach", true),
    curator("POST", "/api/v1/episodes/{id}/detach", false),
    curator("PUT", "/api/v1/episodes/{id}/locks/{field}", false),
    curator("DELETE", "/api/v1/episodes/{id}/locks/{field}", false),
    curator("POST", "/api/v1/episodes/{id}/undo", true),
    curator("POST", "/api/v1/sources", true),
    curator("PATCH", "/api/v1/sources/{id}", true),
    curator("DELETE", "/api/v1/sources/{id}", false),
    curator("POST", "/api/v1/sources/{id}/state", true),
    importer("POST", "/api/v1/internal/import/titles:batch", true),
    importer("POST", "/api/v1/internal/import/editions:batch", true),
    importer("POST", "/api/v1/internal/import/episodes:batch", true),
    importer("POST", "/api/v1/internal/import/sources:batch", true),
    importer("POST", "/api/v1/internal/import/anime", true),
    importer("POST", "/api/v1/internal/import/episodes", true),
    importer("POST", "/api/v1/internal/import/video", true),
    importer("POST", "/api/v1/internal/import/runs", true),
    importer("GET", "/api/v1/internal/import/runs", false),
    importer("GET", "/api/v1/internal/import/runs/{id}", false),
    importer("PUT", "/api/v1/internal/import/runs/{id}/checkpoint", true),
    importer("POST", "/api/v1/internal/import/runs/{id}/complete", false),
    importer("POST", "/api/v1/internal/import/runs/{id}/abandon", false),
    importer("POST", "/api/v1/internal/import/runs/{id}/rejections", true),
    importer("GET", "/api/v1/internal/import/checkpoints/{source}", false),
    importer("PUT", "/api/v1/internal/import/checkpoints/{source}", true),
];

impl Route {
    fn url(&self) -> String {
        self.path
            .replace("{id}", NOBODY)
            .replace("{field}", "name")
            .replace("{source}", "goodbooks")
    }

    fn method(&self) -> Method {
        self.method.parse().unwrap()
    }
}

#[test]
fn every_described_route_has_its_authorisation_case() {
    let api = serde_json::to_value(accession_command_api::openapi()).unwrap();
    let mut described: Vec<(String, String)> = Vec::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        for method in item
            .as_object()
            .unwrap()
            .keys()
            .filter(|key| *key != "parameters")
        {
            described.push((method.to_uppercase(), path.clone()));
        }
    }
    let mut listed: Vec<_> = ROUTES
        .iter()
        .map(|route| (route.method.to_owned(), route.path.to_owned()))
        .collect();
    described.sort();
    listed.sort();
    assert_eq!(described, listed);
}

#[tokio::test]
async fn nobody_and_whoever_is_not_who_they_say_are_turned_away() {
    let app = App::embedded().await;
    let role = Some(Role::Admin);
    let bad_tokens = [
        (app.token(role, |claims| claims.exp = 1), "token_expired"),
        (
            app.token(role, |claims| claims.aud = "other".into()),
            "token_invalid",
        ),
        (
            app.token(role, |claims| claims.iss = "other".into()),
            "token_invalid",
        ),
        (
            app.token(role, |claims| claims.purpose = "verify_email".into()),
            "token_invalid",
        ),
        ("nonsense".into(), "token_invalid"),
        ("acc_nonsense".into(), "credential_invalid"),
        (format!("{}0", app.credential), "credential_invalid"),
    ];
    for route in ROUTES {
        let call = || app.call(route.method(), route.url());
        assert_eq!(
            call().send().await.problem(),
            (401, "token_missing".into()),
            "{route:?}"
        );
        let basic = call().header("authorization", "Basic YTpi").send().await;
        assert_eq!(basic.problem(), (401, "token_invalid".into()), "{route:?}");
        for (token, code) in &bad_tokens {
            let answer = call().bearer(token).send().await;
            assert_eq!(
                answer.problem(),
                (401, (*code).to_owned()),
                "{route:?} {token}"
            );
            assert!(
                answer.header("www-authenticate").starts_with("Bearer"),
                "{route:?}"
            );
        }
    }
    assert!(app.events().await.is_empty());
}

#[tokio::test]
async fn each_route_is_open_to_its_callers_only() {
    let app = App::embedded().await;
    for route in ROUTES {
        let call = || app.call(route.method(), route.url());
        let stranger = call().bearer(&app.token(None, |_| {})).send().await;
        let wrong_scope = call().bearer(&app.operator_credential).send().await;
        let other = if route.importer {
            call().by_curator()
        } else {
            call().by_importer()
        };
        for answer in [stranger, wrong_scope, other.send().await] {
            assert_eq!(answer.problem(), (403, "forbidden".into()), "{route:?}");
        }
        let own = if route.importer {
            call().by_importer()
        } else {
            call().by_curator()
        };
        for answer in [own.send().await, call().by_admin().send().await] {
            assert!(
                ![401, 403, 405].contains(&answer.status.as_u16()),
                "{route:?} {answer:?}"
            );
        }
    }
}

#[tokio::test]
async fn an_old_importers_header_opens_what_its_credential_opens() {
    let app = App::embedded().await;
    let path = "/api/v1/internal/import/anime";
    let body = serde_json::json!({ "source_name": "s", "source_id": "1", "title": "A" });
    app.post(path)
        .header("x-internal-token", &app.credential)
        .json(&body)
        .send()
        .await
        .ok();
    let wrong = app
        .post(path)
        .header("x-internal-token", "acc_x")
        .json(&body)
        .send()
        .await;
    assert_eq!(wrong.problem(), (401, "credential_invalid".into()));
}

#[tokio::test]
async fn a_revoked_credential_opens_nothing() {
    let app = App::embedded().await;
    let path = format!("/api/v1/internal/import/runs/{NOBODY}");
    assert_eq!(
        app.get(&path).by_importer().send().await.status.as_u16(),
        404
    );
    let importer = app.credentials.list().await.unwrap().remove(0);
    assert!(
        app.credentials
            .revoke(importer.id, crate::app::now())
            .await
            .unwrap()
    );
    assert_eq!(
        app.get(&path).by_importer().send().await.problem(),
        (401, "credential_invalid".into())
    );
}

#[test]
fn every_reference_of_the_api_description_leads_somewhere() {
    let api = serde_json::to_value(accession_command_api::openapi()).unwrap();
    let text = api.to_string();
    let references: std::collections::BTreeSet<&str> = text
        .split("\"$ref\":\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(references.len() > 5, "{references:?}");
    for reference in references {
        let pointer = reference.trim_start_matches('#');
        assert!(api.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}
