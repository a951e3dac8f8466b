//! What can happen to a library and to those who belong to it.
//!
//! One stream holds all memberships, so that "somebody has to be its admin" is decided in one place. Never holds a token
//! or a readable name or address.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::membership::{JoinedHow, LibraryKind, MemberRole};
use crate::event::LoggedEvent;
use crate::ids::{AccountId, ChallengeId, SubjectId};
use crate::values::{EmailIndex, LongText, PersonName, Personal, ShortText, Year};

/// What happened to a library. An invitation is known by its subject: the invited account, or somebody who has none yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum LibraryEvent {
    /// Somebody made it; they join as its first admin with the next event.
    LibraryCreated {
        /// What it is called.
        name: ShortText,
        /// What kind of tenant it is.
        kind: LibraryKind,
        /// Who made it.
        by: AccountId,
    },
    /// It is called something else.
    LibraryRenamed {
        /// What it is called from now on.
        name: ShortText,
        /// Who said so.
        by: AccountId,
    },
    /// It is described otherwise.
    LibraryDescribed {
        /// The description; none when it was taken away.
        description: Option<LongText>,
        /// Who said so.
        by: AccountId,
    },
    /// Children's accounts are allowed, or are no longer.
    KidsModeSet {
        /// Whether they are.
        on: bool,
        /// Whom it concerns: every active or suspended member.
        members: Vec<AccountId>,
        /// Who said so.
        by: AccountId,
    },
    /// Somebody was asked to join, by mail.
    MemberInvited {
        /// Whom the sealed fields are about.
        subject: SubjectId,
        /// What the token in the mail proves.
        challenge: ChallengeId,
        /// The account with this address, when there was one.
        account: Option<AccountId>,
        /// Where the mail goes.
        email: Personal<String>,
        /// The address in a form that can be compared and not read.
        email_index: EmailIndex,
        /// What the one who invites calls them.
        name: Option<Personal<PersonName>>,
        /// What they are to be.
        role: MemberRole,
        /// Until when they may accept.
        expires_at: Timestamp,
        /// Who invites.
        by: AccountId,
    },
    /// An invitation was mailed once more, with a new token; the former token proves nothing any longer.
    InvitationResent {
        /// Whose.
        subject: SubjectId,
        /// What the new token proves.
        challenge: ChallengeId,
        /// Where the mail goes.
        email: Personal<String>,
        /// Until when they may accept.
        expires_at: Timestamp,
        /// Who did it.
        by: AccountId,
    },
    /// An invitation was taken back.
    InvitationWithdrawn {
        /// Whose.
        subject: SubjectId,
        /// Who did it; nobody when the library's end did, or the person's own.
        by: Option<AccountId>,
    },
    /// An invitation was not answered in time.
    InvitationExpired {
        /// Whose.
        subject: SubjectId,
    },
    /// Somebody who was invited does not want to.
    InvitationDeclined {
        /// Whose.
        subject: SubjectId,
        /// With which account, when they were signed in.
        account: Option<AccountId>,
    },
    /// Somebody belongs to it from now on.
    MemberJoined {
        /// Who.
        account: AccountId,
        /// As what.
        role: MemberRole,
        /// What kind of library it is.
        kind: LibraryKind,
        /// Whether children's accounts are allowed in it then.
        kids_mode: bool,
        /// How they came in.
        how: JoinedHow,
        /// The invitation that is used up by it.
        invitation: Option<SubjectId>,
    },
    /// Somebody is something else in it from now on.
    RoleChanged {
        /// Who.
        account: AccountId,
        /// What they were.
        from: MemberRole,
        /// What they are.
        to: MemberRole,
        /// Who said so.
        by: AccountId,
    },
    /// Somebody may do nothing in it for now.
    MemberSuspended {
        /// Who.
        account: AccountId,
        /// Who said so.
        by: AccountId,
    },
    /// Somebody who was suspended may act again.
    MemberReinstated {
        /// Who.
        account: AccountId,
        /// Who said so.
        by: AccountId,
    },
    /// Somebody belongs to it no longer, by the word of another.
    MemberRemoved {
        /// Who.
        account: AccountId,
        /// What they were called then, for the library's own records; purged after twelve months.
        name: Option<Personal<PersonName>>,
        /// The subject that the name is sealed for: one of its own, so that it can be purged without the account. None
        /// when it is sealed for the account itself, as it once was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        record: Option<SubjectId>,
        /// Who said so; nobody when the library's or the account's end did.
        by: Option<AccountId>,
    },
    /// Somebody belongs to it no longer, by their own word.
    MemberLeft {
        /// Who.
        account: AccountId,
    },
    /// An account was made for a child of the family; it joins with the next event.
    ChildCreated {
        /// The child's account.
        account: AccountId,
        /// Who answers for the child; the child's mail goes there.
        guardian: AccountId,
        /// What the child is called.
        name: Personal<PersonName>,
        /// When the child was born, if it was said.
        birth_year: Option<Personal<Year>>,
    },
    /// Its sessions ended: whoever had selected it selects it again.
    LibrarySessionsRevoked {
        /// Whose: every active or suspended member but the one who said so.
        members: Vec<AccountId>,
        /// Who said so.
        by: AccountId,
    },
    /// It is being taken down: nothing else can be done with it from now on.
    LibraryDeletionStarted {
        /// Who said so.
        by: AccountId,
        /// Why, in their words.
        reason: Option<ShortText>,
    },
    /// Nothing of it is left but this.
    LibraryDeletionCompleted {},
}

impl LoggedEvent for LibraryEvent {
    const AGGREGATE: &'static str = "library.library";

    fn name(&self) -> &'static str {
        match self {
            Self::LibraryCreated { .. } => "LibraryCreated",
            Self::LibraryRenamed { .. } => "LibraryRenamed",
            Self::LibraryDescribed { .. } => "LibraryDescribed",
            Self::KidsModeSet { .. } => "KidsModeSet",
            Self::MemberInvited { .. } => "MemberInvited",
            Self::InvitationResent { .. } => "InvitationResent",
            Self::InvitationWithdrawn { .. } => "InvitationWithdrawn",
            Self::InvitationExpired { .. } => "InvitationExpired",
            Self::InvitationDeclined { .. } => "InvitationDeclined",
            Self::MemberJoined { .. } => "MemberJoined",
            Self::RoleChanged { .. } => "RoleChanged",
            Self::MemberSuspended { .. } => "MemberSuspended",
            Self::MemberReinstated { .. } => "MemberReinstated",
            Self::MemberRemoved { .. } => "MemberRemoved",
            Self::MemberLeft { .. } => "MemberLeft",
            Self::ChildCreated { .. } => "ChildCreated",
            Self::LibrarySessionsRevoked { .. } => "LibrarySessionsRevoked",
            Self::LibraryDeletionStarted { .. } => "LibraryDeletionStarted",
            Self::LibraryDeletionCompleted { .. } => "LibraryDeletionCompleted",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removal_from_before_its_record_had_a_subject_of_its_own_still_reads() {
        let old = r#"{"MemberRemoved":{"account":"0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c","name":null,"by":null}}"#;
        let read: LibraryEvent = serde_json::from_str(old).unwrap();
        assert!(matches!(
            read,
            LibraryEvent::MemberRemoved { record: None, .. }
        ));
        assert_eq!(serde_json::to_string(&read).unwrap(), old);
    }
}
