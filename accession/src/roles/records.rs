//! What is held about a person beside the documents, for the read API of a process that reaches the log and the private
//! tables: their events, opened; their sessions; the mails to them; their links.
//!
//! Never tells one person about another: see [`telling`].

mod telling;

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use accession_event_log::{EventFilter, LogError, LogStore, Search};
use accession_events::identity::AccountEvent;
use accession_events::ids::{AccountId, SubjectId};
use accession_events::{LoggedEvent as _, Position, RecordedEvent, StreamName};
use accession_read_api::records::{
    CalendarLinkRecord, EventRecord, MailRecord, PersonalRecords, PrivateRecord, RecordsAway,
    SessionRecord,
};
use accession_secrets::calendar_links::{self, CalendarLinks};
use accession_secrets::outbox::{self, MessageLine, Outbox};
use accession_secrets::sessions::{self, KeptSession, SessionStore};
use accession_secrets::{Opening, SecretsError};
use async_trait::async_trait;
use tokio::sync::mpsc;

use crate::assembly::LogDatabase;
use crate::private::Private;

/// Events read at a time.
const PAGE: usize = 200;
/// The most rows of a private table that are told; older ones are swept before anybody has so many.
const ROWS: u32 = 5_000;

/// What this process's log and private tables hold.
pub(super) struct LogRecords {
    log: Arc<dyn LogStore>,
    opening: Opening,
    sessions: Arc<dyn SessionStore>,
    outbox: Arc<dyn Outbox>,
    calendar_links: Arc<dyn CalendarLinks>,
}

impl LogRecords {
    pub(super) fn new(database: &LogDatabase, private: &Private) -> Self {
        Self {
            log: database.store(),
            opening: private.opening(),
            sessions: sessions::open(&private.database),
            outbox: outbox::open(&private.database),
            calendar_links: calendar_links::open(&private.database),
        }
    }

    /// Tells events of a page; false when nobody listens any more.
    async fn told(
        &self,
        mut page: Vec<RecordedEvent>,
        whose: &Whose,
        tell: &mpsc::Sender<EventRecord>,
    ) -> Result<bool, RecordsAway> {
        for event in &mut page {
            telling::keep_own(event, whose.account, &whose.subjects);
        }
        self.opening
            .open(&mut page)
            .await
            .map_err(|error| secrets_away(&error))?;
        for event in &page {
            if tell.send(telling::record(event)).await.is_err() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Where the account's own events begin: nothing names it before.
    async fn beginning(&self, account: AccountId) -> Result<Position, RecordsAway> {
        let own = StreamName::new(AccountEvent::AGGREGATE, account);
        let first = self
            .log
            .read_stream(&own, 0, 1)
            .await
            .map_err(|error| log_away(&error))?;
        let before = first.first().map_or(0, |event| event.position.get() - 1);
        Ok(Position::new(before))
    }

    /// What a library said of somebody before they had an account: when it asked them to join.
    async fn earlier(
        &self,
        (library, subject): (StreamName, SubjectId),
        whose: &Whose,
        tell: &mpsc::Sender<EventRecord>,
    ) -> Result<bool, RecordsAway> {
        let filter = EventFilter {
            stream: Some(library),
            mentions: Some(subject.to_string()),
            ..EventFilter::default()
        };
        let head = self.log.head().await.map_err(|error| log_away(&error))?;
        let mut search = Search::new(&*self.log, filter, Position::START, head);
        loop {
            let mut page = search.next(PAGE).await.map_err(|error| log_away(&error))?;
            if page.is_empty() {
                return Ok(true);
            }
            let named = whose.account.to_string();
            page.retain(|event| !event.payload.contains(&named));
            if !self.told(page, whose, tell).await? {
                return Ok(false);
            }
        }
    }
}

/// By what events name a person: the account, and the subjects of invitations that became its own.
struct Whose {
    account: AccountId,
    subjects: HashSet<SubjectId>,
}

#[async_trait]
impl PersonalRecords for LogRecords {
    async fn private(&self, account: AccountId) -> Result<PrivateRecord, RecordsAway> {
        let sessions = self.sessions.kept_of(account, ROWS).await;
        let subject = SubjectId::new(account.as_uuid());
        let mails = self.outbox.of(subject, ROWS).await;
        let links = self.calendar_links.of(account).await;
        Ok(PrivateRecord {
            sessions: sessions
                .map_err(|error| secrets_away(&error))?
                .iter()
                .map(session)
                .collect(),
            mails: mails
                .map_err(|error| secrets_away(&error))?
                .into_iter()
                .map(mail)
                .collect(),
            calendar_links: links
                .map_err(|error| secrets_away(&error))?
                .iter()
                .map(|link| CalendarLinkRecord {
                    id: link.id,
                    created_at: link.created_at,
                })
                .collect(),
        })
    }

    async fn events(
        &self,
        account: AccountId,
        tell: mpsc::Sender<EventRecord>,
    ) -> Result<(), RecordsAway> {
        let filter = EventFilter {
            mentions: Some(account.to_string()),
            ..EventFilter::default()
        };
        let after = self.beginning(account).await?;
        let head = self.log.head().await.map_err(|error| log_away(&error))?;
        let mut search = Search::new(&*self.log, filter, after, head);
        let mut whose = Whose {
            account,
            subjects: HashSet::from([SubjectId::new(account.as_uuid())]),
        };
        let mut invited = BTreeSet::new();
        loop {
            let page = search.next(PAGE).await.map_err(|error| log_away(&error))?;
            if page.is_empty() {
                break;
            }
            for event in &page {
                if let Some(subject) = telling::invited_as(event, account) {
                    whose.subjects.insert(subject);
                    invited.insert((event.stream.clone(), subject));
                }
            }
            if !self.told(page, &whose, &tell).await? {
                return Ok(());
            }
        }
        for earlier in invited {
            if !self.earlier(earlier, &whose, &tell).await? {
                return Ok(());
            }
        }
        Ok(())
    }
}

fn session(kept: &KeptSession) -> SessionRecord {
    SessionRecord {
        id: kept.id,
        started_at: kept.started_at,
        refreshed_at: kept.rotated_at,
        expires_at: kept.expires_at,
        ended_at: kept.ended_at,
        in_cookie: kept.in_cookie,
        library_id: kept.selected.map(|selected| selected.library.as_uuid()),
    }
}

fn mail(line: MessageLine) -> MailRecord {
    MailRecord {
        id: line.id,
        kind: line.kind,
        state: line.state.as_str().to_owned(),
        queued_at: line.queued_at,
        attempts: line.attempts,
    }
}

fn log_away(error: &LogError) -> RecordsAway {
    RecordsAway {
        reason: error.to_string(),
    }
}

fn secrets_away(error: &SecretsError) -> RecordsAway {
    RecordsAway {
        reason: error.to_string(),
    }
}
