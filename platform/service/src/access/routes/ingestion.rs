//! What importers send and ask.
//!
//! Never a route that a person of a library calls.

use super::Audience::Services;
use super::{Route, delete, get, post, put};
use crate::access::Scope;

pub(super) const ROUTES: &[Route] = &[
    post("/api/v1/internal/import/anime", Services(Scope::Import)),
    get(
        "/api/v1/internal/import/checkpoints/{source}",
        Services(Scope::Import),
    ),
    put(
        "/api/v1/internal/import/checkpoints/{source}",
        Services(Scope::Import),
    ),
    post("/api/v1/internal/import/dry-run", Services(Scope::Import)),
    post(
        "/api/v1/internal/import/editions:batch",
        Services(Scope::Import),
    ),
    post("/api/v1/internal/import/episodes", Services(Scope::Import)),
    post(
        "/api/v1/internal/import/episodes:batch",
        Services(Scope::Import),
    ),
    put(
        "/api/v1/internal/import/leases/{source}/{holder}",
        Services(Scope::Import),
    ),
    delete(
        "/api/v1/internal/import/leases/{source}/{holder}",
        Services(Scope::Import),
    ),
    get("/api/v1/internal/import/runs", Services(Scope::Import)),
    post("/api/v1/internal/import/runs", Services(Scope::Import)),
    get("/api/v1/internal/import/runs/{id}", Services(Scope::Import)),
    post(
        "/api/v1/internal/import/runs/{id}/abandon",
        Services(Scope::Import),
    ),
    put(
        "/api/v1/internal/import/runs/{id}/checkpoint",
        Services(Scope::Import),
    ),
    post(
        "/api/v1/internal/import/runs/{id}/complete",
        Services(Scope::Import),
    ),
    post(
        "/api/v1/internal/import/runs/{id}/rejections",
        Services(Scope::Import),
    ),
    post(
        "/api/v1/internal/import/sources:batch",
        Services(Scope::Import),
    ),
    post(
        "/api/v1/internal/import/titles:batch",
        Services(Scope::Import),
    ),
    post("/api/v1/internal/import/video", Services(Scope::Import)),
];
