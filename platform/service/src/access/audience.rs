//! Whom a route is open to, and whether a caller is one of them.
//!
//! Never asks who somebody is, and never believes a role of a library that is not in their present memberships.

use http::StatusCode;
use uuid::Uuid;

use super::{Caller, MemberRole, Membership, Role, Scope};
use crate::problem::Problem;

/// Whom a route is open to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Everybody; a token is not looked at, because the request shows itself what it may (a password, a challenge).
    Anyone,
    /// Everybody; but a token that is there must be good, for it may show more.
    Readers,
    /// Whoever has an account and a session.
    SignedIn,
    /// Active members of the library that the path or the token names, whatever their role.
    Members,
    /// Members who may see everything of their library: viewer, editor, admin.
    Viewers,
    /// Members who change what their library holds: editor, admin.
    Editors,
    /// Members who look after their library: admin.
    LibraryAdmins,
    /// People who look after the shared catalog; admins of the platform too.
    Curators,
    /// People who operate the platform.
    Admins,
    /// Services with this scope; admins of the platform too.
    Services(Scope),
}

impl Audience {
    /// What a person needs to be let in, as the API description names it; none when everybody is.
    #[must_use]
    pub const fn role(self) -> Option<&'static str> {
        match self {
            Self::Anyone | Self::Readers => None,
            Self::SignedIn => Some("account"),
            Self::Members => Some("library:member"),
            Self::Viewers => Some("library:viewer"),
            Self::Editors => Some("library:editor"),
            Self::LibraryAdmins => Some("library:admin"),
            Self::Curators => Some("curator"),
            Self::Admins | Self::Services(_) => Some("admin"),
        }
    }

    /// Whether a request without any token is let in.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Anyone | Self::Readers)
    }

    /// Whether it is a library that decides who is let in.
    #[must_use]
    pub const fn is_of_a_library(self) -> bool {
        self.rank().is_some()
    }

    /// The least that a member has to be to be let in; none when no library decides.
    #[must_use]
    pub const fn rank(self) -> Option<MemberRole> {
        match self {
            Self::Members => Some(MemberRole::Patron),
            Self::Viewers => Some(MemberRole::Viewer),
            Self::Editors => Some(MemberRole::Editor),
            Self::LibraryAdmins => Some(MemberRole::Admin),
            _ => None,
        }
    }

    /// Whether whoever is let in is signed in with an account.
    #[must_use]
    pub const fn has_accounts_only(self) -> bool {
        matches!(self, Self::SignedIn) || self.is_of_a_library()
    }

    /// Lets a caller in, or says why not. `library` is what the path names; without it the one that is selected in the
    /// token decides. What comes back is the membership that let them in, where it was one.
    pub(super) fn admit(
        self,
        caller: &Caller,
        library: Option<&str>,
    ) -> Result<Option<Membership>, Problem> {
        if self.has_accounts_only() && caller.session().is_none() {
            return Err(Problem::forbidden(
                "this is about your own account: sign in with it (a token that an operator minted has none)",
            ));
        }
        if let Some(rank) = self.rank() {
            return membership(caller, library)?.of_rank(rank).map(Some);
        }
        if self.admits(caller) {
            Ok(None)
        } else {
            Err(Problem::forbidden(self.refusal()))
        }
    }

    fn admits(self, caller: &Caller) -> bool {
        match self {
            Self::Curators => caller.has_role(Role::Curator),
            Self::Admins => caller.has_role(Role::Admin),
            Self::Services(scope) => caller.has_scope(scope) || caller.has_role(Role::Admin),
            _ => true,
        }
    }

    fn refusal(self) -> String {
        match self {
            Self::Services(scope) => format!(
                "this needs a service credential with the scope `{}`, or the role `admin`",
                scope.as_str()
            ),
            Self::Curators => {
                "this needs a person's access token with the role `curator` or `admin`".to_owned()
            }
            _ => "this needs a person's access token with the role `admin`".to_owned(),
        }
    }
}

/// The caller's active membership of the library in the path, or of the one that is selected in the token.
fn membership(caller: &Caller, library: Option<&str>) -> Result<Membership, Problem> {
    let Some(named) = library else {
        let selected = caller.person().and_then(|person| person.library);
        return selected.ok_or_else(|| {
            Problem::new(
                StatusCode::FORBIDDEN,
                "no_library_selected",
                "this is about the library you work in, and none is selected: POST /api/v1/auth/context/select",
            )
        });
    };
    let library = Uuid::parse_str(named).map_err(|_| no_member_of(named))?;
    caller.membership_of(library)
}

/// A stranger is told that there is no such library: an id says nothing to those whom it does not concern.
fn no_member_of(library: &str) -> Problem {
    let library: String = library.chars().take(40).collect();
    Problem::not_found(format!(
        "you are no member of a library with the id {library}"
    ))
}

impl Caller {
    /// The caller's active membership of this library.
    ///
    /// # Errors
    ///
    /// 404 for everybody else.
    pub fn membership_of(&self, library: Uuid) -> Result<Membership, Problem> {
        let member = self.person().and_then(|person| person.member_of(library));
        member.ok_or_else(|| no_member_of(&library.to_string()))
    }
}

impl Membership {
    /// The membership, when its role includes this one.
    ///
    /// # Errors
    ///
    /// 403 that names both roles.
    pub fn of_rank(self, at_least: MemberRole) -> Result<Self, Problem> {
        if self.role.includes(at_least) {
            return Ok(self);
        }
        Err(Problem::forbidden(format!(
            "this needs the role `{}` in the library; yours is `{}`",
            at_least.as_str(),
            self.role.as_str()
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{LibraryKind, Person, Session};

    const OURS: Uuid = Uuid::from_u128(7);
    const THEIRS: Uuid = Uuid::from_u128(8);

    fn person(role: Option<Role>) -> Caller {
        Caller::Person(Person::minted("ana", role))
    }

    fn signed_in(role: Option<MemberRole>, selected: bool) -> Caller {
        let membership = role.map(|role| Membership {
            library_id: OURS,
            kind: LibraryKind::Family,
            role,
            kids_mode: false,
        });
        let session = Session {
            id: Uuid::from_u128(2),
            account: Uuid::from_u128(1),
            since: 1,
        };
        Caller::Person(Person {
            session: Some(session),
            library: membership.filter(|_| selected),
            memberships: membership.into_iter().collect(),
            ..Person::minted("ana", None)
        })
    }

    fn service(scope: Scope) -> Caller {
        Caller::Service {
            credential_id: "1".into(),
            scopes: vec![scope],
        }
    }

    fn status(audience: Audience, caller: &Caller, library: Option<Uuid>) -> u16 {
        let library = library.map(|library| library.to_string());
        let admitted = audience.admit(caller, library.as_deref());
        admitted.map_or_else(|problem| problem.status().as_u16(), |_| 200)
    }

    #[test]
    fn every_door_opens_to_its_own_callers_only() {
        let callers = [
            person(None),
            person(Some(Role::Curator)),
            person(Some(Role::Admin)),
            service(Scope::Import),
            service(Scope::Operate),
            signed_in(None, false),
        ];
        for (door, expected) in [
            (Audience::Readers, [200, 200, 200, 200, 200, 200]),
            (Audience::Curators, [403, 200, 200, 403, 403, 403]),
            (
                Audience::Services(Scope::Import),
                [403, 403, 200, 200, 403, 403],
            ),
            (
                Audience::Services(Scope::Operate),
                [403, 403, 200, 403, 200, 403],
            ),
            (Audience::Admins, [403, 403, 200, 403, 403, 403]),
            (Audience::SignedIn, [403, 403, 403, 403, 403, 200]),
            (Audience::Members, [403, 403, 403, 403, 403, 404]),
            (Audience::LibraryAdmins, [403, 403, 403, 403, 403, 404]),
        ] {
            let got = callers.each_ref().map(|of| status(door, of, Some(OURS)));
            assert_eq!(got, expected, "{door:?}");
        }
    }

    #[test]
    fn a_library_opens_to_its_members_by_rank_and_to_those_of_no_other() {
        for (door, expected) in [
            (Audience::Members, [200, 200, 200, 200, 200]),
            (Audience::Viewers, [403, 403, 200, 200, 200]),
            (Audience::Editors, [403, 403, 403, 200, 200]),
            (Audience::LibraryAdmins, [403, 403, 403, 403, 200]),
        ] {
            let asked = |library: Option<Uuid>| {
                MemberRole::ALL.map(|role| status(door, &signed_in(Some(role), true), library))
            };
            assert_eq!(asked(Some(OURS)), expected, "{door:?}");
            assert_eq!(asked(None), expected, "{door:?} by the token");
            assert_eq!(asked(Some(THEIRS)), [404; 5], "{door:?} of others");
        }
    }

    #[test]
    fn a_library_that_is_no_id_or_that_nobody_selected_lets_nobody_in() {
        let admin = signed_in(Some(MemberRole::Admin), false);
        let garbled = Audience::Members.admit(&admin, Some("..")).unwrap_err();
        assert_eq!(garbled.status(), 404);
        let unselected = Audience::Members.admit(&admin, None).unwrap_err();
        assert_eq!(unselected.status(), 403);
    }
}
