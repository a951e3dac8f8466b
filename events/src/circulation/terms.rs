//! The terms on which a library lends: for how long, how many, how often again, and to whom.
//!
//! Never about money: fees have a ledger of their own one day, and take the terms of a loan from the policy's version that
//! the loan names.

// tidy: allow wall because terms are set for the kinds of libraries and the roles of their members

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::library::{LibraryKind, MemberRole};

/// On which terms a library lends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LendingTerms {
    /// For how many days a copy is lent, and for how many it is renewed.
    pub period_days: u16,
    /// How often a loan may be renewed.
    pub renewals: u16,
    /// How many copies one patron may have at the same time.
    pub loans_per_patron: u16,
    /// In how many queues one patron may wait at the same time.
    pub holds_per_patron: u16,
    /// For how many days a copy that came back is kept for the next in its queue.
    pub pick_up_days: u16,
    /// Members of which roles may borrow.
    pub lends_to: BTreeSet<MemberRole>,
    /// Members of which roles may take a copy without anybody of the staff.
    pub self_service: BTreeSet<MemberRole>,
    /// Whether borrowers may say themselves that a copy came back.
    pub self_return: bool,
    /// Whether copies are lent to people who do not belong to the library, by name.
    pub outside_borrowers: bool,
}

impl LendingTerms {
    /// What holds in a library of this kind that has not said anything.
    #[must_use]
    pub fn usual(kind: LibraryKind) -> Self {
        let grown_up = [
            MemberRole::Admin,
            MemberRole::Editor,
            MemberRole::Viewer,
            MemberRole::Patron,
        ];
        Self {
            period_days: 14,
            renewals: 2,
            loans_per_patron: 10,
            holds_per_patron: 10,
            pick_up_days: 3,
            lends_to: grown_up.into_iter().chain([MemberRole::Child]).collect(),
            self_service: grown_up.into_iter().collect(),
            // At home nobody stands at a desk.
            self_return: kind == LibraryKind::Family,
            outside_borrowers: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_that_said_nothing_lends_for_fourteen_days() {
        for kind in [LibraryKind::Family, LibraryKind::Lending, LibraryKind::Shop] {
            let terms = LendingTerms::usual(kind);
            assert_eq!(terms.period_days, 14);
            assert!(!terms.self_service.contains(&MemberRole::Child));
            assert_eq!(terms.self_return, kind == LibraryKind::Family);
        }
    }
}
