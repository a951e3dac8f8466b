//! Which loans are asked for.
//!
//! Never whose: that is the question's.

use accession_service::problem::Problem;
use utoipa::IntoParams;

use crate::asking::{Asked, bad, excerpt};

/// Which loans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    Active,
    Overdue,
    All,
}

/// Which loans are asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by the description of the API only")]
pub(super) struct LoanFilter {
    /// `active` (the usual), those that are due soonest first; `overdue`, the same of those that should be back; `all`, the
    /// newest first.
    state: Option<String>,
}

impl Which {
    pub(super) fn asked(asked: &Asked) -> Result<Self, Problem> {
        match asked.one("state") {
            None | Some("active") => Ok(Self::Active),
            Some("overdue") => Ok(Self::Overdue),
            Some("all") => Ok(Self::All),
            Some(other) => Err(bad(
                "state",
                format!(
                    "`state` is {}; expected active, overdue or all",
                    excerpt(other)
                ),
            )),
        }
    }
}
