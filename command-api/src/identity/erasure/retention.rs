//! What a library kept of a member who was removed is purged after a time: by a reaction that minds the date of each, and
//! by hand over the whole log.
//!
//! It purges what was sealed under a subject of its own. What is sealed under the person's account goes with the account.

use accession_event_log::{EventFilter, Given, Search};
use accession_events::event::decode_as;
use accession_events::identity::ErasureReason;
use accession_events::ids::{AccountId, SubjectId};
use accession_events::library::LibraryEvent;
use accession_events::values::Personal;
use accession_events::{LoggedEvent as _, Position, RecordedEvent};
use accession_secrets::reaction_book::KeptTimer;
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::traces::PAGE;
use super::{Erase, Erasure, ErasureError, FinishError};
use crate::identity::accounts::Belongings;
use crate::reactions::{Birth, Course, Policy, Reaction, ReactionError};
use crate::ties::{Orphans, Untied};

/// Why the kept data could not be purged.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    /// The log or the private tables could not be used.
    #[error(transparent)]
    Finish(#[from] FinishError),
    /// Somebody could not be erased.
    #[error(transparent)]
    Erasure(#[from] ErasureError),
}

/// How long what is kept of a removed member is kept when nothing else is said: a year.
pub const USUAL_KEEPING: SignedDuration = SignedDuration::from_hours(365 * 24);

/// The subject under which a library kept what a removed member was called.
fn kept_in(event: &RecordedEvent) -> Option<SubjectId> {
    match decode_as::<LibraryEvent>(event) {
        Ok(LibraryEvent::MemberRemoved {
            account,
            name: Some(Personal::Sealed(kept)),
            ..
        }) => (kept.subject.as_uuid() != account.as_uuid()).then_some(kept.subject),
        _ => None,
    }
}

fn purge(subject: SubjectId, at: Timestamp) -> Erase {
    Erase {
        subject,
        by: None,
        reason: ErasureReason::RetentionOver,
        at,
        orphans: Orphans::HoldBack,
    }
}

impl Erasure {
    /// Purges what has been kept of removed members for so long; how many. Safe to repeat: each is purged once, and the
    /// log says when.
    pub async fn purge_removed_members(
        &self,
        now: Timestamp,
        keep: SignedDuration,
    ) -> Result<u64, RetentionError> {
        let store = self.log().store();
        let until = now.saturating_sub(keep).unwrap_or(Timestamp::MIN);
        let until = store.position_at(until).await.map_err(FinishError::Log)?;
        let filter = EventFilter {
            aggregate_type: Some(LibraryEvent::AGGREGATE.to_owned()),
            event_types: vec!["MemberRemoved".to_owned()],
            ..EventFilter::default()
        };
        let mut search = Search::new(&**store, filter, Position::START, until);
        let mut purged = 0;
        loop {
            let page = search.next(PAGE).await.map_err(FinishError::Log)?;
            if page.is_empty() {
                return Ok(purged);
            }
            for subject in page.iter().filter_map(kept_in) {
                let gone = self.keys.is_destroyed(subject).await;
                if !gone.map_err(FinishError::Secrets)? {
                    // A record holds nothing together.
                    self.erase(&purge(subject, now), &Untied, &Given::default())
                        .await?;
                    purged += 1;
                }
            }
        }
    }
}

/// Destroys the key of everybody whose erasure stands in the log, and what else was kept for them: what was cut off in
/// between, and what a backup brought back.
pub struct KeyDestruction {
    erasure: Erasure,
    belongings: Belongings,
}

/// Purges what is kept of a removed member when its time has come.
pub struct RemovedMembers {
    erasure: Erasure,
    keep: SignedDuration,
}

impl KeyDestruction {
    /// Destroys keys by this, and everything else in these.
    #[must_use]
    pub const fn new(erasure: Erasure, belongings: Belongings) -> Self {
        Self {
            erasure,
            belongings,
        }
    }
}

impl RemovedMembers {
    /// Purges by this, so long after the removal.
    #[must_use]
    pub const fn new(erasure: Erasure, keep: SignedDuration) -> Self {
        Self { erasure, keep }
    }
}

#[async_trait]
impl Reaction for KeyDestruction {
    fn name(&self) -> &'static str {
        "key_destruction"
    }

    fn birth(&self) -> Birth {
        Birth::LogStart
    }

    fn policy(&self) -> Policy {
        Policy::Retry
    }

    fn listens_to(&self) -> &'static [&'static str] {
        &["SubjectErased"]
    }

    async fn react(&self, course: &Course, event: &RecordedEvent) -> Result<(), ReactionError> {
        if let Some(subject) = accession_secrets::erased_by(event) {
            self.erasure.finish(subject, course.now()).await?;
            let account = AccountId::new(subject.as_uuid());
            self.belongings.forget(account).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Reaction for RemovedMembers {
    fn name(&self) -> &'static str {
        "removed_members"
    }

    fn birth(&self) -> Birth {
        Birth::LogStart
    }

    fn policy(&self) -> Policy {
        Policy::ParkAfter(10)
    }

    fn listens_to(&self) -> &'static [&'static str] {
        &["MemberRemoved"]
    }

    async fn react(&self, course: &Course, event: &RecordedEvent) -> Result<(), ReactionError> {
        let Some(subject) = kept_in(event) else {
            return Ok(());
        };
        let due = event.recorded_at.saturating_add(self.keep);
        let due = due.unwrap_or(Timestamp::MAX);
        course
            .set_timer(&subject.to_string(), due, &subject.to_string())
            .await
    }

    async fn on_timer(&self, course: &Course, timer: &KeptTimer) -> Result<(), ReactionError> {
        let refused = |reason: String| ReactionError::Refused { reason };
        let subject: SubjectId = timer
            .note
            .parse()
            .map_err(|error: accession_events::ids::IdError| refused(error.to_string()))?;
        let purge = purge(subject, course.now());
        let given = course.given("purge");
        match self.erasure.erase(&purge, &Untied, &given).await {
            // Somebody of whom nothing is known needs nothing.
            Ok(_) | Err(ErasureError::Unknown(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
