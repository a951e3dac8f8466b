//! The gate: who calls, by access token or service credential, and whether the route is open to them.
//!
//! Never looks at what is asked, only at who asks.

use std::sync::Arc;

use accession_service::access::{AccessVerifier, Caller, Role, Scope};
use accession_service::problem::Problem;
use http::{HeaderMap, HeaderName};
use jiff::Timestamp;

use crate::credentials::{Credentials, PREFIX};

/// The header that system 004's importers send their credential in.
pub const INTERNAL_TOKEN: HeaderName = HeaderName::from_static("x-internal-token");

/// Knows callers. Cheap to clone.
#[derive(Clone)]
pub struct Gate {
    verifier: AccessVerifier,
    credentials: Credentials,
}

/// Whom a route is open to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// People who look after the catalog.
    Curators,
    /// Importers, and people who operate the platform.
    Importers,
}

impl Gate {
    /// A gate that knows the bearers of these tokens and credentials.
    #[must_use]
    pub fn new(verifier: AccessVerifier, credentials: Credentials) -> Self {
        Self {
            verifier,
            credentials,
        }
    }

    /// Who sent a request with these headers, if the route is open to them.
    pub async fn admit(
        &self,
        headers: &HeaderMap,
        open_to: Admission,
        now: Timestamp,
    ) -> Result<Arc<Caller>, Problem> {
        let caller = self.caller(headers, now).await?;
        if open_to.admits(&caller) {
            Ok(caller)
        } else {
            Err(Problem::forbidden(open_to.refusal()))
        }
    }

    async fn caller(&self, headers: &HeaderMap, now: Timestamp) -> Result<Arc<Caller>, Problem> {
        if let Some(token) = headers.get(INTERNAL_TOKEN) {
            return self.service(token.to_str().unwrap_or_default(), now).await;
        }
        let token = AccessVerifier::bearer(headers)?;
        if token.starts_with(PREFIX) {
            return self.service(token, now).await;
        }
        Ok(self.verifier.verify(token, now)?)
    }

    async fn service(&self, text: &str, now: Timestamp) -> Result<Arc<Caller>, Problem> {
        let credential = self.credentials.verify(text, now).await.map_err(|error| {
            tracing::error!(%error, "a service credential could not be looked up");
            Problem::unavailable(
                "service credentials cannot be looked up for now; try again",
                std::time::Duration::from_secs(1),
            )
        })?;
        let credential = credential.ok_or_else(|| {
            Problem::unauthenticated(
                "credential_invalid",
                "the service credential is unknown or revoked: an operator issues one with `accession credential issue`",
            )
        })?;
        let (credential_id, scopes) = (credential.id.to_string(), credential.scopes.clone());
        Ok(Arc::new(Caller::Service {
            credential_id,
            scopes,
        }))
    }
}

impl Admission {
    fn admits(self, caller: &Caller) -> bool {
        match self {
            Self::Curators => caller.has_role(Role::Curator),
            Self::Importers => caller.has_scope(Scope::Import) || caller.has_role(Role::Admin),
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
        }
    }
}
