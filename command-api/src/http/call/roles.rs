//! Calls that need a role on the platform: curators, importers, administrators.
//!
//! Never looks at libraries: what a member may do is another matter.

use accession_service::access::{Audience, Scope};
use accession_service::problem::Problem;
use axum::extract::FromRequestParts;
use http::request::Parts;

use super::Call;

/// Calls that were let in by lines of one audience.
macro_rules! calls_of {
    ($($(#[$meaning:meta])* $name:ident: $audience:expr;)+) => {$(
        $(#[$meaning])*
        #[derive(Debug, Clone)]
        pub struct $name(pub Call);

        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
                Call::decided(parts, |to| to == $audience).map(Self)
            }
        }
    )+};
}

calls_of! {
    /// A call of somebody who looks after the catalog.
    CuratorCall: Audience::Curators;
    /// A call of an importer.
    ImporterCall: Audience::Services(Scope::Import);
    /// A call of a person who operates the platform.
    AdminCall: Audience::Admins;
}
