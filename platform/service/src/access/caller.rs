//! Callers and what they may do. How a caller is recognised is not decided here.

use serde::{Deserialize, Serialize};

/// What a person may do on the whole platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Edits the shared catalog.
    Curator,
    /// Operates the platform; may do all a curator may.
    Admin,
}

impl Role {
    /// Whether this role may do what `needed` may.
    #[must_use]
    pub fn includes(self, needed: Self) -> bool {
        self >= needed
    }

    /// The role with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "curator" => Some(Self::Curator),
            "admin" => Some(Self::Admin),
            _ => None,
        }
    }
}

/// What a service credential may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The internal import endpoints.
    Import,
    /// Rebuilding read models and reading the feed.
    Operate,
}

impl Scope {
    /// All scopes, for messages.
    pub const ALL: [Self; 2] = [Self::Import, Self::Operate];

    /// Its name in tokens, tables and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Operate => "operate",
        }
    }

    /// The scope with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }
}

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A person with an access token.
    Person {
        /// Account id, or the name an operator gave when minting.
        subject: String,
        /// What the person may do; none for an ordinary reader.
        role: Option<Role>,
        /// The library in whose context the token was issued.
        library_id: Option<String>,
    },
    /// A service with a credential.
    Service {
        /// The credential's id.
        credential_id: String,
        /// What it may be used for.
        scopes: Vec<Scope>,
    },
}

impl Caller {
    /// The form in which the log's metadata names the caller.
    #[must_use]
    pub fn actor(&self) -> String {
        match self {
            Self::Person {
                subject,
                role: Some(Role::Admin),
                ..
            } => format!("admin:{subject}"),
            Self::Person {
                subject,
                role: Some(Role::Curator),
                ..
            } => format!("curator:{subject}"),
            Self::Person {
                subject,
                role: None,
                ..
            } => format!("user:{subject}"),
            Self::Service { credential_id, .. } => format!("service:{credential_id}"),
        }
    }

    /// Whether the caller is a person with at least this role.
    #[must_use]
    pub fn has_role(&self, needed: Role) -> bool {
        matches!(self, Self::Person { role: Some(role), .. } if role.includes(needed))
    }

    /// Whether the caller is a service with this scope.
    #[must_use]
    pub fn has_scope(&self, needed: Scope) -> bool {
        matches!(self, Self::Service { scopes, .. } if scopes.contains(&needed))
    }
}
