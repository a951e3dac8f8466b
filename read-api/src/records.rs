//! What is held about a person beside the documents: their events, sessions, mails and links. Somebody who reaches the log and the
//! private tables tells it; this crate reaches neither.
//!
//! Never about anybody else: what an event holds of others is left out before it comes here.

use accession_events::Position;
use accession_events::ids::{AccountId, SessionId};
use async_trait::async_trait;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::mpsc;
use utoipa::ToSchema;
use uuid::Uuid;

/// What is held cannot be looked up just now.
#[derive(Debug, Clone, thiserror::Error)]
#[error("what is held about a person cannot be looked up: {reason}")]
pub struct RecordsAway {
    /// Why.
    pub reason: String,
}

/// An event about a person, with what is theirs in it readable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EventRecord {
    /// Where it stands in the log.
    #[schema(value_type = u64)]
    pub position: Position,
    /// When the log recorded it.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What happened: the event's type.
    #[schema(example = "ProfileChanged")]
    pub event: String,
    /// To what: a kind of stream and an id.
    #[schema(example = "identity.account/0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c")]
    pub thing: String,
    /// Who did it: `user:<account>`, `admin:…`, `operator`, `system`; null when nobody had signed in.
    pub by: Option<String>,
    /// From where: a short keyed digest, which many places share.
    pub place: Option<String>,
    /// What it says. What is not the person's own, and what only finds or proves something, is left out.
    #[schema(value_type = Object)]
    pub data: Value,
}

/// A session, as its private row tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SessionRecord {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: SessionId,
    /// When the person signed in.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// When its tokens were last made anew.
    #[schema(value_type = String, format = DateTime)]
    pub refreshed_at: Timestamp,
    /// When it is over, if nobody refreshes it.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// When it ended; null while it goes on.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// Whether its tokens are in cookies.
    pub in_cookie: bool,
    /// The library that it works in.
    pub library_id: Option<Uuid>,
}

/// A mail to or about the person, as the queue tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MailRecord {
    /// Its id.
    pub id: Uuid,
    /// What it tells.
    #[schema(example = "verify_email")]
    pub kind: String,
    /// `queued`, `sending`, `sent`, `failed` or `dropped`.
    pub state: String,
    /// When it was queued.
    #[schema(value_type = String, format = DateTime)]
    pub queued_at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
}

/// A link by which a calendar program fetches the person's due dates; its secret is kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CalendarLinkRecord {
    /// Its id.
    pub id: Uuid,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// What private tables hold about a person, but for the views of their data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrivateRecord {
    /// The sessions, the newest first.
    pub sessions: Vec<SessionRecord>,
    /// The mails, the newest first.
    pub mails: Vec<MailRecord>,
    /// The links of calendars, the oldest first.
    pub calendar_links: Vec<CalendarLinkRecord>,
}

/// Tells what is held about a person beside the documents.
#[async_trait]
pub trait PersonalRecords: Send + Sync + 'static {
    /// What private tables hold.
    async fn private(&self, account: AccountId) -> Result<PrivateRecord, RecordsAway>;

    /// Every event that names the person, in bounded memory: it waits while nobody takes what was told, and ends without
    /// an error when nobody will any more.
    async fn events(
        &self,
        account: AccountId,
        tell: mpsc::Sender<EventRecord>,
    ) -> Result<(), RecordsAway>;
}
