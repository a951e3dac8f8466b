//! What can be asked of the read API.
//!
//! Never a route that changes anything.

use super::Audience::{Admins, Curators, Readers, SignedIn};
use super::{Route, get};

pub(super) const ROUTES: &[Route] = &[
    get("/api/read/admin/accounts", Admins),
    get("/api/read/admin/accounts/{id}", Admins),
    get("/api/read/admin/security-audit", Admins),
    get("/api/read/me", SignedIn),
    get("/api/read/me/access-log", SignedIn),
    get("/api/read/me/export", SignedIn),
    get("/api/read/me/security", SignedIn),
    get("/api/read/me/sessions", SignedIn),
    get("/api/read/anime", Readers),
    get("/api/read/anime/{slug}", Readers),
    get("/api/read/authors", Readers),
    get("/api/read/editions/{id}", Readers),
    get("/api/read/editions/{id}/history", Readers),
    get("/api/read/editions/{id}/provenance", Readers),
    get("/api/read/episodes/{id}", Readers),
    get("/api/read/episodes/{id}/history", Readers),
    get("/api/read/episodes/{id}/provenance", Readers),
    get("/api/read/genres", Readers),
    get("/api/read/imports", Curators),
    get("/api/read/imports/{id}", Curators),
    get("/api/read/isbn/{isbn}", Readers),
    get("/api/read/search", Readers),
    get("/api/read/suggest", Readers),
    get("/api/read/titles", Readers),
    get("/api/read/titles/{id_or_slug}", Readers),
    get("/api/read/titles/{id_or_slug}/duplicates", Curators),
    get("/api/read/titles/{id_or_slug}/episodes", Readers),
    get("/api/read/titles/{id_or_slug}/history", Readers),
    get("/api/read/titles/{id_or_slug}/provenance", Readers),
    get("/api/read/titles/{id_or_slug}/similar", Readers),
    get("/api/read/titles/{id_or_slug}/provenance/editions", Readers),
    get("/api/read/titles/{id_or_slug}/provenance/episodes", Readers),
];
