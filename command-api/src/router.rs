//! All routes of the command API: the list of what the product can be told to do.
//!
//! It has no fallback of its own, so that a server of several roles can merge it.

use accession_service::problem::Problem;
use axum::Router;
use http::StatusCode;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{InfoBuilder, OpenApi};
use utoipa_axum::router::OpenApiRouter;

use crate::http::describe::problem_schemas;
use crate::services::Services;
use crate::{catalog, ingestion};

fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .merge(catalog::http::routes())
        .merge(ingestion::http::routes())
}

/// The routes, working with these services.
pub(crate) fn router(services: Services) -> Router {
    let (router, _) = routes().split_for_parts();
    router
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(services)
}

/// The description of the routes.
#[must_use]
pub fn openapi() -> OpenApi {
    let mut api = routes().into_openapi();
    api.info = InfoBuilder::new()
        .title("Accession command API")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Commands: everything that changes the catalog goes through here.",
        ))
        .build();
    let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    let components = api.components.get_or_insert_default();
    components.schemas.extend(problem_schemas());
    components.add_security_scheme("bearer", bearer);
    api.security = Some(vec![utoipa::openapi::security::SecurityRequirement::new(
        "bearer",
        Vec::<String>::new(),
    )]);
    api
}

/// The answer to a method that a path does not know.
async fn method_not_allowed() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "this path exists, but not with this method: see /openapi.json",
    )
}

/// The answer to a path that nobody knows: a fallback for whoever serves the routes.
#[expect(clippy::unused_async, reason = "a handler is async")]
pub async fn no_such_route() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "no_such_route",
        "there is no such path: see /openapi.json",
    )
}
