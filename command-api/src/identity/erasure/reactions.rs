//! What follows by itself from the end of an account: its owner is erased, and whatever is left of their memberships ends.
//!
//! Everything is decided anew from the log as it is: a second time, or after a crash half-way, nothing happens twice.

use std::collections::BTreeSet;
use std::sync::Arc;

use accession_event_log::search::STRETCH;
use accession_events::event::Event;
use accession_events::identity::{ErasureReason, SubjectEvent};
use accession_events::ids::{AccountId, LibraryId, SubjectId};
use accession_events::library::LibraryEvent;
use accession_events::{Position, RecordedEvent};
use async_trait::async_trait;

use super::{Erase, Erasure, ErasureError};
use crate::reactions::{Birth, Course, Policy, Reaction, ReactionError};
use crate::ties::{Orphans, Ties, TiesError, Untied};

impl From<ErasureError> for ReactionError {
    fn from(error: ErasureError) -> Self {
        let refused = |reason: String| Self::Refused { reason };
        match error {
            ErasureError::Execute(error) => error.into(),
            ErasureError::Log(error) => error.into(),
            ErasureError::Repository(error) | ErasureError::Ties(TiesError::Repository(error)) => {
                error.into()
            }
            ErasureError::Seal(accession_secrets::SealError::Secrets(error)) => error.into(),
            ErasureError::Seal(error) => refused(error.to_string()),
            ErasureError::Unknown(subject) => refused(format!("nothing is known of {subject}")),
            ErasureError::Ties(TiesError::Held(held)) => {
                let ids: Vec<String> = held.iter().map(|held| held.id.to_string()).collect();
                refused(format!(
                    "the only admin of {} is a person who was erased: erase them once more with `\"libraries\": \
                     \"delete\"`, which takes it down",
                    ids.join(", ")
                ))
            }
        }
    }
}

/// Erases whoever has deleted their account, however that came about.
pub struct DeletedAccounts {
    erasure: Erasure,
    ties: Arc<dyn Ties>,
}

impl DeletedAccounts {
    /// Erases by this, and lets go of by these.
    #[must_use]
    pub fn new(erasure: Erasure, ties: Arc<dyn Ties>) -> Self {
        Self { erasure, ties }
    }
}

#[async_trait]
impl Reaction for DeletedAccounts {
    fn name(&self) -> &'static str {
        "deleted_accounts"
    }

    fn birth(&self) -> Birth {
        Birth::LogStart
    }

    fn policy(&self) -> Policy {
        Policy::Retry
    }

    fn listens_to(&self) -> &'static [&'static str] {
        &["AccountDeleted"]
    }

    async fn react(&self, course: &Course, event: &RecordedEvent) -> Result<(), ReactionError> {
        let Ok(account) = event.stream.aggregate_id.parse::<AccountId>() else {
            return Ok(());
        };
        let erase = Erase {
            subject: SubjectId::new(account.as_uuid()),
            by: Some(account),
            reason: ErasureReason::OwnWish,
            at: course.now(),
            orphans: Orphans::HoldBack,
        };
        let given = course.given("erase");
        let mut erased = self.erasure.erase(&erase, &*self.ties, &given).await;
        if matches!(erased, Err(ErasureError::Ties(TiesError::Held(_)))) {
            // The account is gone already. What a library lacks by that is another reaction's alarm.
            erased = self.erasure.erase(&erase, &Untied, &given).await;
        }
        match erased {
            Ok(_) | Err(ErasureError::Unknown(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Ends what is left of the memberships and invitations of whoever was erased: those of older logs, and of who came in at
/// that very moment.
pub struct DepartedMembers {
    erasure: Erasure,
    ties: Arc<dyn Ties>,
}

impl DepartedMembers {
    /// Lets go of by these.
    #[must_use]
    pub fn new(erasure: Erasure, ties: Arc<dyn Ties>) -> Self {
        Self { erasure, ties }
    }

    async fn sweep(
        &self,
        course: &Course,
        erase: &Erase,
        libraries: &BTreeSet<LibraryId>,
        after: Position,
    ) -> Result<(), ReactionError> {
        let (ties, given) = (&*self.ties, course.given("part"));
        let swept = self.erasure.sweep(erase, libraries, after, ties, &given);
        Ok(swept.await?)
    }
}

#[async_trait]
impl Reaction for DepartedMembers {
    fn name(&self) -> &'static str {
        "departed_members"
    }

    fn birth(&self) -> Birth {
        Birth::LogStart
    }

    fn policy(&self) -> Policy {
        Policy::ParkAfter(10)
    }

    fn listens_to(&self) -> &'static [&'static str] {
        &["MemberInvited", "MemberJoined", "SubjectErased"]
    }

    async fn react(&self, course: &Course, event: &RecordedEvent) -> Result<(), ReactionError> {
        let before = |events: u64| Position::new(event.position.get().saturating_sub(events));
        match Event::decode(event)? {
            Event::Subject(erased) => {
                let SubjectEvent::SubjectErased { ref libraries, .. } = erased;
                let libraries = libraries.iter().copied().collect();
                let erase = Erase::again(&erased, course.now());
                // Who came in after it was looked and before it was written did so shortly before.
                self.sweep(course, &erase, &libraries, before(STRETCH))
                    .await
            }
            Event::Library(
                LibraryEvent::MemberJoined { account, .. }
                | LibraryEvent::MemberInvited {
                    account: Some(account),
                    ..
                },
            ) => {
                let subject = SubjectId::new(account.as_uuid());
                let Some(erased) = self.erasure.erasure_of(subject).await? else {
                    return Ok(());
                };
                let erase = Erase::again(&erased, course.now());
                self.sweep(course, &erase, &BTreeSet::new(), before(1))
                    .await
            }
            _ => Ok(()),
        }
    }
}
