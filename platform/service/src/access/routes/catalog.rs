//! The shared catalog: titles, editions, episodes and sources are written by those who look after it.
//!
//! Never a route that reads.

use super::Audience::Curators;
use super::{Route, delete, patch, post, put};

pub(super) const ROUTES: &[Route] = &[
    post("/api/v1/editions", Curators),
    delete("/api/v1/editions/{id}", Curators),
    patch("/api/v1/editions/{id}", Curators),
    put("/api/v1/editions/{id}/locks/{field}", Curators),
    delete("/api/v1/editions/{id}/locks/{field}", Curators),
    post("/api/v1/editions/{id}/merge", Curators),
    post("/api/v1/editions/{id}/merges/{merged}/undo", Curators),
    post("/api/v1/editions/{id}/reinstate", Curators),
    post("/api/v1/editions/{id}/undo", Curators),
    post("/api/v1/episodes", Curators),
    patch("/api/v1/episodes/{id}", Curators),
    post("/api/v1/episodes/{id}/attach", Curators),
    post("/api/v1/episodes/{id}/detach", Curators),
    put("/api/v1/episodes/{id}/locks/{field}", Curators),
    delete("/api/v1/episodes/{id}/locks/{field}", Curators),
    post("/api/v1/episodes/{id}/undo", Curators),
    post("/api/v1/sources", Curators),
    delete("/api/v1/sources/{id}", Curators),
    patch("/api/v1/sources/{id}", Curators),
    post("/api/v1/sources/{id}/state", Curators),
    post("/api/v1/titles", Curators),
    patch("/api/v1/titles/{id}", Curators),
    post("/api/v1/titles/{id}/activate", Curators),
    post("/api/v1/titles/{id}/deactivate", Curators),
    put("/api/v1/titles/{id}/locks/{field}", Curators),
    delete("/api/v1/titles/{id}/locks/{field}", Curators),
    post("/api/v1/titles/{id}/merge", Curators),
    post("/api/v1/titles/{id}/merges/{merged}/undo", Curators),
    post("/api/v1/titles/{id}/reclassify", Curators),
    put("/api/v1/titles/{id}/slug", Curators),
    post("/api/v1/titles/{id}/split", Curators),
    post("/api/v1/titles/{id}/undo", Curators),
];
