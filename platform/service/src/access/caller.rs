//! Callers and what they may do. How a caller is recognised is not decided here.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Membership;

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

    /// Its name in tokens and bodies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Curator => "curator",
            Self::Admin => "admin",
        }
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
    /// Having messages sent.
    Notify,
    /// Starting work that runs by a clock.
    Jobs,
}

impl Scope {
    /// All scopes, for messages.
    pub const ALL: [Self; 4] = [Self::Import, Self::Operate, Self::Notify, Self::Jobs];

    /// Its name in tokens, tables and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Operate => "operate",
            Self::Notify => "notify",
            Self::Jobs => "jobs",
        }
    }

    /// The scope with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }
}

/// A family of refresh tokens that a person signed in with, as the access token names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub account: Uuid,
    /// The position of the log at which it began.
    pub since: u64,
}

/// A person with an access token, and what they may do now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Account id, or the name an operator gave when minting.
    pub subject: String,
    /// What the person may do on the whole platform; none for an ordinary reader.
    pub role: Option<Role>,
    /// The session; none for a token that an operator minted.
    pub session: Option<Session>,
    /// The library that was selected for this token, when the person is still an active member of it.
    pub library: Option<Membership>,
    /// The position of the log that was known when it was selected.
    pub selected_at: u64,
    /// All active memberships.
    pub memberships: Vec<Membership>,
    /// Whether the account's e-mail address was verified.
    pub email_verified: bool,
}

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A person with an access token.
    Person(Person),
    /// A service with a credential.
    Service {
        /// The credential's id.
        credential_id: String,
        /// What it may be used for.
        scopes: Vec<Scope>,
    },
}

impl Person {
    /// Somebody whose token an operator minted.
    #[must_use]
    pub fn minted(subject: impl Into<String>, role: Option<Role>) -> Self {
        Self {
            subject: subject.into(),
            role,
            ..Self::default()
        }
    }

    /// The active membership of a library.
    #[must_use]
    pub fn member_of(&self, library: Uuid) -> Option<Membership> {
        let of = |membership: &&Membership| membership.library_id == library;
        self.memberships.iter().find(of).copied()
    }
}

impl Caller {
    /// The form in which the log's metadata names the caller.
    #[must_use]
    pub fn actor(&self) -> String {
        match self {
            Self::Person(Person { subject, role, .. }) => match role {
                Some(Role::Admin) => format!("admin:{subject}"),
                Some(Role::Curator) => format!("curator:{subject}"),
                None => format!("user:{subject}"),
            },
            Self::Service { credential_id, .. } => format!("service:{credential_id}"),
        }
    }

    /// The person, when it is one.
    #[must_use]
    pub const fn person(&self) -> Option<&Person> {
        match self {
            Self::Person(person) => Some(person),
            Self::Service { .. } => None,
        }
    }

    /// The session of somebody who signed in with an account.
    #[must_use]
    pub fn session(&self) -> Option<Session> {
        self.person()?.session
    }

    /// Whether the caller is a person with at least this role.
    #[must_use]
    pub fn has_role(&self, needed: Role) -> bool {
        self.person()
            .and_then(|person| person.role)
            .is_some_and(|role| role.includes(needed))
    }

    /// Whether the caller is a service with this scope.
    #[must_use]
    pub fn has_scope(&self, needed: Scope) -> bool {
        matches!(self, Self::Service { scopes, .. } if scopes.contains(&needed))
    }
}
