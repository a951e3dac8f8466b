//! Do not join a library that one was asked to join.
//!
//! Who declined may be asked again.

use accession_events::ids::{AccountId, ChallengeId};
use accession_events::library::LibraryEvent;
use accession_events::values::EmailIndex;

use super::{KnownLibrary, LibraryError};

/// Who declines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeclineInvitation {
    /// Somebody who is signed in.
    SignedIn {
        /// With this account.
        account: AccountId,
        /// The address that this account has shown to be its own.
        address: Option<EmailIndex>,
    },
    /// Whoever reads the mail.
    ByToken(ChallengeId),
}

impl DeclineInvitation {
    pub(super) fn decide(&self, library: &KnownLibrary) -> Result<Vec<LibraryEvent>, LibraryError> {
        let (found, account) = match self {
            Self::SignedIn { account, address } => (
                library.invitation_for(*account, *address, None),
                Some(*account),
            ),
            Self::ByToken(challenge) => (library.invitation(*challenge), None),
        };
        let (subject, _) = found.ok_or(LibraryError::NotInvited)?;
        Ok(vec![LibraryEvent::InvitationDeclined { subject, account }])
    }
}

#[cfg(test)]
mod tests {
    use accession_events::library::MemberRole;

    use super::super::LibraryCommand;
    use super::super::examples::{
        account, address, challenge, founded, invitation, invited, library, subject,
    };
    use super::super::invite_member::InviteMember;
    use super::*;

    fn asked() -> Vec<LibraryEvent> {
        [founded(), vec![invited(2, MemberRole::Editor)]].concat()
    }

    #[test]
    fn who_was_asked_declines_signed_in_or_by_the_mail() {
        let signed_in = DeclineInvitation::SignedIn {
            account: account(2),
            address: Some(address(2)),
        };
        for (command, by) in [
            (signed_in, Some(account(2))),
            (DeclineInvitation::ByToken(challenge(2)), None),
        ] {
            library()
                .given(asked())
                .when(LibraryCommand::Decline(command))
                .then_expect_events(vec![LibraryEvent::InvitationDeclined {
                    subject: subject(2),
                    account: by,
                }]);
        }
    }

    #[test]
    fn nobody_declines_for_another() {
        let other = DeclineInvitation::SignedIn {
            account: account(3),
            address: Some(address(3)),
        };
        library()
            .given(asked())
            .when(LibraryCommand::Decline(other))
            .then_expect_error(LibraryError::NotInvited);
    }

    #[test]
    fn who_declined_may_be_asked_again() {
        let declined = LibraryEvent::InvitationDeclined {
            subject: subject(2),
            account: None,
        };
        let again = InviteMember {
            challenge: challenge(9),
            ..invitation(2, MemberRole::Editor)
        };
        let expected = vec![LibraryEvent::MemberInvited {
            subject: subject(2),
            challenge: challenge(9),
            account: None,
            email: again.email.clone(),
            email_index: address(2),
            name: None,
            role: MemberRole::Editor,
            expires_at: again.expires_at,
            by: account(1),
        }];
        library()
            .given([asked(), vec![declined]].concat())
            .when(LibraryCommand::Invite(again))
            .then_expect_events(expected);
    }
}
