//! One call of an operators' route: who calls, and when. Extracted before the body, so that a stranger's is never read.
//!
//! Never looks at what is asked.

use std::sync::Arc;

use accession_service::access::{Admission, Caller, Gate};
use accession_service::problem::Problem;
use axum::extract::{FromRef, FromRequestParts};
use http::request::Parts;
use jiff::Timestamp;

use crate::read_models::Asker;

/// A call of a person who operates the platform.
#[derive(Debug, Clone)]
pub(crate) struct AdminCall(pub(crate) Call);

/// A call of somebody, a person or a service, who operates the platform.
#[derive(Debug, Clone)]
pub(crate) struct OperatorCall(pub(crate) Call);

/// A call that has passed the gate.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// Who calls.
    pub(crate) caller: Arc<Caller>,
    /// When the call came in.
    pub(crate) now: Timestamp,
}

impl Call {
    async fn admitted(parts: &Parts, gate: &Gate, open_to: Admission) -> Result<Self, Problem> {
        let now = now();
        let caller = gate
            .admit(&parts.method, &parts.headers, open_to, now)
            .await?;
        let call = Self { caller, now };
        // Whoever operates the platform leaves a trace, also by only looking.
        tracing::info!(
            actor = call.actor(),
            at = %call.now,
            method = %parts.method,
            path = parts.uri.path(),
            "operations.called"
        );
        Ok(call)
    }

    /// Who asks, and when, as it is kept on record.
    pub(crate) fn asker(&self) -> Asker {
        Asker {
            by: self.actor(),
            at: self.now,
        }
    }

    /// The name under which what the caller does is kept.
    pub(crate) fn actor(&self) -> String {
        self.caller.actor()
    }
}

impl<S> FromRequestParts<S> for AdminCall
where
    Gate: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Call::admitted(parts, &Gate::from_ref(state), Admission::Admins)
            .await
            .map(Self)
    }
}

impl<S> FromRequestParts<S> for OperatorCall
where
    Gate: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Call::admitted(parts, &Gate::from_ref(state), Admission::Operators)
            .await
            .map(Self)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a request enters the system here: the edge reads the clock once"
)]
fn now() -> Timestamp {
    Timestamp::now()
}
