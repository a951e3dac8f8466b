//! The gate: who calls, by access token or service credential.
//!
//! Never looks at what is asked, only at who asks; where credentials are kept is not known here.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, Method};
use jiff::Timestamp;

use super::cookies::{ACCESS_COOKIE, cookie};
use super::{AccessVerifier, Audience, Bearers, Caller, Csrf, Standings};
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
    credentials: Option<Arc<dyn ServiceCredentials>>,
}

impl Gate {
    /// A gate that knows the bearers of these tokens and credentials.
    #[must_use]
    pub fn new(verifier: AccessVerifier, credentials: Arc<dyn ServiceCredentials>) -> Self {
        Self {
            credentials: Some(credentials),
            ..Self::of_people(verifier)
        }
    }

    /// A gate that knows the bearers of these tokens; for it a service credential is a bad token.
    #[must_use]
    pub fn of_people(verifier: AccessVerifier) -> Self {
        Self {
            bearers: Bearers::new(verifier),
            credentials: None,
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

    /// Whether these headers show anything that tells who calls.
    pub(super) fn is_shown(&self, headers: &HeaderMap) -> bool {
        headers.contains_key(AUTHORIZATION)
            || cookie(headers, ACCESS_COOKIE).is_some()
            || self.credentials.is_some() && headers.contains_key(INTERNAL_TOKEN)
    }

    /// Who sent a request with these headers to a route that is open to anybody, if they are of this audience.
    pub async fn recognise(
        &self,
        method: &Method,
        headers: &HeaderMap,
        audience: Audience,
        now: Timestamp,
    ) -> Result<Arc<Caller>, Problem> {
        let caller = self.caller(method, headers, now, 0).await?;
        audience.admit(&caller, None)?;
        Ok(caller)
    }

    /// Who sent a request with these headers, as of this position of the log or later.
    pub(super) async fn caller(
        &self,
        method: &Method,
        headers: &HeaderMap,
        now: Timestamp,
        at_least: u64,
    ) -> Result<Arc<Caller>, Problem> {
        if let Some(credentials) = &self.credentials {
            if let Some(token) = headers.get(INTERNAL_TOKEN) {
                let text = token.to_str().unwrap_or_default();
                return service(credentials.as_ref(), text, now).await;
            }
            if let Ok(text) = AccessVerifier::bearer(headers)
                && text.starts_with(CREDENTIAL_PREFIX)
            {
                return service(credentials.as_ref(), text, now).await;
            }
        }
        self.bearers.asker(method, headers, now, at_least).await
    }
}

async fn service(
    credentials: &dyn ServiceCredentials,
    text: &str,
    now: Timestamp,
) -> Result<Arc<Caller>, Problem> {
    let bearer = credentials.bearer(text, now).await.map_err(|error| {
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
