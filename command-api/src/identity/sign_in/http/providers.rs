//! `GET /api/v1/auth/oauth/providers`: with whom people may sign in here.
//!
//! Never tells more than a button needs: no issuer, no client.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::identity::sign_in::SignIn;

/// Somebody who may vouch for people here.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProviderButton {
    /// Its name in routes.
    #[schema(example = "google")]
    name: String,
    /// What the button says.
    #[schema(example = "Google")]
    display_name: String,
}

/// All of them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProviderButtons {
    /// By name.
    items: Vec<ProviderButton>,
}

/// With whom people may sign in here.
#[utoipa::path(get, path = "/api/v1/auth/oauth/providers", tag = "identity", security(()),
    responses((status = 200, description = "The providers; none when the operator has set none.", body = ProviderButtons)))]
pub(super) async fn sign_in_providers(
    State(sign_in): State<Option<SignIn>>,
) -> Json<ProviderButtons> {
    let button = |provider: &accession_sign_in::Provider| ProviderButton {
        name: provider.name().to_owned(),
        display_name: provider.display_name().to_owned(),
    };
    Json(ProviderButtons {
        items: sign_in.map_or_else(Vec::new, |sign_in| {
            sign_in.providers().iter().map(button).collect()
        }),
    })
}
