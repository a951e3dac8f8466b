//! What a person may do in a library, and what membership that comes from.
//!
//! Never read from a token: what a token says of it is a hint for clients.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a person may do in one library; each may do all that the ones before may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberRole {
    /// Borrows from a lending library.
    Patron,
    /// A child of the family: sees what is for children, changes what is its own.
    Child,
    /// Sees everything, changes what is their own.
    Viewer,
    /// Changes what the library holds.
    Editor,
    /// Looks after the library and its members.
    Admin,
}

/// What a library is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LibraryKind {
    /// A household's own.
    #[default]
    Family,
    /// It lends to patrons.
    Lending,
    /// It sells.
    Shop,
}

/// An active membership, as it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// Of which library.
    pub library_id: Uuid,
    /// What the library is for.
    pub kind: LibraryKind,
    /// What the person may do there.
    pub role: MemberRole,
    /// Whether the library shows children only what is for them.
    pub kids_mode: bool,
}

impl MemberRole {
    /// All roles, the least first.
    pub const ALL: [Self; 5] = [
        Self::Patron,
        Self::Child,
        Self::Viewer,
        Self::Editor,
        Self::Admin,
    ];

    /// Whether this role may do what `needed` may.
    #[must_use]
    pub fn includes(self, needed: Self) -> bool {
        self >= needed
    }

    /// Its name in tokens, bodies and messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Patron => "patron",
            Self::Child => "child",
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }

    /// The role with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_admin_may_do_what_everybody_may_and_a_patron_only_what_patrons_may() {
        for role in MemberRole::ALL {
            assert!(MemberRole::Admin.includes(role) && role.includes(MemberRole::Patron));
            assert_eq!(MemberRole::named(role.as_str()), Some(role));
            assert_eq!(
                serde_json::to_value(role).unwrap(),
                serde_json::json!(role.as_str())
            );
        }
        assert!(!MemberRole::Viewer.includes(MemberRole::Editor));
        assert_eq!(MemberRole::named("owner"), None);
    }
}
