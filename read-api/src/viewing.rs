//! Who looks at whose data by virtue of an office: written down before it is shown.
//!
//! Never lets anything be shown that could not be written down, and never writes down that people look at their own.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use accession_service::access::Caller;
use accession_service::problem::Problem;
use accession_service::views::{OPERATOR, View, ViewLog, Witness};
use http::StatusCode;
use uuid::Uuid;

use crate::reads::{Reads, now};

/// When to try again where the operator has something to set first.
const LATER: Duration = Duration::from_mins(1);

/// Somebody who may look at others' data by virtue of an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Viewer(Uuid);

impl Viewer {
    /// The account that a caller signed in with; without one it is an operator.
    pub(crate) fn of(caller: &Caller) -> Self {
        Self(caller.session().map_or(OPERATOR, |own| own.account))
    }

    /// Somebody with this account.
    pub(crate) const fn account(account: Uuid) -> Self {
        Self(account)
    }
}

/// Where views are written down and looked up. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Views {
    witness: Witness,
    log: Arc<dyn ViewLog>,
}

impl Views {
    /// Written into this by one task; needs a Tokio runtime.
    pub(crate) fn new(log: Arc<dyn ViewLog>) -> Self {
        Self {
            witness: Witness::start(Arc::clone(&log)),
            log,
        }
    }

    /// What is written down.
    pub(crate) fn log(&self) -> &dyn ViewLog {
        &*self.log
    }
}

impl Reads {
    /// Writes down that somebody is about to be shown what is these people's; a refusal when it cannot be.
    pub(crate) async fn looked(
        &self,
        viewer: Viewer,
        route: &'static str,
        subjects: impl IntoIterator<Item = Uuid>,
    ) -> Result<(), Problem> {
        let others: BTreeSet<Uuid> = subjects.into_iter().collect();
        let others = others.into_iter().filter(|subject| *subject != viewer.0);
        let at = now();
        let views: Vec<View> = others
            .map(|subject| View {
                at,
                viewer: viewer.0,
                subject,
                route: route.to_owned(),
            })
            .collect();
        if views.is_empty() {
            return Ok(());
        }
        let kept = self.views().ok_or_else(not_kept)?;
        Ok(kept.witness.note(views).await?)
    }
}

/// What is said where nobody can write a view down.
pub(crate) fn not_kept() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "views_not_kept",
        "this process cannot write down who looks at other people's data, so it shows none: its operator has to set private_url",
    )
    .retry_after(LATER)
}
