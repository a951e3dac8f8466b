//! Calls of persons who are signed in, with or without a library that they work in.
//!
//! Never takes a role from the token: what a member may do was decided from how they stand now.

use accession_events::ids::{AccountId, LibraryId, SessionId};
use accession_service::access::{Audience, MemberRole, Membership};
use accession_service::problem::Problem;
use axum::extract::FromRequestParts;
use http::request::Parts;

use super::Call;

/// A call of somebody who is signed in with an account.
#[derive(Debug, Clone)]
pub struct AccountCall {
    /// The call.
    pub call: Call,
    /// Whose account it is.
    pub account: AccountId,
    /// The session that the token belongs to.
    pub session: SessionId,
}

/// A call of an active member of the library that the path or the token names.
#[derive(Debug, Clone)]
pub struct MemberCall {
    /// The call.
    pub call: Call,
    /// Whose account it is.
    pub account: AccountId,
    /// The session that the token belongs to.
    pub session: SessionId,
    /// The library and what the person may do there, now.
    pub membership: Membership,
}

impl<S: Send + Sync> FromRequestParts<S> for AccountCall {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let call = Call::decided(parts, Audience::has_accounts_only)?;
        let session = call.caller.session();
        let session = session.ok_or_else(Problem::internal)?;
        Ok(Self {
            call,
            account: AccountId::new(session.account),
            session: SessionId::new(session.id),
        })
    }
}

impl MemberCall {
    /// Refuses a member whose role does not include this one.
    pub fn at_least(&self, role: MemberRole) -> Result<Membership, Problem> {
        self.membership.of_rank(role)
    }

    /// The library.
    #[must_use]
    pub const fn library(&self) -> LibraryId {
        LibraryId::new(self.membership.library_id)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for MemberCall {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let AccountCall {
            call,
            account,
            session,
        } = AccountCall::from_request_parts(parts, state).await?;
        let membership = call.membership.ok_or_else(Problem::internal)?;
        Ok(Self {
            call,
            account,
            session,
            membership,
        })
    }
}
