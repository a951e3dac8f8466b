//! Who the bearer of an access token is now: the signature says who signed in, the standing what that is still worth.
//!
//! Never believes what a token says of roles, except one that an operator minted: that one has no session to ask about.

use std::sync::Arc;

use jiff::Timestamp;

use super::NobodyKnows;
use super::{
    AccessError, AccessVerifier, Caller, Membership, Person, Session, Standing, Standings,
};
use crate::problem::Problem;

/// Knows the bearers of access tokens. Cheap to clone.
#[derive(Clone)]
pub struct Bearers {
    verifier: AccessVerifier,
    standings: Arc<dyn Standings>,
}

impl Bearers {
    /// Refuses tokens of sessions until [`Bearers::knowing`] tells where to ask.
    #[must_use]
    pub fn new(verifier: AccessVerifier) -> Self {
        Self {
            verifier,
            standings: Arc::new(NobodyKnows {
                reason: "this process was not told where to ask",
            }),
        }
    }

    /// Asks there how accounts stand now.
    #[must_use]
    pub fn knowing(mut self, standings: Arc<dyn Standings>) -> Self {
        self.standings = standings;
        self
    }

    /// Who the bearer of this token is now.
    pub async fn bearer(&self, token: &str, now: Timestamp) -> Result<Arc<Caller>, Problem> {
        let caller = self.verifier.verify(token, now)?;
        let Some((person, session)) = caller.person().zip(caller.session()) else {
            return Ok(caller);
        };
        let asked = self.standings.standing(session.account, session.since);
        let standing = asked.await?;
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
        library: selected.and_then(|library| standing.selected(library, person.selected_at)),
        selected_at: person.selected_at,
        memberships: standing.memberships.clone(),
        email_verified: standing.email_verified,
    }))
}

/// What a token of a session says of the library it was issued for; which of it is true, the standing says.
pub(super) fn as_told(library_id: Option<uuid::Uuid>, role: Option<&str>) -> Option<Membership> {
    Some(Membership {
        library_id: library_id?,
        kind: super::LibraryKind::default(),
        role: super::MemberRole::named(role?)?,
        kids_mode: false,
    })
}
