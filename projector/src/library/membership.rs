//! One person's membership of one library.
//!
//! Never outlives the person: what they were called when they were removed goes with their key.

use accession_events::Event;
use accession_events::ids::{AccountId, LibraryId, SubjectId};
use accession_events::library::{
    JoinedHow, LibraryEvent, LibraryKind, MemberRole, MembershipStatus,
};
use accession_events::values::{PersonName, Year};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::member::MemberDocument;
use super::opened;
use crate::sort_name::sort_name;

/// A membership, as the person's document keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MembershipView {
    /// Of which library.
    #[schema(value_type = Uuid)]
    pub library_id: LibraryId,
    /// What kind of library it is.
    #[schema(value_type = String)]
    pub kind: LibraryKind,
    /// What the person is there, or was last.
    #[schema(value_type = String)]
    pub role: MemberRole,
    /// `active`, `suspended` or `revoked`.
    #[schema(value_type = String)]
    pub status: MembershipStatus,
    /// How the person came in.
    #[schema(value_type = String)]
    pub how: JoinedHow,
    /// When the person came in, the last time.
    #[schema(value_type = String, format = DateTime)]
    pub joined_at: Timestamp,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// What the person was called when they were removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub name_then: Option<PersonName>,
    /// The subject that this name is kept under: it goes when that is erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub record: Option<SubjectId>,
    /// A child's: who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub guardian: Option<AccountId>,
    /// A child's: when it was born.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i16>)]
    pub birth_year: Option<Year>,
}

impl MembershipView {
    /// Whether it has not ended.
    #[must_use]
    pub fn is_present(&self) -> bool {
        self.status != MembershipStatus::Revoked
    }

    /// Drops what is about the person.
    pub(super) fn forget(&mut self) {
        (self.name_then, self.record) = (None, None);
        self.birth_year = None;
    }

    /// Drops what was kept of a removed member under this subject.
    pub(super) fn forget_record(&mut self, record: SubjectId) {
        if self.record == Some(record) {
            (self.name_then, self.record) = (None, None);
        }
    }

    /// Whose memberships an event is about.
    pub(super) fn accounts_of(event: &Event) -> Vec<AccountId> {
        let Event::Library(event) = event else {
            return Vec::new();
        };
        match event {
            LibraryEvent::MemberJoined { account, .. }
            | LibraryEvent::RoleChanged { account, .. }
            | LibraryEvent::MemberSuspended { account, .. }
            | LibraryEvent::MemberReinstated { account, .. }
            | LibraryEvent::MemberRemoved { account, .. }
            | LibraryEvent::MemberLeft { account }
            | LibraryEvent::ChildCreated { account, .. } => vec![*account],
            _ => Vec::new(),
        }
    }

    /// Takes an event about a membership of this library in.
    pub(super) fn change(&mut self, event: &LibraryEvent, at: Timestamp) {
        match event {
            LibraryEvent::RoleChanged { to, .. } => self.role = *to,
            LibraryEvent::MemberSuspended { .. } => self.status = MembershipStatus::Suspended,
            LibraryEvent::MemberReinstated { .. } => self.status = MembershipStatus::Active,
            LibraryEvent::MemberRemoved { name, record, .. } => {
                self.end(at);
                self.name_then = name.as_ref().and_then(opened);
                // Of a record that was erased since, nothing is told: as if it had been dropped just now.
                self.record = record.filter(|_| self.name_then.is_some());
            }
            LibraryEvent::MemberLeft { .. } => self.end(at),
            _ => {}
        }
    }

    fn end(&mut self, at: Timestamp) {
        self.status = MembershipStatus::Revoked;
        self.ended_at = Some(at);
    }
}

impl MemberDocument {
    /// Where the person stands in rosters, which are in the order of names; nowhere once their name is forgotten.
    #[must_use]
    pub fn place_in_rosters(&self) -> Option<String> {
        let name = self.name.as_ref()?;
        Some(format!("{}/", sort_name(name.as_str())))
    }
}
