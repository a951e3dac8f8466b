//! All routes of the operators: the list of what can be asked of the platform itself.
//!
//! It has no fallback of its own, so that a server of several roles can merge it.

use accession_service::access::Deciding;
use accession_service::describing::describe_access;
use accession_service::problem::Problem;
use axum::Router;
use utoipa::openapi::{InfoBuilder, OpenApi};
use utoipa_axum::router::OpenApiRouter;

use crate::services::Services;
use crate::{as_of, parked, read_models, register};

fn routes() -> OpenApiRouter<Services> {
    OpenApiRouter::new()
        .merge(as_of::http::routes())
        .merge(parked::http::routes())
        .merge(read_models::http::routes())
        .merge(register::http::routes())
}

/// The routes, working with these services.
pub(crate) fn router(services: Services) -> Router {
    let (router, _) = routes().split_for_parts();
    router
        .route_layer(Deciding::new(services.gate.clone()))
        .method_not_allowed_fallback(Problem::method_not_allowed)
        .with_state(services)
}

/// The description of the routes.
#[must_use]
pub fn openapi() -> OpenApi {
    let mut api = routes().into_openapi();
    api.info = InfoBuilder::new()
        .title("Accession operations")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "What operators ask and do: read models, parked events, the log itself.",
        ))
        .build();
    describe_access(&mut api);
    api
}
