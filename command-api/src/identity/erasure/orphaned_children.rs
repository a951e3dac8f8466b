//! Erases a child whom nobody looks after any more: whoever answered for it is gone, and so is every library that it belonged
//! to, or its place there.
//!
//! Never while a library has it, whose admins look after it then, nor while whoever answers for it has an account.

use std::sync::Arc;

use accession_event_log::{EventFilter, Search};
use accession_events::event::Event;
use accession_events::identity::{AccountEvent, ErasureReason};
use accession_events::ids::{AccountId, SubjectId};
use accession_events::library::LibraryEvent;
use accession_events::{LoggedEvent as _, Position, RecordedEvent};
use async_trait::async_trait;

use super::traces::{self, PAGE};
use super::{Erase, Erasure, ErasureError};
use crate::reactions::{Birth, Course, Policy, Reaction, ReactionError};
use crate::ties::{Orphans, Ties};

/// Erases children whom nobody looks after.
pub struct OrphanedChildren {
    erasure: Erasure,
    ties: Arc<dyn Ties>,
}

impl OrphanedChildren {
    /// Erases by this; these know who belongs where.
    #[must_use]
    pub fn new(erasure: Erasure, ties: Arc<dyn Ties>) -> Self {
        Self { erasure, ties }
    }

    /// The children for whom an account answers, or answered.
    async fn children_of(&self, guardian: AccountId) -> Result<Vec<AccountId>, ReactionError> {
        let store = self.erasure.log().store();
        let filter = EventFilter {
            aggregate_type: Some(AccountEvent::AGGREGATE.to_owned()),
            event_types: vec!["AccountRegistered".to_owned()],
            mentions: Some(guardian.to_string()),
            ..EventFilter::default()
        };
        let mut search = Search::new(&**store, filter, Position::START, store.head().await?);
        let mut found = Vec::new();
        loop {
            let page = search.next(PAGE).await?;
            if page.is_empty() {
                return Ok(found);
            }
            let children = page
                .iter()
                .map(|event| event.stream.aggregate_id.parse::<AccountId>());
            // The guardian's own registration names it, too.
            found.extend(children.flatten().filter(|child| *child != guardian));
        }
    }

    async fn look_at(&self, course: &Course, child: AccountId) -> Result<(), ReactionError> {
        let accounts = &self.erasure.accounts;
        let loaded = accounts.load_newest(&child.to_string()).await?;
        let guardian = loaded.state.live().ok().and_then(|child| child.guardian);
        let Some(guardian) = guardian else {
            return Ok(());
        };
        let answers = accounts.load_newest(&guardian.to_string()).await?;
        if answers.state.live().is_ok() || self.belongs_somewhere(child).await? {
            return Ok(());
        }
        let erase = Erase {
            subject: SubjectId::new(child.as_uuid()),
            by: None,
            reason: ErasureReason::RetentionOver,
            at: course.now(),
            orphans: Orphans::HoldBack,
        };
        let given = course.given(&format!("erase {child}"));
        match self.erasure.erase(&erase, &*self.ties, &given).await {
            Ok(_) => {
                tracing::info!(%child, "a child whom nobody looks after any more was erased");
                Ok(())
            }
            Err(ErasureError::Unknown(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn belongs_somewhere(&self, child: AccountId) -> Result<bool, ReactionError> {
        let own = self.erasure.accounts.stream(&child.to_string());
        let subject = SubjectId::new(child.as_uuid());
        let traces = traces::of(self.erasure.log(), &own, subject).await?;
        let belongs = self.ties.belongs(child, &traces.libraries).await;
        Ok(belongs.map_err(ErasureError::Ties)?)
    }
}

#[async_trait]
impl Reaction for OrphanedChildren {
    fn name(&self) -> &'static str {
        "orphaned_children"
    }

    /// Older logs may have left some.
    fn birth(&self) -> Birth {
        Birth::LogStart
    }

    fn policy(&self) -> Policy {
        Policy::ParkAfter(10)
    }

    fn listens_to(&self) -> &'static [&'static str] {
        &["AccountDeleted", "MemberLeft", "MemberRemoved"]
    }

    async fn react(&self, course: &Course, event: &RecordedEvent) -> Result<(), ReactionError> {
        let children = match Event::decode(event)? {
            Event::Library(
                LibraryEvent::MemberLeft { account } | LibraryEvent::MemberRemoved { account, .. },
            ) => vec![account],
            Event::Account(AccountEvent::AccountDeleted { .. }) => {
                let Ok(guardian) = event.stream.aggregate_id.parse() else {
                    return Ok(());
                };
                self.children_of(guardian).await?
            }
            _ => Vec::new(),
        };
        for child in children {
            self.look_at(course, child).await?;
        }
        Ok(())
    }
}
