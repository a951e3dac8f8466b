//! Invitations that were not answered yet: for the admins who sent them, and for whoever they are addressed to.
//!
//! Never shown as they are: an address is for admins of the library and for the one who has it.

use accession_events::identity::SubjectEvent;
use accession_events::ids::{AccountId, ChallengeId, LibraryId, SubjectId};
use accession_events::library::{LibraryEvent, MemberRole};
use accession_events::values::{EmailIndex, PersonName};
use accession_events::{Event, Position, RecordedEvent};
use accession_read_store::IndexEntry;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::opened;
use crate::model::{FoldError, ReadModel, Rendered, json};
use crate::moment::Moment;

/// An invitation that was not answered yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenInvitation {
    /// Its id: what the newest mail's token proves. Withdraw it by this.
    #[schema(value_type = Uuid)]
    pub id: ChallengeId,
    /// To which library.
    #[schema(value_type = Uuid)]
    pub library_id: LibraryId,
    /// What they are to be.
    #[schema(value_type = String)]
    pub role: MemberRole,
    /// Where the mail went.
    pub email: Option<String>,
    /// The address, comparable.
    #[schema(value_type = String)]
    pub email_index: EmailIndex,
    /// The account that had the address when the mail went out.
    #[schema(value_type = Option<Uuid>)]
    pub account: Option<AccountId>,
    /// What the one who invites calls them.
    #[schema(value_type = Option<String>)]
    pub name: Option<PersonName>,
    /// Who invites.
    #[schema(value_type = Uuid)]
    pub invited_by: AccountId,
    /// When the newest mail was asked for.
    #[schema(value_type = String, format = DateTime)]
    pub invited_at: Timestamp,
    /// Until when they may accept.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// All open invitations of one person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvitationDocument {
    /// In the order in which they were sent.
    pub open: Vec<OpenInvitation>,
    /// Position of the last event in it.
    #[schema(value_type = u64)]
    pub position: Position,
}

/// Memory of a person's invitations.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct InvitationState {
    invitations: InvitationDocument,
    last: Moment,
}

/// Open invitations, by the subject they are about; found in `library:<id>`, `address:<index>` and `account:<id>`.
#[derive(Debug, Clone, Copy, Default)]
pub struct InvitationModel;

impl ReadModel for InvitationModel {
    type State = InvitationState;

    const NAME: &'static str = "invitation";
    const FOLD_VERSION: &'static str = "1";

    fn keys(&self, event: &Event, _recorded: &RecordedEvent) -> Vec<String> {
        let subject = match event {
            Event::Library(event) => subject_of(event),
            Event::Subject(SubjectEvent::SubjectErased { subject, .. }) => Some(*subject),
            _ => None,
        };
        subject
            .map(|subject| subject.to_string())
            .into_iter()
            .collect()
    }

    fn fold(
        &self,
        _key: &str,
        state: &mut InvitationState,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        let Event::Library(event) = event else {
            // Erased: whoever asks for them by mail asks nobody.
            state.invitations.open.clear();
            return Ok(());
        };
        let library = recorded
            .stream
            .aggregate_id
            .parse()
            .map_err(|error| FoldError::new(format!("{error}")))?;
        state.last.advance(recorded);
        state.invitations.position = state.last.position;
        state.take(library, event, recorded.recorded_at);
        Ok(())
    }

    fn render(&self, key: &str, state: &InvitationState) -> Rendered {
        let some = (!state.invitations.open.is_empty()).then_some(&state.invitations);
        Rendered {
            body: some.and_then(|document| json(document).ok()),
            hidden: true,
            entries: self.entries(key, state),
        }
    }

    fn entries(&self, key: &str, state: &InvitationState) -> Vec<IndexEntry> {
        let open = state.invitations.open.iter();
        open.flat_map(|invitation| {
            let of_library = format!("library:{}", invitation.library_id);
            let of_address = format!("address:{}", invitation.email_index);
            let of_account = invitation
                .account
                .map(|account| format!("account:{account}"));
            let indexes = [Some(of_library), Some(of_address), of_account];
            indexes.into_iter().flatten().map(|index| IndexEntry {
                index,
                sort: format!("{}/{}", invitation.invited_at, invitation.library_id),
                key: key.into(),
            })
        })
        .collect()
    }
}

const fn subject_of(event: &LibraryEvent) -> Option<SubjectId> {
    match event {
        LibraryEvent::MemberInvited { subject, .. }
        | LibraryEvent::InvitationResent { subject, .. }
        | LibraryEvent::InvitationWithdrawn { subject, .. }
        | LibraryEvent::InvitationExpired { subject }
        | LibraryEvent::InvitationDeclined { subject, .. } => Some(*subject),
        LibraryEvent::MemberJoined { invitation, .. } => *invitation,
        _ => None,
    }
}

impl InvitationState {
    fn take(&mut self, library: LibraryId, event: &LibraryEvent, at: Timestamp) {
        let open = &mut self.invitations.open;
        match event {
            LibraryEvent::MemberInvited {
                challenge,
                account,
                email,
                email_index,
                name,
                role,
                expires_at,
                by,
                ..
            } => {
                open.retain(|invitation| invitation.library_id != library);
                open.push(OpenInvitation {
                    id: *challenge,
                    library_id: library,
                    role: *role,
                    email: opened(email),
                    email_index: *email_index,
                    account: *account,
                    name: name.as_ref().and_then(opened),
                    invited_by: *by,
                    invited_at: at,
                    expires_at: *expires_at,
                });
            }
            LibraryEvent::InvitationResent {
                challenge,
                email,
                expires_at,
                ..
            } => {
                let mut of_it = open.iter_mut();
                if let Some(invitation) = of_it.find(|open| open.library_id == library) {
                    (invitation.id, invitation.expires_at) = (*challenge, *expires_at);
                    (invitation.email, invitation.invited_at) = (opened(email), at);
                }
            }
            // Answered, withdrawn or expired.
            _ => open.retain(|invitation| invitation.library_id != library),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::library::tests::{founded, invited};
    use crate::testing::{given, id};

    #[test]
    fn an_open_invitation_is_found_by_library_and_by_address() {
        let history = founded().library(50, invited(9));
        let invitation = given(InvitationModel, &history).then(&id(9));
        assert_eq!(invitation.body["open"][0]["email"], "jane@example.org");
        let address = EmailIndex::new([9; 32]);
        let indexes: Vec<&str> = invitation
            .entries
            .iter()
            .filter_map(|entry| entry.split(' ').next())
            .collect();
        assert_eq!(
            indexes,
            [format!("address:{address}"), format!("library:{}", id(50))]
        );
    }

    #[test]
    fn one_that_was_answered_or_taken_back_is_gone() {
        for ending in [
            json!({ "InvitationDeclined": { "subject": id(9), "account": null } }),
            json!({ "InvitationWithdrawn": { "subject": id(9), "by": null } }),
            json!({ "InvitationExpired": { "subject": id(9) } }),
            json!({ "MemberJoined": { "account": id(2), "role": "viewer", "kind": "family", "kids_mode": false,
                "how": "invitation", "invitation": id(9) } }),
        ] {
            let history = founded().library(50, invited(9)).library(50, ending);
            let invitation = given(InvitationModel, &history).then(&id(9));
            assert_eq!(invitation.body, Value::Null);
            assert!(invitation.entries.is_empty());
        }
    }

    #[test]
    fn a_new_mail_has_a_new_id_and_a_new_end() {
        let resent = json!({ "InvitationResent": { "subject": id(9), "challenge": id(77), "email": { "known": "jane@example.org" },
            "expires_at": "2026-12-24T00:00:00Z", "by": id(1) } });
        let history = founded().library(50, invited(9)).library(50, resent);
        let invitation = given(InvitationModel, &history).then(&id(9));
        let open = &invitation.body["open"];
        assert_eq!(
            (&open[0]["id"], open.as_array().unwrap().len()),
            (&json!(id(77)), 1)
        );
        assert_eq!(open[0]["expires_at"], "2026-12-24T00:00:00Z");
    }
}
