//! Who the bearer of an access token is now: the signature says who signed in, the standing what that is still worth.
//!
//! Never believes what a token says of roles, except one that an operator minted: that one has no session to ask about.

use std::sync::Arc;

use http::header::AUTHORIZATION;
use http::{HeaderMap, Method};
use jiff::Timestamp;

use super::cookies::{ACCESS_COOKIE, cookie};
use super::{
    AccessError, AccessVerifier, Caller, Membership, Person, Session, Standing, Standings,
};
use super::{Csrf, NobodyKnows, forged, is_unsafe};
use crate::problem::Problem;

/// Knows the bearers of access tokens. Cheap to clone.
#[derive(Clone)]
pub struct Bearers {
    verifier: AccessVerifier,
    standings: Arc<dyn Standings>,
    csrf: Option<Csrf>,
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
            csrf: None,
        }
    }

    /// Asks there how accounts stand now.
    #[must_use]
    pub fn knowing(mut self, standings: Arc<dyn Standings>) -> Self {
        self.standings = standings;
        self
    }

    /// How accounts stand.
    #[must_use]
    pub fn standings(&self) -> Arc<dyn Standings> {
        self.standings.clone()
    }

    /// Lets browsers write with their cookies, when what they send proves that it comes from our own pages.
    #[must_use]
    pub fn guarded_by(mut self, csrf: Csrf) -> Self {
        self.csrf = Some(csrf);
        self
    }

    /// Whose access token comes with this request, in the header or in a browser's cookie. A header goes first, so that
    /// no cookie changes who somebody is that said it. What they may do is told as of this position of the log or later.
    pub async fn asker(
        &self,
        method: &Method,
        headers: &HeaderMap,
        now: Timestamp,
        at_least: u64,
    ) -> Result<Arc<Caller>, Problem> {
        let kept = cookie(headers, ACCESS_COOKIE);
        let (None, Some(token)) = (headers.get(AUTHORIZATION), kept) else {
            let token = AccessVerifier::bearer(headers)?;
            return self.bearer(token, now, at_least).await;
        };
        let caller = self.bearer(token, now, at_least).await?;
        if is_unsafe(method) {
            let session = caller.session().ok_or_else(forged)?;
            let csrf = self.csrf.as_ref().ok_or_else(forged)?;
            csrf.check(headers, session.id)?;
        }
        Ok(caller)
    }

    /// Waits until what is known contains this position of the log. When it does not in time, or nobody can tell, the
    /// command was carried out all the same: whoever calls next is told by their own request.
    pub async fn settled(&self, position: u64) {
        if let Err(error) = self.standings.reached(position).await {
            tracing::debug!(%error, "a command was answered before all gates knew of it");
        }
    }

    /// Who the bearer of this token is now: as of this position of the log or later.
    pub async fn bearer(
        &self,
        token: &str,
        now: Timestamp,
        at_least: u64,
    ) -> Result<Arc<Caller>, Problem> {
        let caller = self.verifier.verify(token, now)?;
        let Some((person, session)) = caller.person().zip(caller.session()) else {
            return Ok(caller);
        };
        let asked = self
            .standings
            .standing(session.account, session.since.max(at_least));
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
