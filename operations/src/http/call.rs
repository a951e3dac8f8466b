//! One call of an operators' route: who calls, and when. Extracted before the body, so that a stranger's is never read.
//!
//! Never looks at what is asked.

use std::collections::BTreeSet;
use std::sync::Arc;

use accession_service::access::{Audience, Caller, Decided, Scope};
use accession_service::problem::Problem;
use accession_service::views::{OPERATOR, View};
use axum::extract::FromRequestParts;
use http::request::Parts;
use jiff::Timestamp;
use uuid::Uuid;

use crate::read_models::Asker;

/// A call of somebody who operates the platform: a person, or a service where the route's line says so.
#[derive(Debug, Clone)]
pub(crate) struct OperatorCall(pub(crate) Call);

/// A call that was let in.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// Who calls.
    pub(crate) caller: Arc<Caller>,
    /// When the call came in.
    pub(crate) now: Timestamp,
}

impl Call {
    fn decided(parts: &Parts) -> Result<Self, Problem> {
        let operators =
            |to: Audience| matches!(to, Audience::Admins | Audience::Services(Scope::Operate));
        let decided = Decided::of(&parts.extensions, operators)?;
        let call = Self {
            caller: Arc::clone(&decided.caller),
            now: decided.now,
        };
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

    /// What is written down when the caller is shown what is these people's.
    pub(crate) fn views(&self, route: &str, people: BTreeSet<Uuid>) -> Vec<View> {
        let viewer = self.caller.session().map_or(OPERATOR, |own| own.account);
        let others = people.into_iter().filter(|subject| *subject != viewer);
        let view = |subject| View {
            at: self.now,
            viewer,
            subject,
            route: route.to_owned(),
        };
        others.map(view).collect()
    }

    /// The name under which what the caller does is kept.
    pub(crate) fn actor(&self) -> String {
        self.caller.actor()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for OperatorCall {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        Call::decided(parts).map(Self)
    }
}
