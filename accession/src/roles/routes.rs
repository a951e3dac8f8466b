//! All routes of a process: those of its roles, health and metrics, the API's description and its pages.

use accession_guard::Door;
use accession_service::describing::unlisted;
use accession_service::health::Health;
use accession_service::keys::Jwk;
use accession_service::problem::Problem;
use anyhow::{Context as _, Result, ensure};
use axum::routing::get;
use axum::{Json, Router};
use http::{HeaderValue, Method, Uri, header};
use tower_http::cors::CorsLayer;
use utoipa::openapi::{InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder};
use utoipa_swagger_ui::SwaggerUi;

use crate::settings::Settings;

/// The routers of the roles that this process plays.
#[derive(Default)]
pub(super) struct Routers {
    pub(super) write: Option<Router>,
    pub(super) read: Option<Router>,
    pub(super) operate: Option<Router>,
    /// What verifies this process's tokens.
    pub(super) keys: Vec<Jwk>,
}

/// One router of everything.
pub(super) fn assemble(
    settings: &Settings,
    routers: Routers,
    health: Health,
    door: Door,
) -> Result<Router> {
    let described = description();
    let forgotten = unlisted(&described);
    ensure!(
        forgotten.is_empty(),
        "nobody could call {}: a route needs a line in platform/service/src/access/routes/",
        forgotten.join(", ")
    );
    let mut router = health.router();
    for role in [routers.write, routers.read, routers.operate]
        .into_iter()
        .flatten()
    {
        router = router.merge(role);
    }
    let keys = serde_json::json!({ "keys": routers.keys });
    let router = router
        .route("/.well-known/jwks.json", get(async move || Json(keys)))
        .merge(SwaggerUi::new("/docs").url("/openapi.json", described))
        .fallback(no_such_path)
        .layer(door);
    Ok(match cors(&settings.cors_origins)? {
        Some(cors) => router.layer(cors),
        None => router,
    })
}

async fn no_such_path(uri: Uri) -> Problem {
    let path: String = uri.path().chars().take(200).collect();
    Problem::not_found(format!(
        "there is nothing at {path}; /docs lists every path of this server"
    ))
}

/// The description of every route of every role.
pub(crate) fn description() -> OpenApi {
    let mut all = base();
    for part in parts() {
        all.merge(part);
    }
    all
}

fn parts() -> [OpenApi; 3] {
    [
        accession_command_api::openapi(),
        accession_read_api::openapi(),
        accession_operations::openapi(),
    ]
}

fn base() -> OpenApi {
    let license = LicenseBuilder::new().name("Apache-2.0 OR MIT").build();
    let info = InfoBuilder::new()
        .title("Accession")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Writes under /api/v1 answer with the position of their event; reads under /api/read can wait for it.",
        ))
        .license(Some(license))
        .build();
    OpenApiBuilder::new().info(info).build()
}

/// Browsers of the configured origins may call; without origins there is no CORS at all.
fn cors(origins: &[String]) -> Result<Option<CorsLayer>> {
    if origins.is_empty() {
        return Ok(None);
    }
    let parsed: Result<Vec<HeaderValue>> = origins
        .iter()
        .map(|origin| {
            origin
                .parse()
                .with_context(|| format!("cors_origins: `{origin}` is not an origin"))
        })
        .collect();
    let expose = [
        "etag",
        "location",
        "accession-position",
        "ratelimit",
        "ratelimit-policy",
        "retry-after",
        "x-request-id",
    ]
    .map(header::HeaderName::from_static);
    let own = [
        "idempotency-key",
        "accession-min-position",
        "x-csrf-token",
        "x-request-id",
    ]
    .map(header::HeaderName::from_static);
    let usual = [
        header::AUTHORIZATION,
        header::CONTENT_TYPE,
        header::IF_MATCH,
        header::IF_NONE_MATCH,
    ];
    let accepted: Vec<header::HeaderName> = usual.into_iter().chain(own).collect();
    Ok(Some(
        CorsLayer::new()
            .allow_origin(parsed?)
            .allow_methods([
                Method::GET,
                Method::POST,
                Method::PUT,
                Method::PATCH,
                Method::DELETE,
            ])
            .allow_headers(accepted)
            // Signing in with cookies; writes with them need the CSRF header besides.
            .allow_credentials(true)
            .expose_headers(expose),
    ))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use accession_service::access::routes;
    use accession_service::describing::requirement;

    use super::*;

    #[test]
    fn no_two_roles_describe_different_things_under_one_name() {
        let mut seen: BTreeMap<String, serde_json::Value> = BTreeMap::new();
        for part in parts() {
            for (name, schema) in part.components.unwrap_or_default().schemas {
                let schema = serde_json::to_value(schema).unwrap();
                if let Some(other) = seen.insert(name.clone(), schema.clone()) {
                    assert_eq!(other, schema, "two schemas are called {name}");
                }
            }
        }
        assert!(!seen.is_empty());
    }

    #[test]
    fn every_route_of_the_product_stands_in_the_one_table_and_its_description_says_so() {
        let api = serde_json::to_value(description()).unwrap();
        let mut described = BTreeSet::new();
        for (path, item) in api["paths"].as_object().unwrap() {
            let operations = item.as_object().unwrap().iter();
            for (method, operation) in operations.filter(|(key, _)| *key != "parameters") {
                let method = method.to_uppercase();
                let audience = routes::audience(&method, path).unwrap_or_else(|| {
                    panic!("{method} {path} is missing in platform/service/src/access/routes/")
                });
                let said = serde_json::to_value(requirement(audience)).unwrap();
                assert_eq!(operation["security"], said, "{method} {path}");
                described.insert((method, path.clone()));
            }
        }
        for line in routes::table().filter(|line| line.path.starts_with("/api/")) {
            let route = (line.method.to_owned(), line.path.to_owned());
            assert!(described.contains(&route), "there is no {line:?}");
        }
    }
}
