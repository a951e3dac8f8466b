//! Writes an export while it is read: what is known first, then event by event, then what follows from them.
//!
//! Never holds more than a few pages in memory, and never ends an unfinished document as if it were whole.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use accession_events::ids::AccountId;
use accession_service::problem::Problem;
use axum::body::Body;
use bytes::{BufMut as _, Bytes, BytesMut};
use futures_util::stream;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::mpsc;

use super::document::{ExportedAgreement, ExportedLink, Known};
use crate::cache::Standing;
use crate::identity::access_log::{self, Place};
use crate::reads::Reads;
use crate::records::{EventRecord, PersonalRecords, RecordsAway};
use crate::viewing::Views;

/// Bytes that are sent together.
const CHUNK: usize = 32 * 1024;
/// Chunks, and events, that wait for a slow reader.
const AHEAD: usize = 4;
const EVENTS_AHEAD: usize = 64;
/// Views read at a time.
const VIEWS: usize = 200;

type Chunk = Result<Bytes, io::Error>;

/// What an export is made of.
pub(super) struct Telling {
    pub(super) account: AccountId,
    pub(super) known: Known,
    /// Where the members stand by whom children are named.
    pub(super) members: Arc<Standing>,
    pub(super) records: Arc<dyn PersonalRecords>,
    pub(super) views: Views,
    pub(super) reads: Reads,
}

/// Why an export broke off.
#[derive(Debug, thiserror::Error)]
enum BrokenOff {
    #[error("the reader has gone")]
    Gone,
    #[error(transparent)]
    Records(#[from] RecordsAway),
    #[error("{}", .0.detail())]
    Problem(Problem),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

impl From<Problem> for BrokenOff {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl Telling {
    /// The body of the answer, written by a task of its own.
    pub(super) fn start(self) -> Body {
        let (tell, told) = mpsc::channel::<Chunk>(AHEAD);
        tokio::spawn(async move {
            let mut page = Pages::new(tell.clone());
            match self.tell(&mut page).await {
                Ok(()) | Err(BrokenOff::Gone) => {}
                Err(error) => {
                    tracing::error!(%error, "an export broke off");
                    let _ = tell
                        .send(Err(io::Error::other("the export broke off")))
                        .await;
                }
            }
        });
        Body::from_stream(stream::unfold(told, async |mut told| {
            let chunk = told.recv().await?;
            Some((chunk, told))
        }))
    }

    async fn tell(self, page: &mut Pages) -> Result<(), BrokenOff> {
        let known = serde_json::to_vec(&self.known)?;
        page.put(known.strip_suffix(b"}").unwrap_or(&known)).await?;
        page.put(b",\"events\":[").await?;
        let found = self.events(page).await?;
        page.put(b"],\"consents\":").await?;
        page.json(&found.consents).await?;
        page.put(b",\"identities\":").await?;
        page.json(&found.identities).await?;
        page.put(b",\"children\":[").await?;
        page.begin_list();
        for child in &found.children {
            let child = self.reads.child_of(&self.members, self.account, *child);
            page.item(&child.await?).await?;
        }
        page.put(b"],\"access_log\":[").await?;
        self.views(page).await?;
        page.put(b"]}").await?;
        page.flush().await
    }

    async fn events(&self, page: &mut Pages) -> Result<Found, BrokenOff> {
        let (tell, mut told) = mpsc::channel(EVENTS_AHEAD);
        let reading = self.records.events(self.account, tell);
        let writing = async {
            let mut found = Found::default();
            page.begin_list();
            while let Some(event) = told.recv().await {
                found.take(self.account, &event);
                page.item(&event).await?;
            }
            // Whoever reads on is told that nobody takes it any more.
            drop(told);
            Ok::<_, BrokenOff>(found)
        };
        let (read, written) = tokio::join!(reading, writing);
        let found = written?;
        read?;
        Ok(found)
    }

    async fn views(&self, page: &mut Pages) -> Result<(), BrokenOff> {
        page.begin_list();
        let mut next = Some(Place::default());
        while let Some(place) = next {
            let (views, behind) =
                access_log::page_of(&self.views, self.account, &place, VIEWS).await?;
            for view in &views {
                page.item(view).await?;
            }
            next = behind;
        }
        Ok(())
    }
}

/// Bytes on their way, sent in chunks.
struct Pages {
    tell: mpsc::Sender<Chunk>,
    waiting: BytesMut,
    first: bool,
}

impl Pages {
    fn new(tell: mpsc::Sender<Chunk>) -> Self {
        Self {
            tell,
            waiting: BytesMut::with_capacity(CHUNK),
            first: true,
        }
    }

    fn begin_list(&mut self) {
        self.first = true;
    }

    async fn item(&mut self, item: &impl Serialize) -> Result<(), BrokenOff> {
        if !std::mem::take(&mut self.first) {
            self.waiting.put_u8(b',');
        }
        self.json(item).await
    }

    async fn json(&mut self, value: &impl Serialize) -> Result<(), BrokenOff> {
        self.put(&serde_json::to_vec(value)?).await
    }

    async fn put(&mut self, bytes: &[u8]) -> Result<(), BrokenOff> {
        self.waiting.put_slice(bytes);
        if self.waiting.len() < CHUNK {
            return Ok(());
        }
        self.flush().await
    }

    async fn flush(&mut self) -> Result<(), BrokenOff> {
        let chunk = self.waiting.split().freeze();
        self.tell.send(Ok(chunk)).await.map_err(|_| BrokenOff::Gone)
    }
}

/// What follows from the events.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    consents: Vec<ExportedAgreement>,
    identities: Vec<ExportedLink>,
    children: BTreeSet<AccountId>,
}

impl Found {
    fn take(&mut self, account: AccountId, event: &EventRecord) {
        let own = event.thing == format!("identity.account/{account}");
        let said = |path: &str| event.data.pointer(path).and_then(Value::as_str);
        match event.event.as_str() {
            "AccountRegistered" | "ConsentGiven" if own => self.consents.push(ExportedAgreement {
                privacy: said("/consents/privacy").unwrap_or_default().to_owned(),
                terms: said("/consents/terms").unwrap_or_default().to_owned(),
                at: event.at,
            }),
            "ExternalIdentityLinked" if own => self.identities.push(ExportedLink {
                provider: said("/identity/provider").unwrap_or_default().to_owned(),
                linked_at: event.at,
                unlinked_at: None,
            }),
            "ExternalIdentityUnlinked" if own => {
                let provider = said("/identity/provider");
                let mut open = self.identities.iter_mut().rev();
                let open = open.find(|link| Some(&*link.provider) == provider);
                if let Some(link) = open {
                    link.unlinked_at = Some(event.at);
                }
            }
            "ChildCreated" if said("/guardian") == Some(&account.to_string()) => {
                let child: Option<AccountId> = said("/account").and_then(|id| id.parse().ok());
                self.children.extend(child);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use accession_events::Position;
    use jiff::Timestamp;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn event(second: i64, thing: &str, event: &str, data: Value) -> EventRecord {
        EventRecord {
            position: Position::new(1),
            at: Timestamp::from_second(second).unwrap(),
            event: event.to_owned(),
            thing: thing.to_owned(),
            by: None,
            place: None,
            data,
        }
    }

    #[test]
    fn consents_links_and_children_follow_from_events_and_those_of_others_do_not() {
        let account = AccountId::new(Uuid::from_u128(1));
        let child = AccountId::new(Uuid::from_u128(2));
        let own = format!("identity.account/{account}");
        let other = format!("identity.account/{child}");
        let agreed =
            |version: &str| json!({ "consents": { "privacy": version, "terms": version } });
        let linked = json!({ "identity": { "provider": "github" } });
        let mut found = Found::default();
        for event in [
            event(1, &own, "AccountRegistered", agreed("1")),
            event(2, &own, "ExternalIdentityLinked", linked.clone()),
            event(3, &own, "ExternalIdentityUnlinked", linked),
            event(4, &other, "AccountRegistered", agreed("9")),
            event(
                5,
                "library.library/x",
                "ChildCreated",
                json!({ "account": child, "guardian": account }),
            ),
            event(
                6,
                "library.library/x",
                "ChildCreated",
                json!({ "account": account, "guardian": child }),
            ),
            event(7, &own, "ConsentGiven", agreed("2")),
        ] {
            found.take(account, &event);
        }
        let versions: Vec<&str> = found.consents.iter().map(|of| &*of.privacy).collect();
        assert_eq!(versions, ["1", "2"]);
        assert_eq!(
            found.identities[0].unlinked_at,
            Timestamp::from_second(3).ok()
        );
        assert_eq!(found.children, BTreeSet::from([child]));
    }
}
