//! Note that an invitation was not answered in time.
//!
//! It is refused from the hour on, noted or not; noting it is for those who look at the list.

use accession_events::ids::SubjectId;
use accession_events::library::LibraryEvent;
use jiff::Timestamp;

use super::KnownLibrary;

/// Whose invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpireInvitation {
    /// Whose.
    pub subject: SubjectId,
    /// When it is looked at.
    pub now: Timestamp,
}

impl ExpireInvitation {
    pub(super) fn decide(&self, library: &KnownLibrary) -> Vec<LibraryEvent> {
        let open = library.invitations.get(&self.subject);
        open.filter(|invitation| invitation.expires_at <= self.now)
            .map(|_| LibraryEvent::InvitationExpired {
                subject: self.subject,
            })
            .into_iter()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use accession_events::library::MemberRole;

    use super::super::LibraryCommand;
    use super::super::examples::{at, founded, invited, library, subject};
    use super::*;

    #[test]
    fn an_invitation_expires_when_its_time_is_over_and_not_before() {
        let given = [founded(), vec![invited(2, MemberRole::Editor)]].concat();
        for (now, events) in [
            (at(699), vec![]),
            (
                at(700),
                vec![LibraryEvent::InvitationExpired {
                    subject: subject(2),
                }],
            ),
        ] {
            let command = ExpireInvitation {
                subject: subject(2),
                now,
            };
            library()
                .given(given.clone())
                .when(LibraryCommand::Expire(command))
                .then_expect_events(events);
        }
    }
}
