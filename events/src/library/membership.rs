//! The words for belonging to a library: its kind, a member's role and standing, and how somebody came in.
//!
//! Never says what a role may do: that is the table of routes.

use serde::{Deserialize, Serialize};

/// What kind of tenant a library is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LibraryKind {
    /// People who share their books at home.
    Family,
    /// Lends to patrons.
    Lending,
    /// Sells.
    Shop,
}

impl LibraryKind {
    /// The form in JSON, URLs and keys.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Family => "family",
            Self::Lending => "lending",
            Self::Shop => "shop",
        }
    }

    /// Whether somebody may hold this role in a library of this kind.
    #[must_use]
    pub const fn knows(self, role: MemberRole) -> bool {
        !matches!(role, MemberRole::Patron) || matches!(self, Self::Lending)
    }
}

/// What somebody is in a library. Not an order: a patron is neither above nor below a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MemberRole {
    /// Decides who belongs to it and everything else.
    Admin,
    /// Looks after what it holds.
    Editor,
    /// Looks.
    Viewer,
    /// A child of the family: sees what is its own.
    Child,
    /// Borrows from a lending library.
    Patron,
}

impl MemberRole {
    /// The form in JSON, URLs, keys and tokens.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Editor => "editor",
            Self::Viewer => "viewer",
            Self::Child => "child",
            Self::Patron => "patron",
        }
    }

    /// Whether it may have a child's account made: somebody who could be its parent in the library.
    #[must_use]
    pub const fn is_parent(self) -> bool {
        matches!(self, Self::Admin | Self::Editor)
    }
}

/// Where somebody stands with a library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MembershipStatus {
    /// Asked, and has not answered.
    Invited,
    /// Belongs to it.
    Active,
    /// Belongs to it, and may do nothing for now.
    Suspended,
    /// Belonged to it.
    Revoked,
}

impl MembershipStatus {
    /// The form in JSON and keys.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
        }
    }
}

/// How somebody came to belong to a library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum JoinedHow {
    /// Made it.
    Founder,
    /// Accepted an invitation.
    Invitation,
    /// An account was made for a child of the family.
    Child,
    /// Came in by themselves, as a patron.
    SelfRegistered,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_lending_library_has_patrons() {
        for kind in [LibraryKind::Family, LibraryKind::Lending, LibraryKind::Shop] {
            assert_eq!(kind.knows(MemberRole::Patron), kind == LibraryKind::Lending);
            assert!(kind.knows(MemberRole::Viewer), "{kind:?}");
        }
    }

    #[test]
    fn words_in_json_are_the_words_everywhere() {
        for role in [
            MemberRole::Admin,
            MemberRole::Editor,
            MemberRole::Viewer,
            MemberRole::Child,
            MemberRole::Patron,
        ] {
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
        for kind in [LibraryKind::Family, LibraryKind::Lending, LibraryKind::Shop] {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }
}
