//! Join a library, having been asked.
//!
//! An invitation is for one address: who has a token and another address does not get in.

use accession_events::ids::{AccountId, ChallengeId, SubjectId};
use accession_events::library::{JoinedHow, LibraryEvent};
use accession_events::values::EmailIndex;
use jiff::Timestamp;

use super::{Invitation, KnownLibrary, LibraryError};

/// Join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptInvitation {
    /// Who joins.
    pub account: AccountId,
    /// The address that this account has shown to be its own.
    pub address: Option<EmailIndex>,
    /// What the token proves, when one was shown; then it has to be the newest mail's.
    pub challenge: Option<ChallengeId>,
    /// When.
    pub now: Timestamp,
}

impl AcceptInvitation {
    pub(super) fn decide(&self, library: &KnownLibrary) -> Result<Vec<LibraryEvent>, LibraryError> {
        let found = library.invitation_for(self.account, self.address, self.challenge);
        let Some((subject, invitation)) = found else {
            return match library.role_of(self.account) {
                // The same person, a second time: nothing happens.
                Some(_) if self.challenge.is_none() => Ok(Vec::new()),
                _ => Err(LibraryError::NotInvited),
            };
        };
        if invitation.expires_at <= self.now {
            return Err(LibraryError::InvitationExpired);
        }
        if library.member(self.account).is_some() {
            return Err(LibraryError::AlreadyMember);
        }
        Ok(vec![LibraryEvent::MemberJoined {
            account: self.account,
            role: invitation.role,
            kind: library.kind,
            kids_mode: library.kids_mode,
            how: JoinedHow::Invitation,
            invitation: Some(subject),
        }])
    }
}

impl KnownLibrary {
    /// The open invitation for this account or its address, by this challenge when there is one.
    #[must_use]
    pub fn invitation_for(
        &self,
        account: AccountId,
        address: Option<EmailIndex>,
        challenge: Option<ChallengeId>,
    ) -> Option<(SubjectId, &Invitation)> {
        self.invitations
            .iter()
            .find(|(_, invitation)| {
                invitation.is_for(account, address)
                    && challenge.is_none_or(|shown| shown == invitation.challenge)
            })
            .map(|(subject, invitation)| (*subject, invitation))
    }
}

#[cfg(test)]
mod tests {
    use accession_events::library::MemberRole;

    use super::super::LibraryCommand;
    use super::super::examples::{
        account, address, at, by_invitation, challenge, founded, invited, joined, library, subject,
    };
    use super::*;

    fn accept() -> AcceptInvitation {
        AcceptInvitation {
            account: account(2),
            address: Some(address(2)),
            challenge: None,
            now: at(100),
        }
    }

    fn asked() -> Vec<LibraryEvent> {
        [founded(), vec![invited(2, MemberRole::Editor)]].concat()
    }

    #[test]
    fn who_was_asked_joins_as_what_they_were_asked_to_be() {
        for shown in [None, Some(challenge(2))] {
            let command = AcceptInvitation {
                challenge: shown,
                ..accept()
            };
            let how = JoinedHow::Invitation;
            library()
                .given(asked())
                .when(LibraryCommand::Accept(command))
                .then_expect_events(vec![joined(2, MemberRole::Editor, how, Some(subject(2)))]);
        }
    }

    #[test]
    fn a_second_time_nothing_happens_and_a_used_token_is_refused() {
        let given = [founded(), by_invitation(2, MemberRole::Editor)].concat();
        library()
            .given(given.clone())
            .when(LibraryCommand::Accept(accept()))
            .then_expect_events(vec![]);
        let with_token = AcceptInvitation {
            challenge: Some(challenge(2)),
            ..accept()
        };
        library()
            .given(given)
            .when(LibraryCommand::Accept(with_token))
            .then_expect_error(LibraryError::NotInvited);
    }

    #[test]
    fn an_invitation_does_not_let_another_address_in_even_with_its_token() {
        let command = AcceptInvitation {
            account: account(3),
            address: Some(address(3)),
            challenge: Some(challenge(2)),
            now: at(100),
        };
        library()
            .given(asked())
            .when(LibraryCommand::Accept(command))
            .then_expect_error(LibraryError::NotInvited);
    }

    #[test]
    fn an_address_that_was_not_shown_to_be_ones_own_lets_nobody_in() {
        let command = AcceptInvitation {
            address: None,
            ..accept()
        };
        library()
            .given(asked())
            .when(LibraryCommand::Accept(command))
            .then_expect_error(LibraryError::NotInvited);
    }

    #[test]
    fn after_seven_days_it_is_too_late() {
        let command = AcceptInvitation {
            now: at(700),
            ..accept()
        };
        library()
            .given(asked())
            .when(LibraryCommand::Accept(command))
            .then_expect_error(LibraryError::InvitationExpired);
    }
}
