//! Who may do what: every route against every kind of caller, and proof that no route is forgotten.
//!
//! Never sends a body: whoever is turned away is turned away before it is read.

use accession_service::access::routes::{self, Audience};
use accession_service::access::{Role, Scope};
use http::Method;

use crate::app::{App, Call, NOBODY};

/// A route of the write surface, as the API description and the table of routes know it.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) audience: Audience,
    /// Whether it takes a body that has to be there.
    pub(crate) needs_body: bool,
}

/// Every route there is.
pub(crate) fn routes() -> Vec<Route> {
    let api = serde_json::to_value(accession_command_api::openapi()).unwrap();
    let mut routes = Vec::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        let operations = item.as_object().unwrap().iter();
        for (method, operation) in operations.filter(|(key, _)| *key != "parameters") {
            let method = method.to_uppercase();
            let audience = routes::audience(&method, path);
            routes.push(Route {
                audience: audience.unwrap_or_else(|| {
                    panic!("{method} {path} is missing in platform/service/src/access/routes/")
                }),
                needs_body: operation["requestBody"]["required"] == true,
                path: path.clone(),
                method,
            });
        }
    }
    routes
}

impl Route {
    pub(crate) fn url(&self) -> String {
        let place = self.path.replace("{field}", "name");
        let place = place.replace("{source}", "goodbooks");
        let mut url = String::new();
        for part in place.split('/').skip(1) {
            url.push('/');
            url.push_str(if part.starts_with('{') { NOBODY } else { part });
        }
        url
    }

    pub(crate) fn method(&self) -> Method {
        self.method.parse().unwrap()
    }

    /// A call of somebody whom the route is open to, if this application knows such a person.
    pub(crate) fn of_its_own<'a>(&self, app: &'a App) -> Option<Call<'a>> {
        let call = app.call(self.method(), self.url());
        match self.audience {
            Audience::Curators => Some(call.by_curator()),
            Audience::Services(Scope::Import) => Some(call.by_importer()),
            Audience::Admins => Some(call.by_admin()),
            _ => None,
        }
    }
}

#[test]
fn every_described_route_stands_in_the_table_with_its_audience() {
    assert!(routes().len() > 40);
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
    for route in routes().iter().filter(|route| !route.audience.is_open()) {
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
    for route in routes().iter().filter(|route| !route.audience.is_open()) {
        let call = || app.call(route.method(), route.url());
        let mut strangers = vec![call().bearer(&app.operator_credential)];
        if route.audience != Audience::SignedIn {
            strangers.push(call().bearer(&app.token(None, |_| {})));
        }
        if route.audience != Audience::Services(Scope::Import) {
            strangers.push(call().by_importer());
        }
        if route.audience != Audience::Curators {
            strangers.push(call().by_curator());
        }
        for stranger in strangers {
            let (status, code) = stranger.send().await.problem();
            // To a stranger a library is not there at all.
            let hidden = route.audience.is_of_a_library() && status == 404;
            assert!(status == 403 || hidden, "{route:?} {status} {code}");
        }
        let Some(own) = route.of_its_own(&app) else {
            continue;
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
