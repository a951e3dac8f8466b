//! Libraries and who belongs to them.
//!
//! Never open to somebody only because of a role on the platform.

use super::Audience::{Anyone, Editors, LibraryAdmins, Members, SignedIn, Viewers};
use super::{Route, delete, get, patch, post};

pub(super) const ROUTES: &[Route] = &[
    get("/api/read/libraries/{id}", Members),
    get("/api/read/libraries/{id}/backup", LibraryAdmins),
    get("/api/read/libraries/{id}/invitations", LibraryAdmins),
    get("/api/read/libraries/{id}/members", Viewers),
    get("/api/read/libraries/{id}/members/activity", Viewers),
    get("/api/read/libraries/{id}/members/search", Viewers),
    get("/api/read/libraries/{id}/members/{account}", Members),
    get("/api/read/me/invitations", SignedIn),
    get("/api/read/me/libraries", SignedIn),
    post("/api/v1/auth/invitations/accept", Anyone),
    post("/api/v1/auth/invitations/decline", Anyone),
    post("/api/v1/libraries", SignedIn),
    // For its admins. Whoever repeats a deletion under its key is told what came of it, also when their membership has ended
    // meanwhile; so the handler asks for the membership after that.
    delete("/api/v1/libraries/{id}", SignedIn),
    patch("/api/v1/libraries/{id}", LibraryAdmins),
    post("/api/v1/libraries/{id}/confirm-deletion", LibraryAdmins),
    // Whoever is asked is no member yet; the aggregate looks for their invitation.
    post("/api/v1/libraries/{id}/invitations/accept", SignedIn),
    post("/api/v1/libraries/{id}/invitations/decline", SignedIn),
    // Open to a suspended member, too.
    post("/api/v1/libraries/{id}/leave", SignedIn),
    post("/api/v1/libraries/{id}/members", LibraryAdmins),
    post("/api/v1/libraries/{id}/members/children", Editors),
    delete("/api/v1/libraries/{id}/members/{account}", LibraryAdmins),
    patch("/api/v1/libraries/{id}/members/{account}", LibraryAdmins),
    // Who is no admin has to be who answers for the child: the handler looks.
    post("/api/v1/libraries/{id}/members/{account}/password", Editors),
    post("/api/v1/libraries/{id}/revoke-sessions", LibraryAdmins),
    // Makes a library of one's own; nobody else comes into it.
    post("/api/v1/libraries/restore", SignedIn),
];
