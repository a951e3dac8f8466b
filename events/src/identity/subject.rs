//! What can happen to a person as the subject of data: they are erased.
//!
//! A stream of its own, so that somebody who was only ever invited can be erased, too. Never names the person.

use serde::{Deserialize, Serialize};

use crate::event::LoggedEvent;
use crate::ids::{AccountId, LibraryId, SubjectId};

/// Why somebody was erased. A closed list, because free text would be about the person, in a log that cannot forget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErasureReason {
    /// They did it themselves.
    OwnWish,
    /// They asked for it, and an administrator did it.
    Asked,
    /// A law or a court demands it.
    LegalDuty,
    /// They broke the rules of the house.
    Misuse,
    /// The account was made by mistake, or for a trial.
    Mistake,
    /// What was kept of them was kept long enough.
    RetentionOver,
}

/// What happened to the subject of personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubjectEvent {
    /// Their key is destroyed: every reader drops what it knows of them.
    SubjectErased {
        /// Who; the id of the stream, and of their account if they had one.
        subject: SubjectId,
        /// Whose account it was about when it was no account itself: an invitation, or what a library kept of a removed
        /// member. By it a fold finds the person's document.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<AccountId>,
        /// The libraries whose documents may tell of them: where they are or were members, or were invited to.
        libraries: Vec<LibraryId>,
        /// Whose account it was done with; none from the command line.
        by: Option<AccountId>,
        /// Why.
        reason: ErasureReason,
    },
}

impl LoggedEvent for SubjectEvent {
    const AGGREGATE: &'static str = "identity.subject";

    fn name(&self) -> &'static str {
        match self {
            Self::SubjectErased { .. } => "SubjectErased",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_erasure_from_before_it_named_an_account_still_reads() {
        let old = r#"{"SubjectErased":{"subject":"0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c","libraries":[],"by":null,"reason":"asked"}}"#;
        let read: SubjectEvent = serde_json::from_str(old).unwrap();
        let SubjectEvent::SubjectErased { account, .. } = &read;
        assert_eq!(*account, None);
        assert_eq!(serde_json::to_string(&read).unwrap(), old);
    }
}
