//! Libraries and who belongs to them.
//!
//! Never open to somebody only because of a role on the platform.

use super::Route;

pub(super) const ROUTES: &[Route] = &[];
