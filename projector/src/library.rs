//! Libraries: the page of each, who belongs to them, who was asked to, and what went on among them.
//!
//! Nothing here is for everyone: whoever answers from these documents looks first at who asks.

mod activity;
mod invitation;
mod member;
mod membership;
mod page;

pub use activity::{ActivityDocument, ActivityKind, LibraryActivityModel};
pub use invitation::{InvitationDocument, InvitationModel, OpenInvitation};
pub use member::{MemberDocument, MemberModel};
pub use membership::MembershipView;
pub use page::{LibraryDocument, LibraryModel, LibraryState};

use accession_events::values::Personal;

/// What is in an opened box; nothing when it is sealed or its subject was erased.
fn opened<T: Clone>(personal: &Personal<T>) -> Option<T> {
    personal.known().cloned()
}

#[cfg(test)]
mod tests {
    use accession_events::values::EmailIndex;
    use serde_json::{Value, json};

    use crate::testing::{History, id};

    /// Account 1, who has made library 50.
    pub(super) fn founded() -> History {
        let created = json!({ "name": "Longbourn", "kind": "family", "by": id(1) });
        History::new()
            .library(50, json!({ "LibraryCreated": created }))
            .library(50, joined(1, "admin"))
    }

    pub(super) fn joined(who: u64, role: &str) -> Value {
        json!({ "MemberJoined": { "account": id(who), "role": role, "kind": "family", "kids_mode": false,
            "how": "founder", "invitation": null } })
    }

    pub(super) fn invited(who: u64) -> Value {
        let index = EmailIndex::new([9; 32]).to_string();
        json!({ "MemberInvited": { "subject": id(who), "challenge": id(70), "account": null,
            "email": { "known": "jane@example.org" }, "email_index": index, "name": null, "role": "viewer",
            "expires_at": "2026-11-28T00:00:00Z", "by": id(1) } })
    }

    pub(super) fn registered(name: &str, email: &str) -> Value {
        let index = EmailIndex::new([1; 32]).to_string();
        json!({ "AccountRegistered": { "email": { "known": email }, "email_index": index,
            "name": { "known": name }, "language": "en", "consents": { "privacy": "1", "terms": "1" } } })
    }
}
