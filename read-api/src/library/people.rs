//! What a member of a library is shown of another.
//!
//! Never more of a person than what concerns the library; an address for its admins alone.

use accession_events::ids::{AccountId, LibraryId};
use accession_events::library::{JoinedHow, MemberRole, MembershipStatus};
use accession_events::values::{ContentHash, PersonName, Year};
use accession_projector::library::{MemberDocument, MembershipView};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::visiting::Visit;

/// Somebody who belongs to the library.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MemberView {
    /// The account's id.
    #[schema(value_type = Uuid)]
    pub(super) account_id: AccountId,
    /// What they are called.
    #[schema(value_type = Option<String>, example = "Elizabeth Bennet")]
    pub(super) name: Option<PersonName>,
    /// What they are in the library.
    #[schema(value_type = String, example = "editor")]
    pub(super) role: MemberRole,
    /// SHA-256 of their picture.
    #[schema(value_type = Option<String>)]
    pub(super) avatar: Option<ContentHash>,
    /// When they came in.
    #[schema(value_type = String, format = DateTime)]
    pub(super) joined_at: Timestamp,
    /// How they came in; for admins.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub(super) how: Option<JoinedHow>,
    /// `active` or `suspended`; for admins, others are shown only who is active.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub(super) status: Option<MembershipStatus>,
    /// Their address; for admins, and for themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<String>,
    /// Who answers for a child; for its parents, for admins and for itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub(super) guardian: Option<AccountId>,
    /// When a child was born; for its parents, for admins and for itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i16>)]
    pub(super) birth_year: Option<Year>,
}

impl MemberView {
    /// Whether it holds what is for the library's admins and not for every member.
    pub(super) const fn is_private(&self) -> bool {
        self.email.is_some() || self.birth_year.is_some()
    }
}

/// A member, as the one who asks may see them; none when they may not.
pub(super) fn shown(visit: &Visit, member: MemberDocument) -> Option<MemberView> {
    let membership = member.membership(visit.library)?;
    let own = member.account_id == visit.who.account;
    let administers = visit.administers();
    let visible = match membership.status {
        MembershipStatus::Active => true,
        MembershipStatus::Suspended => administers || own,
        MembershipStatus::Invited | MembershipStatus::Revoked => false,
    };
    if !visible {
        return None;
    }
    let close = administers || own || membership.guardian == Some(visit.who.account);
    let (role, joined_at) = (membership.role, membership.joined_at);
    Some(MemberView {
        account_id: member.account_id,
        role,
        joined_at,
        how: administers.then_some(membership.how),
        status: (administers || own).then_some(membership.status),
        guardian: membership.guardian.filter(|_| close),
        birth_year: membership.birth_year.filter(|_| close),
        // A child has an address only so that it can be named; nobody reads mail there.
        email: member
            .email
            .filter(|_| (administers || own) && role != MemberRole::Child),
        name: member.name,
        avatar: member.avatar,
    })
}

/// What somebody is called in a library: their name now, or what they were called when they were removed.
pub(crate) fn called(member: &MemberDocument, library: LibraryId) -> Option<PersonName> {
    let membership = member.membership(library)?;
    if MembershipView::is_present(membership) {
        member.name.clone()
    } else {
        membership.name_then.clone()
    }
}
