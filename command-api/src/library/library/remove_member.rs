//! Have somebody belong to a library no longer, or take an invitation back.
//!
//! Never leaves the library without an active admin.

use accession_events::ids::{AccountId, ChallengeId, SubjectId};
use accession_events::library::LibraryEvent;
use accession_events::values::{PersonName, Personal};

use super::{KnownLibrary, LibraryError};

/// Whom to remove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoveMember {
    /// Who.
    pub who: Removed,
    /// Who says so.
    pub by: AccountId,
}

/// A member, or somebody who has not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removed {
    /// A member.
    Member {
        /// Who.
        account: AccountId,
        /// What they are called, for the library's own records, and the subject of its own that it is sealed for.
        record: Option<(SubjectId, Personal<PersonName>)>,
    },
    /// Somebody who was asked; by the newest mail's challenge.
    Invitation(ChallengeId),
}

impl RemoveMember {
    pub(super) fn decide(&self, library: &KnownLibrary) -> Result<Vec<LibraryEvent>, LibraryError> {
        library.admin(self.by)?;
        let by = Some(self.by);
        Ok(vec![match &self.who {
            Removed::Member { account, record } => {
                library.member(*account).ok_or(LibraryError::NoSuchMember)?;
                library.spares(*account)?;
                let (record, name) = record.clone().unzip();
                LibraryEvent::MemberRemoved {
                    account: *account,
                    name,
                    record,
                    by,
                }
            }
            Removed::Invitation(challenge) => {
                let (subject, _) = library
                    .invitation(*challenge)
                    .ok_or(LibraryError::NoSuchMember)?;
                LibraryEvent::InvitationWithdrawn { subject, by }
            }
        }])
    }
}

#[cfg(test)]
mod tests {
    use accession_events::library::MemberRole;

    use super::super::LibraryCommand;
    use super::super::examples::{
        account, by_invitation, challenge, founded, invited, library, sealed, subject,
    };
    use super::*;

    fn remove(who: u8, by: u8) -> LibraryCommand {
        LibraryCommand::Remove(RemoveMember {
            who: Removed::Member {
                account: account(who),
                record: Some((subject(who), sealed(who))),
            },
            by: account(by),
        })
    }

    #[test]
    fn an_admin_removes_a_member_and_keeps_what_they_were_called() {
        library()
            .given([founded(), by_invitation(2, MemberRole::Editor)].concat())
            .when(remove(2, 1))
            .then_expect_events(vec![LibraryEvent::MemberRemoved {
                account: account(2),
                name: Some(sealed(2)),
                record: Some(subject(2)),
                by: Some(account(1)),
            }]);
    }

    #[test]
    fn the_last_admin_is_not_removed_and_one_of_two_is() {
        library()
            .given(founded())
            .when(remove(1, 1))
            .then_expect_error(LibraryError::LastAdmin);
        let events = library()
            .given([founded(), by_invitation(2, MemberRole::Admin)].concat())
            .when(remove(1, 2))
            .inspect_result();
        assert_eq!(events.unwrap().len(), 1);
    }

    #[test]
    fn an_invitation_is_taken_back() {
        library()
            .given([founded(), vec![invited(2, MemberRole::Editor)]].concat())
            .when(LibraryCommand::Remove(RemoveMember {
                who: Removed::Invitation(challenge(2)),
                by: account(1),
            }))
            .then_expect_events(vec![LibraryEvent::InvitationWithdrawn {
                subject: subject(2),
                by: Some(account(1)),
            }]);
    }

    #[test]
    fn an_editor_removes_nobody_and_nobody_removes_a_stranger() {
        let given = [founded(), by_invitation(2, MemberRole::Editor)].concat();
        library()
            .given(given.clone())
            .when(remove(1, 2))
            .then_expect_error(LibraryError::NotAllowed {
                role: MemberRole::Editor,
            });
        library()
            .given(given)
            .when(remove(3, 1))
            .then_expect_error(LibraryError::NoSuchMember);
    }
}
