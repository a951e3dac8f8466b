//! Libraries and who belongs to them.
//!
//! Never open to somebody only because of a role on the platform.

use super::Audience::{LibraryAdmins, Members, SignedIn, Viewers};
use super::{Route, get};

pub(super) const ROUTES: &[Route] = &[
    get("/api/read/libraries/{id}", Members),
    get("/api/read/libraries/{id}/invitations", LibraryAdmins),
    get("/api/read/libraries/{id}/members", Viewers),
    get("/api/read/libraries/{id}/members/activity", Viewers),
    get("/api/read/libraries/{id}/members/search", Viewers),
    get("/api/read/libraries/{id}/members/{account}", Members),
    get("/api/read/me/invitations", SignedIn),
    get("/api/read/me/libraries", SignedIn),
];
