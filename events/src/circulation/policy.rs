//! What can happen to a library's lending policy: it was set. Its stream has the library's id.
//!
//! Never changes a loan that is open: each keeps the due date that it was told.

use serde::{Deserialize, Serialize};

use super::LendingTerms;
use crate::event::LoggedEvent;
use crate::ids::AccountId;

/// What happened to a lending policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PolicyEvent {
    /// From now on the library lends on these terms.
    LendingPolicySet {
        /// All of them, not only what changed.
        terms: LendingTerms,
        /// Who said so.
        by: AccountId,
    },
}

impl LoggedEvent for PolicyEvent {
    const AGGREGATE: &'static str = "circulation.policy";

    fn name(&self) -> &'static str {
        match self {
            Self::LendingPolicySet { .. } => "LendingPolicySet",
        }
    }
}
