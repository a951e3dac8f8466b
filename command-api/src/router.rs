//! All routes of the command API: the list of what the product can be told to do.
//!
//! It has no fallback of its own, so that a server of several roles can merge it.

use accession_service::access::Deciding;
use accession_service::describing::describe_access;
use accession_service::problem::Problem;
use axum::Router;
use axum::middleware::from_fn_with_state;
use http::StatusCode;
use utoipa::openapi::{InfoBuilder, OpenApi};
use utoipa_axum::router::OpenApiRouter;

use crate::services::Services;
use crate::{catalog, circulation, holdings, identity, ingestion, library};

fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .merge(identity::erasure::http::routes())
        .merge(identity::service_credential::http::routes())
        .merge(identity::http::sessions::routes())
        .merge(identity::sign_in::http::routes())
        .merge(catalog::http::routes())
        .merge(identity::http::routes())
        .merge(library::http::routes())
        .merge(holdings::http::routes())
        .merge(circulation::http::routes())
        .merge(ingestion::http::routes())
}

/// The routes, working with these services.
pub(crate) fn router(services: &Services) -> Router {
    let (router, _) = routes().split_for_parts();
    router
        .route_layer(Deciding::new(services.gate.clone()))
        .method_not_allowed_fallback(Problem::method_not_allowed)
        .with_state(services.clone())
        .layer(from_fn_with_state(
            services.gate.clone(),
            library::http::settle,
        ))
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
    describe_access(&mut api);
    api
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
