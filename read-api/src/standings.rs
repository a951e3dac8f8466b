//! How does this account stand? The one question that both gates ask with every request of somebody who is signed in.
//!
//! Answered from memory as every hot document, and never from a document that a change has made untrue.

use std::sync::Arc;

use accession_events::Position;
use accession_events::identity::PlatformRole;
use accession_events::library::{LibraryKind, MemberRole};
use accession_projector::identity::{StandingDocument, StandingMembership};
use accession_service::access::{self, STANDING_PATIENCE, Spared, StandingAway, Standings};
use async_trait::async_trait;
use uuid::Uuid;

use crate::cache::{self, HotDocuments};
use crate::models::Model;

/// Standings out of the hot documents.
pub(crate) struct HotStandings {
    hot: Arc<HotDocuments>,
}

impl HotStandings {
    pub(crate) fn new(hot: Arc<HotDocuments>) -> Self {
        Self { hot }
    }

    /// Where the model stands: at this position or later. Waits for it.
    async fn at(&self, wanted: u64) -> Result<Arc<cache::Standing>, StandingAway> {
        let model = Model::Standing;
        let standing = match self.hot.standing(model) {
            Some(standing) => standing,
            None => self.ask().await?,
        };
        let wanted = Position::new(wanted);
        if standing.position >= wanted {
            return Ok(standing);
        }
        let reached = self.hot.wait_for(model, wanted, STANDING_PATIENCE).await;
        reached.ok_or_else(|| StandingAway::Behind {
            at: standing.position.get(),
            wanted: wanted.get(),
        })
    }

    async fn ask(&self) -> Result<Arc<cache::Standing>, StandingAway> {
        let asked = self.hot.ask_standing(Model::Standing).await;
        asked
            .map_err(|trouble| unreachable(&trouble.to_string()))?
            .ok_or_else(|| unreachable("the projector has never built them"))
    }
}

#[async_trait]
impl Standings for HotStandings {
    async fn standing(
        &self,
        account: Uuid,
        at_least: u64,
    ) -> Result<Option<Arc<access::Standing>>, StandingAway> {
        let standing = self.at(at_least).await?;
        let key = account.as_hyphenated().to_string();
        let held = self.hot.document(&standing, &key).await;
        let Some(held) = held.map_err(|trouble| unreachable(&trouble.to_string()))? else {
            return Ok(None);
        };
        let made = held.made(|body| {
            let document = serde_json::from_slice(body);
            document.map(|document| standing_of(&document))
        });
        let Some(made) = made else {
            return Err(unreachable("a standing is not what it should be"));
        };
        match &*made {
            Ok(standing) => Ok(Some(Arc::new(standing.clone()))),
            Err(error) => Err(unreachable(&error.to_string())),
        }
    }

    async fn reached(&self, position: u64) -> Result<(), StandingAway> {
        self.at(position).await.map(drop)
    }
}

fn unreachable(reason: &str) -> StandingAway {
    StandingAway::Unreachable {
        reason: reason.to_owned(),
    }
}

/// What a gate makes of the document.
#[must_use]
pub fn standing_of(document: &StandingDocument) -> access::Standing {
    let revoked = document.revoked;
    let spared = revoked.and_then(|revoked| {
        Some(Spared {
            session: revoked.except?.as_uuid(),
            since: revoked.except_since.get(),
        })
    });
    let open = document.memberships.iter().filter(|of| !of.suspended);
    access::Standing {
        closed: document.disabled || document.deleted,
        role: document.role.map(|role| match role {
            PlatformRole::Curator => access::Role::Curator,
            PlatformRole::Admin => access::Role::Admin,
        }),
        email_verified: document.email_verified,
        memberships: open.clone().map(membership_of).collect(),
        selected_before: open
            .filter(|of| of.selected_before > Position::START)
            .map(|of| (of.library.as_uuid(), of.selected_before.get()))
            .collect(),
        ended_sessions: document
            .ended
            .iter()
            .map(|ended| ended.id.as_uuid())
            .collect(),
        void_before: revoked.map_or(0, |revoked| revoked.before.get()),
        spared,
    }
}

fn membership_of(of: &StandingMembership) -> access::Membership {
    access::Membership {
        library_id: of.library.as_uuid(),
        kind: match of.kind {
            LibraryKind::Family => access::LibraryKind::Family,
            LibraryKind::Lending => access::LibraryKind::Lending,
            LibraryKind::Shop => access::LibraryKind::Shop,
        },
        role: match of.role {
            MemberRole::Admin => access::MemberRole::Admin,
            MemberRole::Editor => access::MemberRole::Editor,
            MemberRole::Viewer => access::MemberRole::Viewer,
            MemberRole::Child => access::MemberRole::Child,
            MemberRole::Patron => access::MemberRole::Patron,
        },
        kids_mode: of.kids_mode,
    }
}
