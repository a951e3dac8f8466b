//! Calls that need a role on the platform: curators, importers, administrators.
//!
//! Never looks at libraries: what a member may do is another matter.

use accession_service::access::{Admission, Gate};
use accession_service::problem::Problem;
use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;

use super::Call;

/// A call of somebody who looks after the catalog.
#[derive(Debug, Clone)]
pub struct CuratorCall(pub Call);

/// A call of an importer.
#[derive(Debug, Clone)]
pub struct ImporterCall(pub Call);

/// A call of a person who operates the platform.
#[derive(Debug, Clone)]
pub struct AdminCall(pub Call);

impl<S> FromRequestParts<S> for CuratorCall
where
    Gate: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Call::admitted(parts, &Gate::from_ref(state), Admission::Curators)
            .await
            .map(Self)
    }
}

impl<S> FromRequestParts<S> for ImporterCall
where
    Gate: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Call::admitted(parts, &Gate::from_ref(state), Admission::Importers)
            .await
            .map(Self)
    }
}

impl<S> FromRequestParts<S> for AdminCall
where
    Gate: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Call::admitted(parts, &Gate::from_ref(state), Admission::Admins)
            .await
            .map(Self)
    }
}
