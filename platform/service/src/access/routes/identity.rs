//! Accounts, sessions and what is a person's own.
//!
//! Open only where the request itself shows what it may: a password, a refresh token, a challenge.

use super::Route;

pub(super) const ROUTES: &[Route] = &[];
