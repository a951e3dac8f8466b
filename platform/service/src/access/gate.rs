//! The gate: who calls, by access token or service credential, and whether the route is open to them.
//!
//! Never looks at what is asked, only at who asks; where credentials are kept is not known here.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::{HeaderMap, HeaderName, Method};
use jiff::Timestamp;

use super::{AccessVerifier, Bearers, Caller, Csrf, Role, Scope, Standings};
use crate::problem::Problem;

/// The header that system 004's importers send their credential in.
pub const INTERNAL_TOKEN: HeaderName = HeaderName::from_static("x-internal-token");
/// What the text form of every service credential starts with.
pub const CREDENTIAL_PREFIX: &str = "acc_";

/// Service credentials cannot be looked up for now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a service credential could not be looked up: {reason}")]
pub struct CredentialsAway {
    /// What was said.
    pub reason: String,
}

/// Knows the bearers of service credentials.
#[async_trait]
pub trait ServiceCredentials: Send + Sync + 'static {
    /// Whose credential this text is; none when it is unknown or revoked.
    async fn bearer(&self, text: &str, now: Timestamp) -> Result<Option<Caller>, CredentialsAway>;
}

/// Knows callers. Cheap to clone.
#[derive(Clone)]
pub struct Gate {
    bearers: Bearers,
    credentials: Arc<dyn ServiceCredentials>,
}

/// Whom a route is open to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// People who look after the catalog.
    Curators,
    /// Importers, and people who operate the platform.
    Importers,
    /// People who operate the platform.
    Admins,
    /// Services that operate the platform, and people who do.
    Operators,
    /// Whoever is signed in with an account; not a token that an operator minted.
    SignedIn,
}

impl Gate {
    /// A gate that knows the bearers of these tokens and credentials.
    #[must_use]
    pub fn new(verifier: AccessVerifier, credentials: Arc<dyn ServiceCredentials>) -> Self {
        Self {
            bearers: Bearers::new(verifier),
            credentials,
        }
    }

    /// The same gate, which asks there how accounts stand now.
    #[must_use]
    pub fn knowing(mut self, standings: Arc<dyn Standings>) -> Self {
        self.bearers = self.bearers.knowing(standings);
        self
    }

    /// How accounts stand, as this gate asks.
    #[must_use]
    pub fn standings(&self) -> Arc<dyn Standings> {
        self.bearers.standings()
    }

    /// The same gate, which lets browsers write with their cookies.
    #[must_use]
    pub fn guarded_by(mut self, csrf: Csrf) -> Self {
        self.bearers = self.bearers.guarded_by(csrf);
        self
    }

    /// Waits until the standings that this gate asks contain this position of the log; 2 s at most.
    pub async fn settled(&self, position: u64) {
        self.bearers.settled(position).await;
    }

    /// Who sent a request with these headers, if the route is open to them.
    pub async fn admit(
        &self,
        method: &Method,
        headers: &HeaderMap,
        open_to: Admission,
        now: Timestamp,
    ) -> Result<Arc<Caller>, Problem> {
        let caller = self.caller(method, headers, now).await?;
        if open_to.admits(&caller) {
            Ok(caller)
        } else {
            Err(Problem::forbidden(open_to.refusal()))
        }
    }

    async fn caller(
        &self,
        method: &Method,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<Arc<Caller>, Problem> {
        if let Some(token) = headers.get(INTERNAL_TOKEN) {
            return self.service(token.to_str().unwrap_or_default(), now).await;
        }
        match AccessVerifier::bearer(headers) {
            Ok(text) if text.starts_with(CREDENTIAL_PREFIX) => self.service(text, now).await,
            _ => self.bearers.asker(method, headers, now, 0).await,
        }
    }

    async fn service(&self, text: &str, now: Timestamp) -> Result<Arc<Caller>, Problem> {
        let bearer = self.credentials.bearer(text, now).await.map_err(|error| {
            tracing::error!(%error, "a service credential could not be looked up");
            Problem::unavailable(
                "service credentials cannot be looked up for now; try again",
                Duration::from_secs(1),
            )
        })?;
        bearer.map(Arc::new).ok_or_else(|| {
            Problem::unauthenticated(
                "credential_invalid",
                "the service credential is unknown or revoked: an operator issues one with `accession credential issue`",
            )
        })
    }
}

impl Admission {
    fn admits(self, caller: &Caller) -> bool {
        match self {
            Self::Curators => caller.has_role(Role::Curator),
            Self::Importers => caller.has_scope(Scope::Import) || caller.has_role(Role::Admin),
            Self::Admins => caller.has_role(Role::Admin),
            Self::Operators => caller.has_scope(Scope::Operate) || caller.has_role(Role::Admin),
            Self::SignedIn => caller.session().is_some(),
        }
    }

    const fn refusal(self) -> &'static str {
        match self {
            Self::Curators => {
                "this needs a person's access token with the role `curator` or `admin`"
            }
            Self::Importers => {
                "this needs a service credential with the scope `import`, or the role `admin`"
            }
            Self::Admins => "this needs a person's access token with the role `admin`",
            Self::Operators => {
                "this needs a service credential with the scope `operate`, or the role `admin`"
            }
            Self::SignedIn => {
                "this is about your own account: sign in with it (a token that an operator minted has none)"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Person, Session};
    use uuid::Uuid;

    fn person(role: Option<Role>) -> Caller {
        Caller::Person(Person::minted("ana", role))
    }

    fn signed_in() -> Caller {
        let session = Session {
            id: Uuid::from_u128(2),
            account: Uuid::from_u128(1),
            since: 1,
        };
        Caller::Person(Person {
            session: Some(session),
            ..Person::minted("ana", None)
        })
    }

    fn service(scope: Scope) -> Caller {
        Caller::Service {
            credential_id: "1".into(),
            scopes: vec![scope],
        }
    }

    #[test]
    fn every_door_opens_to_its_own_callers_only() {
        let callers = [
            person(None),
            person(Some(Role::Curator)),
            person(Some(Role::Admin)),
            service(Scope::Import),
            service(Scope::Operate),
            signed_in(),
        ];
        for (door, expected) in [
            (
                Admission::Curators,
                [false, true, true, false, false, false],
            ),
            (
                Admission::Importers,
                [false, false, true, true, false, false],
            ),
            (Admission::Admins, [false, false, true, false, false, false]),
            (
                Admission::Operators,
                [false, false, true, false, true, false],
            ),
            (
                Admission::SignedIn,
                [false, false, false, false, false, true],
            ),
        ] {
            let admitted: Vec<bool> = callers.iter().map(|caller| door.admits(caller)).collect();
            assert_eq!(admitted, expected, "{door:?}");
        }
    }
}
