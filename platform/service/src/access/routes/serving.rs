//! What every process serves beside its APIs: health, numbers, keys, the description. It is not in the API description itself.
//!
//! Never anything about a person.

use super::Audience::Anyone;
use super::{Route, get};

pub(super) const ROUTES: &[Route] = &[
    get("/.well-known/jwks.json", Anyone),
    get("/health/live", Anyone),
    get("/health/ready", Anyone),
    get("/health/status", Anyone),
    get("/info", Anyone),
    get("/metrics", Anyone),
    get("/openapi.json", Anyone),
];
