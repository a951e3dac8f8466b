//! Loans, holds and the policy behind them.
//!
//! Never a line by which somebody reads who has a copy: readers of a library's loans are its staff.

use super::Audience::{Anyone, Editors, LibraryAdmins, Members, SignedIn, Viewers};
use super::{Route, delete, get, post, put};

pub(super) const ROUTES: &[Route] = &[
    // For calendar programs: the link's own secret is in the address, and the handler looks whose it is.
    get("/api/read/calendars/loans", Anyone),
    get("/api/read/libraries/{id}/borrowers", Editors),
    get(
        "/api/read/libraries/{id}/copies/{copy}/availability",
        Members,
    ),
    get("/api/read/libraries/{id}/loan-policy", Members),
    // At home for everyone who sees the whole library, elsewhere for the staff, which the handler tells apart.
    get("/api/read/libraries/{id}/loans", Viewers),
    get("/api/read/libraries/{id}/loans/{loan}", Members),
    get(
        "/api/read/libraries/{id}/titles/{title}/availability",
        Members,
    ),
    get("/api/read/me/holds", SignedIn),
    get("/api/read/me/loans", SignedIn),
    get("/api/read/me/loans/calendar", SignedIn),
    delete("/api/v1/libraries/{id}/borrowers/{patron}", Editors),
    // For oneself; the staff may for others, which the handlers tell apart.
    post("/api/v1/libraries/{id}/copies/{copy}/holds", Members),
    delete("/api/v1/libraries/{id}/copies/{copy}/holds/{hold}", Members),
    post("/api/v1/libraries/{id}/copies/{copy}/loan", Members),
    post("/api/v1/libraries/{id}/copies/{copy}/loan/lost", Editors),
    post("/api/v1/libraries/{id}/copies/{copy}/loan/renewal", Members),
    post("/api/v1/libraries/{id}/copies/{copy}/loan/return", Members),
    post("/api/v1/libraries/{id}/desk/checkouts", Editors),
    post("/api/v1/libraries/{id}/desk/offline", Editors),
    post("/api/v1/libraries/{id}/desk/returns", Editors),
    put("/api/v1/libraries/{id}/loan-policy", LibraryAdmins),
    post("/api/v1/libraries/{id}/loans", Editors),
    post("/api/v1/libraries/{id}/titles/{title}/holds", Members),
    get("/api/v1/users/me/calendar-links", SignedIn),
    post("/api/v1/users/me/calendar-links", SignedIn),
    delete("/api/v1/users/me/calendar-links/{link}", SignedIn),
];
