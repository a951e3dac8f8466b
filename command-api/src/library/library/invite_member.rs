//! Ask somebody to join, by their e-mail address.
//!
//! Never tells whether an account has the address: with and without one the same happens.

use accession_events::ids::{AccountId, ChallengeId, SubjectId};
use accession_events::library::{LibraryEvent, MemberRole};
use accession_events::values::{EmailIndex, PersonName, Personal};
use jiff::Timestamp;

use super::{KnownLibrary, LibraryError, MemberStanding};

/// Whom to ask. Who was asked before and has not answered is asked once more, with a new token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteMember {
    /// Whom the sealed fields are about.
    pub subject: SubjectId,
    /// What the token in the mail is to prove.
    pub challenge: ChallengeId,
    /// The account whose owner has shown that the address is theirs, when there is one.
    pub account: Option<AccountId>,
    /// Where the mail is to go.
    pub email: Personal<String>,
    /// The address, comparable.
    pub email_index: EmailIndex,
    /// What the one who invites calls them.
    pub name: Option<Personal<PersonName>>,
    /// What they are to be.
    pub role: MemberRole,
    /// Until when they may accept.
    pub expires_at: Timestamp,
    /// Who invites.
    pub by: AccountId,
}

impl InviteMember {
    pub(super) fn decide(&self, library: &KnownLibrary) -> Result<Vec<LibraryEvent>, LibraryError> {
        library.admin(self.by)?;
        library.offers(self.role)?;
        let there = self.account.and_then(|account| library.member(account));
        match there.map(|member| member.standing) {
            Some(MemberStanding::Active) => return Err(LibraryError::AlreadyMember),
            Some(MemberStanding::Suspended) => return Err(LibraryError::Suspended),
            Some(MemberStanding::Revoked) | None => {}
        }
        let open = library.invitation_to(self.email_index);
        Ok(vec![match open {
            Some((subject, invitation)) if invitation.role == self.role && self.name.is_none() => {
                LibraryEvent::InvitationResent {
                    subject,
                    challenge: self.challenge,
                    email: self.email.clone(),
                    expires_at: self.expires_at,
                    by: self.by,
                }
            }
            // Asked for something else: one invitation an address, so the new one takes the place of the former.
            Some((subject, _)) if subject != self.subject => return Ok(self.instead_of(subject)),
            Some(_) | None => self.invited(),
        }])
    }

    fn instead_of(&self, subject: SubjectId) -> Vec<LibraryEvent> {
        let withdrawn = LibraryEvent::InvitationWithdrawn {
            subject,
            by: Some(self.by),
        };
        vec![withdrawn, self.invited()]
    }

    fn invited(&self) -> LibraryEvent {
        LibraryEvent::MemberInvited {
            subject: self.subject,
            challenge: self.challenge,
            account: self.account,
            email: self.email.clone(),
            email_index: self.email_index,
            name: self.name.clone(),
            role: self.role,
            expires_at: self.expires_at,
            by: self.by,
        }
    }
}

impl KnownLibrary {
    /// Refuses a role that cannot be given to a grown-up here.
    pub(super) fn offers(&self, role: MemberRole) -> Result<(), LibraryError> {
        if role == MemberRole::Child {
            return Err(LibraryError::ChildRole);
        }
        if self.kind.knows(role) {
            return Ok(());
        }
        Err(LibraryError::RoleUnknownHere {
            kind: self.kind,
            role,
        })
    }
}

#[cfg(test)]
mod tests {
    use accession_events::library::LibraryKind;

    use super::super::LibraryCommand;
    use super::super::examples::{
        account, at, by_invitation, challenge, founded, invitation, invited, library, sealed,
        subject,
    };
    use super::*;

    #[test]
    fn an_admin_invites_with_and_without_an_account_alike() {
        for known in [None, Some(account(2))] {
            let command = InviteMember {
                account: known,
                ..invitation(2, MemberRole::Editor)
            };
            library()
                .given(founded())
                .when(LibraryCommand::Invite(command.clone()))
                .then_expect_events(vec![command.invited()]);
        }
    }

    #[test]
    fn who_has_not_answered_is_asked_once_more_with_a_new_token() {
        let again = InviteMember {
            subject: subject(9),
            challenge: challenge(9),
            ..invitation(2, MemberRole::Editor)
        };
        library()
            .given([founded(), vec![invited(2, MemberRole::Editor)]].concat())
            .when(LibraryCommand::Invite(again))
            .then_expect_events(vec![LibraryEvent::InvitationResent {
                subject: subject(2),
                challenge: challenge(9),
                email: sealed(2),
                expires_at: at(700),
                by: account(1),
            }]);
    }

    #[test]
    fn an_invitation_to_be_something_else_takes_the_place_of_the_former() {
        let given = [founded(), vec![invited(2, MemberRole::Editor)]].concat();
        let same = invitation(2, MemberRole::Viewer);
        library()
            .given(given.clone())
            .when(LibraryCommand::Invite(same.clone()))
            .then_expect_events(vec![same.invited()]);
        let other = InviteMember {
            subject: subject(9),
            ..same
        };
        let withdrawn = LibraryEvent::InvitationWithdrawn {
            subject: subject(2),
            by: Some(account(1)),
        };
        library()
            .given(given)
            .when(LibraryCommand::Invite(other.clone()))
            .then_expect_events(vec![withdrawn, other.invited()]);
    }

    #[test]
    fn who_belongs_to_it_is_not_invited_and_who_left_or_was_removed_may_be() {
        let given = [founded(), by_invitation(2, MemberRole::Editor)].concat();
        let command = InviteMember {
            account: Some(account(2)),
            ..invitation(2, MemberRole::Editor)
        };
        library()
            .given(given.clone())
            .when(LibraryCommand::Invite(command.clone()))
            .then_expect_error(LibraryError::AlreadyMember);
        let left = LibraryEvent::MemberLeft {
            account: account(2),
        };
        library()
            .given([given, vec![left]].concat())
            .when(LibraryCommand::Invite(command.clone()))
            .then_expect_events(vec![command.invited()]);
    }

    #[test]
    fn nobody_is_invited_as_a_child_and_only_a_lending_library_invites_patrons() {
        let as_what = |role| LibraryCommand::Invite(invitation(2, role));
        library()
            .given(founded())
            .when(as_what(MemberRole::Child))
            .then_expect_error(LibraryError::ChildRole);
        library()
            .given(founded())
            .when(as_what(MemberRole::Patron))
            .then_expect_error(LibraryError::RoleUnknownHere {
                kind: LibraryKind::Family,
                role: MemberRole::Patron,
            });
    }

    #[test]
    fn an_editor_invites_nobody() {
        let command = InviteMember {
            by: account(2),
            ..invitation(3, MemberRole::Viewer)
        };
        library()
            .given([founded(), by_invitation(2, MemberRole::Editor)].concat())
            .when(LibraryCommand::Invite(command))
            .then_expect_error(LibraryError::NotAllowed {
                role: MemberRole::Editor,
            });
    }
}
