//! Calls of persons who are signed in, with or without a library that they work in.
//!
//! Never takes a role from the token: what a member may do is what the gate knows now.

use accession_events::ids::{AccountId, LibraryId, SessionId};
use accession_service::access::{Admission, Gate, MemberRole, Membership};
use accession_service::problem::Problem;
use axum::extract::{FromRef, FromRequestParts};
use http::StatusCode;
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

/// A call of an active member of the library that is selected in the token.
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

impl<S> FromRequestParts<S> for AccountCall
where
    Gate: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let gate = Gate::from_ref(state);
        let call = Call::admitted(parts, &gate, Admission::SignedIn).await?;
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
        of_rank(self.membership, role)
    }

    /// The library.
    #[must_use]
    pub const fn library(&self) -> LibraryId {
        LibraryId::new(self.membership.library_id)
    }
}

impl<S> FromRequestParts<S> for MemberCall
where
    Gate: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let AccountCall {
            call,
            account,
            session,
        } = AccountCall::from_request_parts(parts, state).await?;
        let membership = call.caller.person().and_then(|person| person.library);
        let membership = membership.ok_or_else(|| {
            Problem::new(
                StatusCode::FORBIDDEN,
                "no_library_selected",
                "this is about the library you work in, and none is selected: POST /api/v1/auth/context/select",
            )
        })?;
        Ok(Self {
            call,
            account,
            session,
            membership,
        })
    }
}

/// The membership, when its role includes this one.
pub(super) fn of_rank(member: Membership, at_least: MemberRole) -> Result<Membership, Problem> {
    if member.role.includes(at_least) {
        return Ok(member);
    }
    Err(Problem::forbidden(format!(
        "this needs the role `{}` in the library; yours is `{}`",
        at_least.as_str(),
        member.role.as_str()
    )))
}
