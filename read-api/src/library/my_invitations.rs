//! Who has asked me to join their library?
//!
//! Never an invitation to an address that the one who asks has not shown to be theirs.

use std::collections::HashMap;
use std::sync::Arc;

use accession_events::ids::{AccountId, ChallengeId, LibraryId};
use accession_events::library::{LibraryKind, MemberRole};
use accession_events::values::{PersonName, ShortText};
use accession_projector::library::{
    InvitationDocument, LibraryDocument, MemberDocument, OpenInvitation,
};
use accession_read_store::IndexRange;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::people::called;
use crate::asking::{Asked, LONGEST_PAGE};
use crate::cache::Standing;
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::pages::Page;
use crate::reads::{Reads, now};
use crate::visiting::made;

/// An invitation to the one who asks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MyInvitation {
    /// The invitation's id.
    #[schema(value_type = Uuid)]
    id: ChallengeId,
    /// To which library.
    #[schema(value_type = Uuid)]
    library_id: LibraryId,
    /// What it is called.
    #[schema(value_type = String, example = "Longbourn")]
    library_name: ShortText,
    /// `family`, `lending` or `shop`.
    #[schema(value_type = String, example = "family")]
    kind: LibraryKind,
    /// What you are to be there.
    #[schema(value_type = String, example = "viewer")]
    role: MemberRole,
    /// What the one who invites is called.
    #[schema(value_type = Option<String>)]
    invited_by: Option<PersonName>,
    /// Until when you may accept.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Invitations to you that you have not answered; accept one with POST /api/v1/libraries/{id}/invitations/accept.
#[utoipa::path(get, path = "/api/read/me/invitations", tag = "library", security(("bearer" = [])),
    params(AtLeast), responses((status = 200, body = Page<MyInvitation>), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not a session's token"),
        Problems))]
pub(super) async fn my_invitations(
    State(reads): State<Reads>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&[])?;
    let who = asked.signed_in()?;
    let models = [Model::Invitation, Model::Member, Model::Library];
    let standings = reads.standings(models, &asked).await?;
    let page: Page<MyInvitation> = Page {
        items: reads.invitations_to(&standings, who.account).await?,
        next_cursor: None,
    };
    made(&asked, &page, &standings)
}

type Around = (
    HashMap<LibraryId, LibraryDocument>,
    HashMap<AccountId, MemberDocument>,
);

impl Reads {
    /// The open invitations that somebody may accept; of invitations, members and libraries as they stand.
    pub(crate) async fn invitations_to(
        &self,
        [invitations, members, libraries]: &[Arc<Standing>; 3],
        account: AccountId,
    ) -> Result<Vec<MyInvitation>, Problem> {
        let member: Option<MemberDocument> = self.one(members, &account.to_string()).await?;
        let open = self
            .addressed_to(invitations, account, member.as_ref())
            .await?;
        let (pages, inviters) = self.around(&open, libraries, members).await?;
        let mine = open.into_iter().filter_map(|invitation| {
            let page = pages.get(&invitation.library_id)?;
            let inviter = inviters.get(&invitation.invited_by);
            let invited_by = inviter.and_then(|inviter| called(inviter, page.id));
            Some(MyInvitation {
                id: invitation.id,
                library_id: page.id,
                library_name: page.name.clone(),
                kind: page.kind,
                role: invitation.role,
                invited_by,
                expires_at: invitation.expires_at,
            })
        });
        Ok(mine.collect())
    }

    /// Open invitations for an account, or for the address that it has shown to be its own.
    async fn addressed_to(
        &self,
        standing: &Standing,
        account: AccountId,
        member: Option<&MemberDocument>,
    ) -> Result<Vec<OpenInvitation>, Problem> {
        let address = member
            .filter(|member| member.email_verified)
            .and_then(|member| member.email_index);
        let by_address = address.map(|index| format!("address:{index}"));
        let mut found: Vec<OpenInvitation> = Vec::new();
        for index in by_address.into_iter().chain([format!("account:{account}")]) {
            let range = IndexRange {
                index,
                prefix: String::new(),
                after: None,
                descending: false,
                skip: 0,
                limit: LONGEST_PAGE,
            };
            let entries = self.entries(standing, &range).await?;
            let keys: Vec<String> = entries.into_iter().map(|entry| entry.key).collect();
            let documents: Vec<InvitationDocument> = self.all(standing, &keys).await?;
            found.extend(documents.into_iter().flat_map(|document| document.open));
        }
        let (now, mut seen) = (now(), std::collections::HashSet::new());
        found.retain(|open| {
            let mine = open.account == Some(account) || Some(open.email_index) == address;
            mine && open.expires_at > now && seen.insert(open.library_id)
        });
        Ok(found)
    }

    /// The libraries that these invitations are to, and those who invite.
    async fn around(
        &self,
        open: &[OpenInvitation],
        libraries: &Standing,
        members: &Standing,
    ) -> Result<Around, Problem> {
        let keys: Vec<String> = open.iter().map(|one| one.library_id.to_string()).collect();
        let pages: Vec<LibraryDocument> = self.all(libraries, &keys).await?;
        let keys: Vec<String> = open.iter().map(|one| one.invited_by.to_string()).collect();
        let inviters: Vec<MemberDocument> = self.all(members, &keys).await?;
        Ok((
            pages.into_iter().map(|page| (page.id, page)).collect(),
            inviters
                .into_iter()
                .map(|member| (member.account_id, member))
                .collect(),
        ))
    }
}
