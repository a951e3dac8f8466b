//! What an export holds, section by section. Whoever adds something that is held about people adds it here.
//!
//! Never changes its meaning under one version number.

// tidy: allow wall because an export tells what every context holds of a person, in that context's own words
use std::collections::HashMap;
use std::sync::Arc;

use accession_events::Position;
use accession_events::ids::{AccountId, LibraryId};
use accession_events::values::{PersonName, ShortText, Year};
use accession_projector::identity::{AccountDocument, OpenSession, OpenSessionsDocument};
use accession_projector::library::{LibraryDocument, MemberDocument, MembershipView};
use accession_service::problem::Problem;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::asking::Asked;
use crate::cache::Standing;
use crate::identity::access_log::AccessView;
use crate::library::MyInvitation;
use crate::models::Model;
use crate::reads::{Reads, earlier};
use crate::records::{CalendarLinkRecord, EventRecord, MailRecord, PrivateRecord, SessionRecord};

const SCHEMA: &str = "accession.personal-export";
const VERSION: u32 = 1;

/// What documents and private tables say of a person.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Known {
    /// `accession.personal-export`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// Version of the shape of this document.
    version: u32,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    made_at: Timestamp,
    /// What stands in documents is as of this position of the log.
    #[schema(value_type = u64)]
    position: Position,
    /// The account: profile, address, picture, preferences, accepted versions, role.
    account: Option<AccountDocument>,
    /// Sessions, the newest first.
    sessions: Vec<SessionRecord>,
    /// By what and on which devices the person is signed in.
    devices: Vec<OpenSession>,
    /// Memberships, also those that ended.
    memberships: Vec<Belonging>,
    /// Invitations that wait for an answer.
    invitations: Vec<MyInvitation>,
    /// Mails to or about the person, the newest first.
    mails: Vec<MailRecord>,
    /// Links by which calendar programs fetch the person's due dates, the oldest first.
    calendar_links: Vec<CalendarLinkRecord>,
}

/// A membership of a library.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Belonging {
    /// The membership.
    #[serde(flatten)]
    membership: MembershipView,
    /// What the library is called; null when the person does not belong to it any more.
    #[schema(value_type = Option<String>)]
    library_name: Option<ShortText>,
}

/// A version that the person agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct ExportedAgreement {
    /// Of the privacy notice.
    pub(super) privacy: String,
    /// Of the terms of use.
    pub(super) terms: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub(super) at: Timestamp,
}

/// A provider that vouches for the person, or did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct ExportedLink {
    /// Which.
    pub(super) provider: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub(super) linked_at: Timestamp,
    /// Until when; null while it does.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) unlinked_at: Option<Timestamp>,
}

/// A child that the person answers for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct ExportedChild {
    /// The child's account.
    #[schema(value_type = Uuid)]
    account_id: AccountId,
    /// In which library; null when the two do not belong to one together any more.
    #[schema(value_type = Option<Uuid>)]
    library_id: Option<LibraryId>,
    /// What the child is called.
    #[schema(value_type = Option<String>)]
    name: Option<PersonName>,
    /// When the child was born.
    #[schema(value_type = Option<i16>)]
    birth_year: Option<Year>,
}

/// Everything that is held about a person, as the API is described; what is sent is written section by section.
#[derive(Serialize, ToSchema)]
pub(super) struct PersonalExport {
    #[serde(flatten)]
    known: Known,
    /// Every event that names the person: what was done, by whom, when, and what of it is theirs.
    events: Vec<EventRecord>,
    /// What the person agreed to, the oldest first.
    consents: Vec<ExportedAgreement>,
    /// Who vouches for the person.
    identities: Vec<ExportedLink>,
    /// Children that the person answers for.
    children: Vec<ExportedChild>,
    /// Who has looked at the person's data by virtue of an office, the newest first.
    access_log: Vec<AccessView>,
}

impl Reads {
    /// What documents and private tables say of a person, and where the members that it is drawn from stand.
    pub(super) async fn known_of(
        &self,
        asked: &Asked,
        account: AccountId,
        private: PrivateRecord,
        made_at: Timestamp,
    ) -> Result<(Known, Arc<Standing>), Problem> {
        let [accounts, open] = self
            .standings([Model::Account, Model::OpenSessions], asked)
            .await?;
        let around = [Model::Invitation, Model::Member, Model::Library];
        let around = self.standings(around, asked).await?;
        let key = account.to_string();
        let devices: Option<OpenSessionsDocument> = self.one(&open, &key).await?;
        let [_, members, libraries] = &around;
        let used = [&accounts, &open].into_iter().chain(&around);
        let least = used.fold(&*accounts, |least, other| earlier(least, other));
        let known = Known {
            schema: SCHEMA,
            version: VERSION,
            made_at,
            position: least.position,
            account: self.one(&accounts, &key).await?,
            sessions: private.sessions,
            devices: devices.unwrap_or_default().sessions,
            memberships: self.belongings(members, libraries, &key).await?,
            invitations: self.invitations_to(&around, account).await?,
            mails: private.mails,
            calendar_links: private.calendar_links,
        };
        Ok((known, Arc::clone(members)))
    }

    async fn belongings(
        &self,
        members: &Standing,
        libraries: &Standing,
        key: &str,
    ) -> Result<Vec<Belonging>, Problem> {
        let member: Option<MemberDocument> = self.one(members, key).await?;
        let memberships = member.map(|member| member.memberships).unwrap_or_default();
        let present = memberships.iter().filter(|of| of.is_present());
        let keys: Vec<String> = present.map(|of| of.library_id.to_string()).collect();
        let pages: Vec<LibraryDocument> = self.all(libraries, &keys).await?;
        let mut names: HashMap<LibraryId, ShortText> =
            pages.into_iter().map(|page| (page.id, page.name)).collect();
        let belonging = |membership: MembershipView| Belonging {
            library_name: names.remove(&membership.library_id),
            membership,
        };
        Ok(memberships.into_iter().map(belonging).collect())
    }

    /// A child as the person who answers for it may see it now.
    pub(super) async fn child_of(
        &self,
        members: &Standing,
        guardian: AccountId,
        child: AccountId,
    ) -> Result<ExportedChild, Problem> {
        let own: Option<MemberDocument> = self.one(members, &guardian.to_string()).await?;
        let document: Option<MemberDocument> = self.one(members, &child.to_string()).await?;
        let together = |of: &&MembershipView| {
            let both = own.as_ref().and_then(|own| own.membership(of.library_id));
            of.is_present()
                && of.guardian == Some(guardian)
                && both.is_some_and(MembershipView::is_present)
        };
        let shared = document
            .as_ref()
            .and_then(|child| child.memberships.iter().find(together));
        Ok(ExportedChild {
            account_id: child,
            library_id: shared.map(|of| of.library_id),
            birth_year: shared.and_then(|of| of.birth_year),
            name: shared.and_then(|_| document.as_ref()?.name.clone()),
        })
    }
}
