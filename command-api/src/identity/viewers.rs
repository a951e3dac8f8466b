//! Whoever is erased is forgotten by the log of views, too: the views of their data go, and those that they had of others are
//! nobody's from then on.
//!
//! Never forgets that somebody looked: that is the others' to know.

use std::sync::Arc;

use accession_events::RecordedEvent;
use accession_service::views::{ViewLog, ViewsAway};
use async_trait::async_trait;

use crate::reactions::{Birth, Course, Policy, Reaction, ReactionError};

/// Has the log of views forget whoever is erased.
pub struct ForgottenViewers {
    views: Arc<dyn ViewLog>,
}

impl ForgottenViewers {
    /// In this log.
    #[must_use]
    pub const fn new(views: Arc<dyn ViewLog>) -> Self {
        Self { views }
    }
}

#[async_trait]
impl Reaction for ForgottenViewers {
    fn name(&self) -> &'static str {
        "forgotten_viewers"
    }

    /// Views may have been restored from a backup that is older than an erasure.
    fn birth(&self) -> Birth {
        Birth::LogStart
    }

    fn policy(&self) -> Policy {
        Policy::Retry
    }

    fn listens_to(&self) -> &'static [&'static str] {
        &["SubjectErased"]
    }

    async fn react(&self, _course: &Course, event: &RecordedEvent) -> Result<(), ReactionError> {
        let Some(subject) = accession_secrets::erased_by(event) else {
            return Ok(());
        };
        let forgotten = self.views.forget(subject.as_uuid()).await;
        forgotten.map_err(|ViewsAway { reason }| ReactionError::Away { reason })
    }
}
