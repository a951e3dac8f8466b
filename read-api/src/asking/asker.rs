//! Who asks, as it was decided at the door of the read side.
//!
//! Never decides it: a question that relies on more than its line in the table of routes grants answers nobody.

use accession_events::ids::{AccountId, LibraryId, SessionId};
use accession_service::access::{AccessError, Audience, Decided, MemberRole, Membership, Role};
use accession_service::problem::Problem;

use super::Asked;
use crate::viewing::Viewer;

/// Who asks, as far as a read depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reader {
    /// May see what is hidden from everyone else.
    pub(crate) curates: bool,
    /// Sent a token at all.
    pub(crate) known: bool,
}

/// Somebody who asks as an account.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    /// Whose account it is.
    pub(crate) account: AccountId,
    /// The session that the token belongs to.
    pub(crate) session: SessionId,
}

impl Asked {
    /// Who asks a question that is open to everybody.
    pub(crate) fn reader(&self) -> Reader {
        let decided = self.extensions.get::<Decided>();
        Reader {
            curates: decided.is_some_and(|decided| decided.caller.has_role(Role::Curator)),
            known: decided.is_some(),
        }
    }

    /// Relies on it that only such callers are let in.
    pub(crate) fn is_for(&self, audience: Audience) -> Result<(), Problem> {
        Decided::of(&self.extensions, |to| to == audience).map(drop)
    }

    /// Who looks at others' data by virtue of an office: relies on it that only such callers are let in.
    pub(crate) fn viewer(&self, office: Audience) -> Result<Viewer, Problem> {
        let decided = Decided::of(&self.extensions, |to| to == office)?;
        Ok(Viewer::of(&decided.caller))
    }

    /// Somebody who is signed in with an account.
    pub(crate) fn signed_in(&self) -> Result<SignedIn, Problem> {
        let decided = Decided::of(&self.extensions, Audience::has_accounts_only)?;
        let session = decided.caller.session();
        let session = session.ok_or_else(Problem::internal)?;
        Ok(SignedIn {
            account: AccountId::new(session.account),
            session: SessionId::new(session.id),
        })
    }

    /// The membership of somebody who asks a question that is open to everybody about a library of theirs.
    pub(crate) fn as_member(&self, library: LibraryId) -> Result<(SignedIn, Membership), Problem> {
        let decided = self.extensions.get::<Decided>();
        let caller = &decided.ok_or(AccessError::Missing)?.caller;
        let session = caller.session().ok_or_else(|| {
            Problem::forbidden(
                "a library is asked about with your own account: sign in with it (a token that an operator minted has none)",
            )
        })?;
        let who = SignedIn {
            account: AccountId::new(session.account),
            session: SessionId::new(session.id),
        };
        Ok((who, caller.membership_of(library.as_uuid())?))
    }

    /// The membership that let in the one who asks: of this library, with at least this role.
    pub(crate) fn member_of(
        &self,
        library: LibraryId,
        at_least: MemberRole,
    ) -> Result<Membership, Problem> {
        let granted = |to: Audience| to.rank().is_some_and(|rank| rank >= at_least);
        let decided = Decided::of(&self.extensions, granted)?;
        let membership = decided.membership;
        let of_it = |member: &Membership| member.library_id == library.as_uuid();
        membership.filter(of_it).ok_or_else(Problem::internal)
    }
}
