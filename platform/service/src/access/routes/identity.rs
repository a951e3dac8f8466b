//! Accounts, sessions and what is a person's own.
//!
//! Open only where the request itself shows what it may: a password, a refresh token, a challenge.

use super::Audience::{Admins, Anyone, SignedIn};
use super::{Route, delete, get, patch, post, put};

pub(super) const ROUTES: &[Route] = &[
    post("/api/v1/admin/accounts/{id}/disable", Admins),
    post("/api/v1/admin/accounts/{id}/enable", Admins),
    post("/api/v1/admin/accounts/{id}/role", Admins),
    post("/api/v1/auth/confirm-email-change", Anyone),
    post("/api/v1/auth/context/select", SignedIn),
    post("/api/v1/auth/forgot-password", Anyone),
    post("/api/v1/auth/login", Anyone),
    post("/api/v1/auth/logout", Anyone),
    post("/api/v1/auth/logout-all", SignedIn),
    post("/api/v1/auth/oauth/{provider}/callback", Anyone),
    post("/api/v1/auth/oauth/{provider}/consent", Anyone),
    get("/api/v1/auth/oauth/{provider}/start", Anyone),
    get("/api/v1/auth/oauth/providers", Anyone),
    post("/api/v1/auth/refresh", Anyone),
    post("/api/v1/auth/register", Anyone),
    post("/api/v1/auth/resend-verification", Anyone),
    post("/api/v1/auth/reset-password", Anyone),
    post("/api/v1/auth/verify-email", Anyone),
    patch("/api/v1/users/me", SignedIn),
    delete("/api/v1/users/me", SignedIn),
    post("/api/v1/users/me/avatar", SignedIn),
    delete("/api/v1/users/me/avatar", SignedIn),
    get("/api/v1/users/me/consents", SignedIn),
    post("/api/v1/users/me/consents", SignedIn),
    post("/api/v1/users/me/email/change", SignedIn),
    delete("/api/v1/users/me/identities/{provider}", SignedIn),
    post("/api/v1/users/me/identities/{provider}/link", SignedIn),
    post("/api/v1/users/me/password", SignedIn),
    put("/api/v1/users/me/preferences", SignedIn),
    get("/api/v1/users/me/sessions", SignedIn),
    delete("/api/v1/users/me/sessions/{id}", SignedIn),
    post("/api/v1/users/me/tour/complete", SignedIn),
    post("/api/v1/users/me/tour/reset", SignedIn),
    get("/avatars/{sha256}", Anyone),
];
