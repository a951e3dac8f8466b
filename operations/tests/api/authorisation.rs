//! Who may do what: every route against every kind of caller, and proof that no route is forgotten.
//!
//! Never sends a body: whoever is turned away is turned away before it is read.

use accession_service::access::Role;

use crate::app::{App, IMPORTER, OPERATOR};

/// A route of the operators.
#[derive(Debug)]
struct Route {
    method: &'static str,
    path: &'static str,
    /// Whether a service with the scope `operate` may call it, too.
    for_services: bool,
}

const fn admin(method: &'static str, path: &'static str) -> Route {
    Route {
        method,
        path,
        for_services: false,
    }
}

/// Every route there is; a test compares the list with the API description.
const ROUTES: &[Route] = &[
    admin("GET", "/api/v1/admin/as-of/{kind}/{id}"),
    admin("GET", "/api/v1/admin/log/checkpoint"),
    admin("GET", "/api/v1/admin/log/proof/{position}"),
    admin("GET", "/api/v1/admin/read-models"),
    admin("GET", "/api/v1/admin/read-models/{name}"),
    admin("POST", "/api/v1/admin/read-models/{name}/rebuild"),
    Route {
        method: "POST",
        path: "/api/v1/internal/read-models/{name}/rebuild",
        for_services: true,
    },
    admin("POST", "/api/v1/admin/read-models/{name}/compare"),
    admin("POST", "/api/v1/admin/read-models/{name}/promote"),
    admin("POST", "/api/v1/admin/read-models/{name}/rollback"),
    admin("POST", "/api/v1/admin/read-models/{name}/drop-old"),
    admin("GET", "/api/v1/admin/parked"),
    admin("POST", "/api/v1/admin/parked/{name}/retry"),
    admin("POST", "/api/v1/admin/parked/{name}/discard"),
];

impl Route {
    fn url(&self) -> String {
        self.path.replace("{name}", "nothing")
    }
}

#[test]
fn every_described_route_has_its_authorisation_case() {
    let api = serde_json::to_value(accession_operations::openapi()).unwrap();
    let mut described: Vec<(String, String)> = Vec::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        let methods = item.as_object().unwrap().keys();
        for method in methods.filter(|key| *key != "parameters") {
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
    let app = App::start().await;
    let role = Some(Role::Admin);
    let expired = app.token(role, |claims| claims.exp = 1);
    let elsewhere = app.token(role, |claims| claims.aud = "other".into());
    for route in ROUTES {
        let send = async |bearer: Option<&str>| {
            let answer = app.send(route.method, &route.url(), bearer, None).await;
            let (status, code) = answer.problem();
            (status, code.to_owned())
        };
        for (bearer, code) in [
            (None, "token_missing"),
            (Some(expired.as_str()), "token_expired"),
            (Some(elsewhere.as_str()), "token_invalid"),
            (Some("nonsense"), "token_invalid"),
            (Some("acc_nonsense"), "credential_invalid"),
        ] {
            assert_eq!(send(bearer).await, (401, code.to_owned()), "{route:?}");
        }
    }
}

#[tokio::test]
async fn each_route_is_open_to_its_callers_only() {
    let app = App::start().await;
    let reader = app.token(None, |_| {});
    let curator = app.token(Some(Role::Curator), |_| {});
    for route in ROUTES {
        let send = async |bearer: &str| {
            app.send(route.method, &route.url(), Some(bearer), None)
                .await
        };
        for bearer in [&*reader, &*curator, IMPORTER] {
            assert_eq!(
                send(bearer).await.problem(),
                (403, "forbidden"),
                "{route:?}"
            );
        }
        let service = send(OPERATOR).await.status.as_u16();
        assert_eq!(service != 403, route.for_services, "{route:?} {service}");
        let admin = send(&app.admin()).await;
        assert!(
            ![401, 403, 405, 500].contains(&admin.status.as_u16()),
            "{route:?} {admin:?}"
        );
    }
}
