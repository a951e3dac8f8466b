//! Who may do what: every route against every kind of caller, and proof that no route is forgotten.
//!
//! Never sends a body: whoever is turned away is turned away before it is read.

use accession_service::access::routes::{self, Audience};
use accession_service::access::{Role, Scope};

use crate::app::{App, IMPORTER, OPERATOR};

/// A route of the operators, as the API description and the table of routes know it.
#[derive(Debug)]
struct Route {
    method: String,
    path: String,
    audience: Audience,
}

/// Every route there is.
fn routes() -> Vec<Route> {
    let api = serde_json::to_value(accession_operations::openapi()).unwrap();
    let mut routes = Vec::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        let methods = item.as_object().unwrap().keys();
        for method in methods.filter(|key| *key != "parameters") {
            let method = method.to_uppercase();
            let audience = routes::audience(&method, path).unwrap_or_else(|| {
                panic!("{method} {path} is missing in platform/service/src/access/routes/")
            });
            let path = path.clone();
            routes.push(Route {
                method,
                path,
                audience,
            });
        }
    }
    routes
}

impl Route {
    fn url(&self) -> String {
        self.path.replace("{name}", "nothing")
    }
}

#[test]
fn every_described_route_stands_in_the_table_with_its_audience() {
    assert!(routes().len() > 10);
}

#[tokio::test]
async fn nobody_and_whoever_is_not_who_they_say_are_turned_away() {
    let app = App::start().await;
    let role = Some(Role::Admin);
    let expired = app.token(role, |claims| claims.exp = 1);
    let elsewhere = app.token(role, |claims| claims.aud = "other".into());
    for route in routes() {
        let send = async |bearer: Option<&str>| {
            let answer = app.send(&route.method, &route.url(), bearer, None).await;
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
    for route in routes() {
        let send = async |bearer: &str| {
            app.send(&route.method, &route.url(), Some(bearer), None)
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
        let for_services = route.audience == Audience::Services(Scope::Operate);
        assert_eq!(service != 403, for_services, "{route:?} {service}");
        let admin = send(&app.admin()).await;
        assert!(
            ![401, 403, 405, 500].contains(&admin.status.as_u16()),
            "{route:?} {admin:?}"
        );
    }
}
