//! Places, shelves and copies of a library.
//!
//! Never open to somebody only because of a role on the platform.

use super::Audience::{Editors, Members, Viewers};
use super::{Route, delete, get, patch, post};

pub(super) const ROUTES: &[Route] = &[
    get("/api/read/libraries/{id}/bookcases/{place}", Members),
    get("/api/read/libraries/{id}/copies", Members),
    get("/api/read/libraries/{id}/copies/activity", Viewers),
    get("/api/read/libraries/{id}/copies/{copy}", Members),
    get("/api/read/libraries/{id}/copies/{copy}/as-of", Viewers),
    get("/api/read/libraries/{id}/copies/{copy}/history", Viewers),
    get("/api/read/libraries/{id}/export", Editors),
    get("/api/read/libraries/{id}/labels", Editors),
    get("/api/read/libraries/{id}/places", Members),
    get("/api/read/libraries/{id}/search", Members),
    get("/api/read/libraries/{id}/statistics", Members),
    get("/api/read/libraries/{id}/suggest", Members),
    get("/api/read/libraries/{id}/stocktakings", Editors),
    get(
        "/api/read/libraries/{id}/stocktakings/{stocktaking}",
        Editors,
    ),
    post("/api/v1/libraries/{id}/copies", Editors),
    post("/api/v1/libraries/{id}/copies/bulk-move", Editors),
    post("/api/v1/libraries/{id}/copies/bulk-remove", Editors),
    delete("/api/v1/libraries/{id}/copies/{copy}", Editors),
    patch("/api/v1/libraries/{id}/copies/{copy}", Editors),
    post("/api/v1/libraries/{id}/copies/{copy}/move", Editors),
    post("/api/v1/libraries/{id}/copies/{copy}/restore", Editors),
    post("/api/v1/libraries/{id}/copies/{copy}/state", Editors),
    post("/api/v1/libraries/{id}/copies/{copy}/swap", Editors),
    post("/api/v1/libraries/{id}/copies/{copy}/undo", Editors),
    post("/api/v1/libraries/{id}/places", Editors),
    delete("/api/v1/libraries/{id}/places/{place}", Editors),
    patch("/api/v1/libraries/{id}/places/{place}", Editors),
    post("/api/v1/libraries/{id}/places/{place}/merge", Editors),
    post("/api/v1/libraries/{id}/places/{place}/move", Editors),
    post("/api/v1/libraries/{id}/places/{place}/restore", Editors),
    post("/api/v1/libraries/{id}/places/reorder", Editors),
    post("/api/v1/libraries/{id}/stocktakings", Editors),
    post(
        "/api/v1/libraries/{id}/stocktakings/{stocktaking}/abandon",
        Editors,
    ),
    post(
        "/api/v1/libraries/{id}/stocktakings/{stocktaking}/close",
        Editors,
    ),
    post(
        "/api/v1/libraries/{id}/stocktakings/{stocktaking}/moves",
        Editors,
    ),
    post(
        "/api/v1/libraries/{id}/stocktakings/{stocktaking}/scans",
        Editors,
    ),
];
