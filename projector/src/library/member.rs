//! A person and the libraries they belong to: what rosters, typeaheads and one's own list are made of.
//!
//! Never shown as it is: it holds an address, and memberships that are nobody else's business.

use accession_events::identity::{AccountEvent, SubjectEvent};
use accession_events::ids::{AccountId, LibraryId, SubjectId};
use accession_events::library::{LibraryEvent, MembershipStatus};
use accession_events::values::{ContentHash, EmailIndex, PersonName};
use accession_events::{Event, Position, RecordedEvent};
use accession_read_store::IndexEntry;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::membership::MembershipView;
use super::opened;
use crate::model::{FoldError, ReadModel, Rendered, json};
use crate::moment::Moment;
use crate::sort_name::sort_name;

/// A person, as far as libraries know them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemberDocument {
    /// The account's id.
    #[schema(value_type = Uuid)]
    pub account_id: AccountId,
    /// What the person is called; null when they were erased.
    #[schema(value_type = Option<String>)]
    pub name: Option<PersonName>,
    /// Their address: for admins of their libraries and themselves.
    pub email: Option<String>,
    /// The address, comparable: by it invitations are found.
    #[schema(value_type = Option<String>)]
    pub email_index: Option<EmailIndex>,
    /// Whether the address was shown to be theirs.
    pub email_verified: bool,
    /// SHA-256 of the picture.
    #[schema(value_type = Option<String>)]
    pub avatar: Option<ContentHash>,
    /// All memberships, also those that ended.
    pub memberships: Vec<MembershipView>,
    /// Position of the last event in it.
    #[schema(value_type = u64)]
    pub position: Position,
}

/// Memory of a person: the document, and what is known of a child before it joins.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct MemberState {
    member: Option<MemberDocument>,
    last: Moment,
    /// A child that was announced and has not joined yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    child: Option<Child>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Child {
    guardian: AccountId,
    birth_year: Option<accession_events::values::Year>,
}

/// People by account; found in `library:<id>:by_name` by name, and in `library:<id>:words` by each word of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct MemberModel;

impl ReadModel for MemberModel {
    type State = MemberState;

    const NAME: &'static str = "member";
    const FOLD_VERSION: &'static str = "2";

    fn keys(&self, event: &Event, recorded: &RecordedEvent) -> Vec<String> {
        match event {
            Event::Account(event) if matters(event) => {
                vec![recorded.stream.aggregate_id.to_string()]
            }
            Event::Subject(SubjectEvent::SubjectErased {
                subject, account, ..
            }) => {
                let person = account.map_or(*subject, |account| SubjectId::new(account.as_uuid()));
                vec![person.to_string()]
            }
            Event::Library(_) => MembershipView::accounts_of(event)
                .iter()
                .map(AccountId::to_string)
                .collect(),
            _ => Vec::new(),
        }
    }

    fn fold(
        &self,
        key: &str,
        state: &mut MemberState,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        if matches!(event, Event::Subject(_)) && state.member.is_none() {
            // Somebody who was invited and never had an account.
            return Ok(());
        }
        state.last.advance(recorded);
        let position = state.last.position;
        match event {
            Event::Account(event) => state.member(key)?.take_account(event),
            Event::Subject(SubjectEvent::SubjectErased {
                subject,
                account: Some(_),
                ..
            }) => {
                let memberships = state.member(key)?.memberships.iter_mut();
                memberships.for_each(|membership| membership.forget_record(*subject));
            }
            Event::Subject(_) => state.member(key)?.forget(),
            Event::Library(event) => {
                let library = parsed(&recorded.stream.aggregate_id)?;
                state.take_library(key, library, event, recorded)?;
            }
            _ => {}
        }
        state.member(key)?.position = position;
        Ok(())
    }

    fn render(&self, key: &str, state: &MemberState) -> Rendered {
        Rendered {
            body: state.member.as_ref().and_then(|member| json(member).ok()),
            hidden: true,
            entries: self.entries(key, state),
        }
    }

    fn entries(&self, key: &str, state: &MemberState) -> Vec<IndexEntry> {
        let Some(member) = &state.member else {
            return Vec::new();
        };
        let present = member.memberships.iter().filter(|of| of.is_present());
        present
            .flat_map(|membership| member.found_in(membership, key))
            .collect()
    }
}

/// Whether the event changes what libraries know of a person.
const fn matters(event: &AccountEvent) -> bool {
    matches!(
        event,
        AccountEvent::AccountRegistered { .. }
            | AccountEvent::EmailVerified { .. }
            | AccountEvent::EmailChanged { .. }
            | AccountEvent::ProfileChanged { .. }
            | AccountEvent::AvatarSet { .. }
            | AccountEvent::AvatarRemoved {}
            | AccountEvent::AccountDeleted { .. }
    )
}

fn parsed<I: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<I, FoldError> {
    text.parse()
        .map_err(|error: I::Err| FoldError::new(error.to_string()))
}

impl MemberState {
    fn member(&mut self, key: &str) -> Result<&mut MemberDocument, FoldError> {
        let id = parsed(key)?;
        Ok(self.member.get_or_insert_with(|| MemberDocument::of(id)))
    }

    fn take_library(
        &mut self,
        key: &str,
        library: LibraryId,
        event: &LibraryEvent,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        let at = recorded.recorded_at;
        match event {
            LibraryEvent::ChildCreated {
                guardian,
                birth_year,
                ..
            } => {
                self.child = Some(Child {
                    guardian: *guardian,
                    birth_year: birth_year.as_ref().and_then(opened),
                });
            }
            LibraryEvent::MemberJoined {
                role, kind, how, ..
            } => {
                let child = self.child.take();
                let membership = MembershipView {
                    library_id: library,
                    kind: *kind,
                    role: *role,
                    status: MembershipStatus::Active,
                    how: *how,
                    joined_at: at,
                    ended_at: None,
                    name_then: None,
                    record: None,
                    guardian: child.as_ref().map(|child| child.guardian),
                    birth_year: child.and_then(|child| child.birth_year),
                };
                let member = self.member(key)?;
                member.memberships.retain(|of| of.library_id != library);
                member.memberships.push(membership);
            }
            event => {
                let memberships = &mut self.member(key)?.memberships;
                let mut of_it = memberships.iter_mut();
                if let Some(membership) = of_it.find(|of| of.library_id == library) {
                    membership.change(event, at);
                }
            }
        }
        Ok(())
    }
}

impl MemberDocument {
    const fn of(account_id: AccountId) -> Self {
        Self {
            account_id,
            name: None,
            email: None,
            email_index: None,
            email_verified: false,
            avatar: None,
            memberships: Vec::new(),
            position: Position::START,
        }
    }

    fn take_account(&mut self, event: &AccountEvent) {
        match event {
            AccountEvent::AccountRegistered {
                email,
                email_index,
                name,
                ..
            } => {
                (self.name, self.email) = (opened(name), opened(email));
                self.email_index = Some(*email_index);
            }
            AccountEvent::EmailVerified { .. } => self.email_verified = true,
            AccountEvent::EmailChanged {
                email, email_index, ..
            } => {
                (self.email, self.email_index) = (opened(email), Some(*email_index));
                self.email_verified = true;
            }
            AccountEvent::ProfileChanged { name } => self.name = opened(name),
            AccountEvent::AvatarSet { sha256 } => self.avatar = Some(*sha256),
            AccountEvent::AvatarRemoved {} => self.avatar = None,
            AccountEvent::AccountDeleted { .. } => self.forget(),
            _ => {}
        }
    }

    /// Drops everything by which the person could be known.
    fn forget(&mut self) {
        (self.name, self.email, self.email_index) = (None, None, None);
        (self.email_verified, self.avatar) = (false, None);
        self.memberships.iter_mut().for_each(MembershipView::forget);
    }

    /// The membership of a library, if there ever was one.
    #[must_use]
    pub fn membership(&self, library: LibraryId) -> Option<&MembershipView> {
        self.memberships.iter().find(|of| of.library_id == library)
    }

    fn found_in(&self, membership: &MembershipView, key: &str) -> Vec<IndexEntry> {
        let library = membership.library_id;
        let name = self.name.as_ref().map(|name| sort_name(name.as_str()));
        let name = name.unwrap_or_default();
        let entry = |index: &str, sort: String| IndexEntry {
            index: format!("library:{library}:{index}"),
            sort,
            key: key.into(),
        };
        let mut entries = vec![entry("by_name", format!("{name}/"))];
        // Each rest of the name that begins with a word: so "darcy" finds "Fitzwilliam Darcy", and "fitzwilliam d", too.
        let starts = std::iter::once(0).chain(name.match_indices(' ').map(|(at, _)| at + 1));
        let rests = starts.filter_map(|start| name.get(start..));
        entries.extend(
            rests
                .filter(|rest| !rest.is_empty())
                .take(8)
                .map(|rest| entry("words", format!("{rest}/"))),
        );
        entries
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::library::tests::{founded, joined, registered};
    use crate::testing::{given, id};

    fn darcy() -> crate::testing::History {
        founded()
            .account(2, registered("Fitzwilliam Darcy", "darcy@example.org"))
            .library(50, joined(2, "editor"))
    }

    #[test]
    fn a_person_is_found_in_their_library_by_every_word_of_their_name() {
        let member = given(MemberModel, &darcy()).then(&id(2));
        let library = format!("library:{}", id(50));
        assert_eq!(
            member.entries,
            [
                format!("{library}:by_name fitzwilliam darcy/ → {}", id(2)),
                format!("{library}:words darcy/ → {}", id(2)),
                format!("{library}:words fitzwilliam darcy/ → {}", id(2)),
            ]
        );
        assert_eq!(member.body["email"], "darcy@example.org");
        assert!(member.hidden);
    }

    #[test]
    fn who_was_removed_is_found_no_longer_and_is_called_what_they_were_called_then() {
        let removed = json!({ "MemberRemoved": { "account": id(2), "name": { "known": "F. Darcy" }, "by": id(1) } });
        let member = given(MemberModel, &darcy().library(50, removed)).then(&id(2));
        assert_eq!(member.entries, Vec::<String>::new());
        let membership = &member.body["memberships"][0];
        assert_eq!(membership["status"], "revoked");
        assert_eq!(membership["name_then"], "F. Darcy");
    }

    #[test]
    fn what_was_kept_of_a_removed_member_goes_with_its_own_subject() {
        let removed = json!({ "MemberRemoved": { "account": id(2), "name": { "known": "F. Darcy" }, "record": id(60), "by": id(1) } });
        let purged = |subject: u64| {
            json!({ "SubjectErased": { "subject": id(subject), "account": id(2), "libraries": [id(50)], "by": null,
                "reason": "retention_over" } })
        };
        let kept = darcy().library(50, removed);
        for (history, name_then) in [
            (kept.clone().subject(61, purged(61)), json!("F. Darcy")),
            (kept.subject(60, purged(60)), Value::Null),
        ] {
            let member = given(MemberModel, &history).then(&id(2));
            assert_eq!(member.body["memberships"][0]["name_then"], name_then);
            assert_eq!(member.body["name"], "Fitzwilliam Darcy");
        }
    }

    #[test]
    fn a_role_and_a_suspension_are_the_memberships_own() {
        let by = id(1);
        let history = darcy()
            .library(51, json!({ "LibraryCreated": { "name": "Rosings", "kind": "lending", "by": by } }))
            .library(51, joined(2, "patron"))
            .library(50, json!({ "RoleChanged": { "account": id(2), "from": "editor", "to": "admin", "by": by } }))
            .library(51, json!({ "MemberSuspended": { "account": id(2), "by": by } }));
        let member = given(MemberModel, &history).then(&id(2));
        let memberships = &member.body["memberships"];
        assert_eq!(memberships[0]["role"], "admin");
        assert_eq!(memberships[0]["status"], "active");
        assert_eq!(
            (&memberships[1]["role"], &memberships[1]["status"]),
            (&json!("patron"), &json!("suspended"))
        );
    }

    #[test]
    fn a_child_is_known_with_its_guardian_and_year() {
        let created = json!({ "ChildCreated": { "account": id(3), "guardian": id(1),
            "name": { "known": "Lydia" }, "birth_year": { "known": 2015 } } });
        let history = founded()
            .library(50, created)
            .library(50, joined(3, "child"));
        let member = given(MemberModel, &history).then(&id(3));
        let membership = &member.body["memberships"][0];
        assert_eq!(
            (&membership["guardian"], &membership["birth_year"]),
            (&json!(id(1)), &json!(2015))
        );
    }

    #[test]
    fn of_a_deleted_account_nothing_personal_is_left() {
        let deleted = json!({ "AccountDeleted": { "email_index": index() } });
        let member = given(MemberModel, &darcy().account(2, deleted)).then(&id(2));
        assert_eq!(
            (&member.body["name"], &member.body["email"]),
            (&Value::Null, &Value::Null)
        );
        assert_eq!(member.body["email_index"], Value::Null);
    }

    #[test]
    fn an_erased_person_is_nobody_in_the_roster() {
        let erased = json!({ "SubjectErased": { "subject": id(2), "libraries": [id(50)], "by": null,
            "reason": "own_wish" } });
        let member = given(MemberModel, &darcy().subject(2, erased)).then(&id(2));
        assert_eq!(
            (&member.body["name"], &member.body["email"]),
            (&Value::Null, &Value::Null)
        );
        let index = format!("library:{}:by_name /", id(50));
        assert_eq!(member.entries, [format!("{index} → {}", id(2))]);
    }

    fn index() -> String {
        EmailIndex::new([1; 32]).to_string()
    }
}
