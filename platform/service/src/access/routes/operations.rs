//! The operators' room: read models, parked events, the past, the log itself; and what is an admin's in other contexts.
//!
//! Never open to a role of a library.

use super::Audience::{Admins, Services};
use super::{Route, delete, get, post};
use crate::access::Scope;

pub(super) const ROUTES: &[Route] = &[
    post("/api/v1/admin/accounts/{id}/erase", Admins),
    get("/api/v1/admin/service-credentials", Admins),
    post("/api/v1/admin/service-credentials", Admins),
    post("/api/v1/admin/service-credentials/{id}/rotate", Admins),
    delete("/api/v1/admin/service-credentials/{id}", Admins),
    get("/api/v1/admin/as-of/{kind}/{id}", Admins),
    post("/api/v1/admin/import-runs/{id}/undo", Admins),
    get("/api/v1/admin/log/checkpoint", Admins),
    get("/api/v1/admin/log/proof/{position}", Admins),
    get("/api/v1/admin/parked", Admins),
    post("/api/v1/admin/parked/{name}/discard", Admins),
    post("/api/v1/admin/parked/{name}/retry", Admins),
    get("/api/v1/admin/read-models", Admins),
    get("/api/v1/admin/read-models/{name}", Admins),
    post("/api/v1/admin/read-models/{name}/compare", Admins),
    post("/api/v1/admin/read-models/{name}/drop-old", Admins),
    post("/api/v1/admin/read-models/{name}/promote", Admins),
    post("/api/v1/admin/read-models/{name}/rebuild", Admins),
    post("/api/v1/admin/read-models/{name}/rollback", Admins),
    post(
        "/api/v1/internal/read-models/{name}/rebuild",
        Services(Scope::Operate),
    ),
];
