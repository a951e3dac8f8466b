//! Who the bearer of an access token is now: the signature says who signed in, the standing what that is still worth.
//!
//! Never believes what a token says of roles, except one that an operator minted: that one has no session to ask about.

use std::sync::Arc;

use jiff::Timestamp;

use super::{
    AccessError, AccessVerifier, Caller, Membership, Person, Session, Standing, Standings,
};
use crate::problem::Problem;

/// Knows the bearers of access tokens. Cheap to clone.
#[derive(Clone)]
pub struct Bearers {
    verifier: AccessVerifier,
    standings: Option<Arc<dyn Standings>>,
}

impl Bearers {
    /// Believes tokens of sessions until [`Bearers::knowing`] tells where to ask.
    #[must_use]
    pub fn new(verifier: AccessVerifier) -> Self {
        Self {
            verifier,
            standings: None,
        }
    }

    /// Asks there how accounts stand now.
    #[must_use]
    pub fn knowing(mut self, standings: Arc<dyn Standings>) -> Self {
        self.standings = Some(standings);
        self
    }

    /// Who the bearer of this token is now.
    pub async fn bearer(&self, token: &str, now: Timestamp) -> Result<Arc<Caller>, Problem> {
        let caller = self.verifier.verify(token, now)?;
        let (Some(standings), Caller::Person(person)) = (&self.standings, &*caller) else {
            return Ok(caller);
        };
        let Some(session) = person.session else {
            return Ok(caller);
        };
        let standing = standings.standing(session.account, session.since).await?;
        Ok(Arc::new(present(person, session, standing.as_deref())?))
    }
}

/// The person as they stand now.
fn present(
    person: &Person,
    session: Session,
    standing: Option<&Standing>,
) -> Result<Caller, AccessError> {
    let standing = standing.ok_or(AccessError::AccountClosed)?;
    standing.admits(&session)?;
    let selected = person.library.map(|library| library.library_id);
    Ok(Caller::Person(Person {
        subject: person.subject.clone(),
        role: standing.role,
        session: Some(session),
        library: selected.and_then(|library| standing.member_of(library)),
        memberships: standing.memberships.clone(),
        email_verified: standing.email_verified,
    }))
}

/// What a token of a session says of the library it was issued for, while nobody can be asked.
pub(super) fn as_told(library_id: Option<uuid::Uuid>, role: Option<&str>) -> Option<Membership> {
    Some(Membership {
        library_id: library_id?,
        kind: super::LibraryKind::default(),
        role: super::MemberRole::named(role?)?,
        kids_mode: false,
    })
}
