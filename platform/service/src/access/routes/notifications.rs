//! Messages on their way.
//!
//! Never open to anybody but services and operators.

use super::Route;

pub(super) const ROUTES: &[Route] = &[];
