//! What can happen to somebody who borrows from one library: a member, or an outside borrower by name.
//!
//! Counts what they have and what they wait for, so that "not more than ten" is decided in one place. A copy that a patron has
//! is claimed by the patron's stream: no two patrons ever have one copy, whatever else goes wrong.

use serde::{Deserialize, Serialize};

use crate::claims::{ClaimChange, ClaimKey, ClaimKind};
use crate::event::LoggedEvent;
use crate::ids::{AccountId, CopyId, HoldId, LibraryId, LoanId};
use crate::values::{PersonName, Personal};

/// What happened to a patron. A member's id follows from library and account; an outsider's is the subject of their name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum PatronEvent {
    /// Somebody borrows from the library for the first time, or was put on its list.
    PatronRegistered {
        /// From which library.
        library: LibraryId,
        /// Whose account it is, for a member.
        account: Option<AccountId>,
        /// What an outside borrower is called; sealed for the patron itself as its subject.
        name: Option<Personal<PersonName>>,
        /// Who said so.
        by: AccountId,
    },
    /// They have a copy from now on.
    CopyBorrowed {
        /// By which loan.
        loan: LoanId,
        /// Which.
        copy: CopyId,
    },
    /// They have it no longer.
    CopyGivenBack {
        /// The loan that is over.
        loan: LoanId,
        /// Which copy.
        copy: CopyId,
    },
    /// They wait for a copy.
    QueueJoined {
        /// By which hold.
        hold: HoldId,
        /// For which copy.
        copy: CopyId,
    },
    /// They wait for it no longer: they have it, gave it up, or did not come for it.
    QueueLeft {
        /// The hold that is over.
        hold: HoldId,
        /// For which copy.
        copy: CopyId,
    },
}

impl LoggedEvent for PatronEvent {
    const AGGREGATE: &'static str = "circulation.patron";

    fn name(&self) -> &'static str {
        match self {
            Self::PatronRegistered { .. } => "PatronRegistered",
            Self::CopyBorrowed { .. } => "CopyBorrowed",
            Self::CopyGivenBack { .. } => "CopyGivenBack",
            Self::QueueJoined { .. } => "QueueJoined",
            Self::QueueLeft { .. } => "QueueLeft",
        }
    }

    fn claims(&self) -> Vec<ClaimChange> {
        match self {
            Self::CopyBorrowed { copy, .. } => vec![ClaimChange::Make(open_loan(*copy))],
            Self::CopyGivenBack { copy, .. } => vec![ClaimChange::Release(open_loan(*copy))],
            Self::PatronRegistered { .. } | Self::QueueJoined { .. } | Self::QueueLeft { .. } => {
                Vec::new()
            }
        }
    }
}

/// The claim of whoever has a copy.
#[must_use]
pub fn open_loan(copy: CopyId) -> ClaimKey {
    ClaimKey::new(ClaimKind::OpenLoan, copy.to_string())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn whoever_has_a_copy_claims_it_until_it_is_back() {
        let (loan, copy) = (
            LoanId::new(Uuid::from_u128(1)),
            CopyId::new(Uuid::from_u128(2)),
        );
        let taken = PatronEvent::CopyBorrowed { loan, copy };
        let back = PatronEvent::CopyGivenBack { loan, copy };
        assert_eq!(taken.claims(), [ClaimChange::Make(open_loan(copy))]);
        assert_eq!(back.claims(), [ClaimChange::Release(open_loan(copy))]);
        assert!(
            PatronEvent::QueueJoined {
                hold: HoldId::new(Uuid::from_u128(3)),
                copy
            }
            .claims()
            .is_empty()
        );
    }
}
