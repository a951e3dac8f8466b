//! A library is made again from its file: every place, copy and loan by the command that would have made it here.
//!
//! Never writes an event that no aggregate decided, and never takes anybody into the library but the one who restores it. Each
//! step can be taken again: ids follow from the file's, so that a restore that was cut off goes on where it stopped.

// tidy: allow wall because a library is kept as a whole: its places, its copies, what they are copies of, and who has them

mod catalogue;
mod copies;
mod going;
mod ids;
mod known;
mod loans;
mod opening;
mod places;
mod report;

use std::sync::Arc;

use accession_backup::Checked;
use accession_event_log::{Append, EventLog, Idempotency, Outcome, Repository};
use accession_events::Metadata;
use accession_events::ids::{AccountId, LibraryId};
use accession_events::values::ShortText;
use accession_service::problem::Problem;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::libraries::Libraries;
use crate::catalog::edition::Edition;
use crate::catalog::title::Title;
use crate::circulation::counter::Counter;
use crate::holdings::desk::Holdings;
use crate::http::answer::{Answer, Reply};
use crate::http::failure::{from_log, key_reused};
use going::Going;
use ids::Ids;

pub use report::{Found, Made, Rejected, Report};

/// How many restores one process carries out at the same time: each holds its file in memory.
const AT_ONCE: usize = 2;
/// As what the answer to a restore is kept.
const DONE: &str = "done";

/// Where libraries are restored. Cheap to clone.
#[derive(Clone)]
pub struct Restoring {
    libraries: Libraries,
    holdings: Holdings,
    counter: Counter,
    titles: Repository<Title>,
    editions: Repository<Edition>,
    permits: Arc<Semaphore>,
}

/// A library to restore.
pub struct Restore<'a> {
    /// Its file.
    pub file: &'a Checked<'a>,
    /// SHA-256 of the whole file, in hexadecimal digits.
    pub digest: String,
    /// Who restores it: its admin.
    pub account: AccountId,
    /// Which member in the file they are.
    pub me: AccountId,
    /// What it is to be called, if not as in the file.
    pub name: Option<ShortText>,
    /// Who caused the events, and in which course of things.
    pub metadata: Metadata,
}

impl Restoring {
    /// Restores with these use cases.
    #[must_use]
    pub fn new(
        libraries: &Libraries,
        holdings: &Holdings,
        counter: &Counter,
        titles: &Repository<Title>,
        editions: &Repository<Edition>,
    ) -> Self {
        Self {
            libraries: libraries.clone(),
            holdings: holdings.clone(),
            counter: counter.clone(),
            titles: titles.clone(),
            editions: editions.clone(),
            permits: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Leave to hold a file in memory; none while others are being restored.
    #[must_use]
    pub fn admit(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.permits).try_acquire_owned().ok()
    }

    /// The log.
    #[must_use]
    pub fn log(&self) -> &EventLog {
        self.holdings.log()
    }

    /// Makes the library, or goes on with making it; what was restored before is told as it was.
    pub async fn restore(&self, asked: &Restore<'_>) -> Result<Answer, Problem> {
        let ids = Ids::of(asked.account, &asked.digest, asked.name.as_ref());
        let library = ids.library();
        if let Some(answer) = self.told_before(library, asked).await? {
            return Ok(answer);
        }
        self.open(library, asked).await?;
        let mut going = Going::new(self, asked, ids);
        going.take_all().await?;
        let report = going.into_report();
        self.close(library, asked).await?;
        let reply = Reply::created(library, format!("/api/read/libraries/{library}"));
        self.keep(library, asked, reply.with_all(report.members()))
            .await
    }

    async fn told_before(
        &self,
        library: LibraryId,
        asked: &Restore<'_>,
    ) -> Result<Option<Answer>, Problem> {
        let store = self.log().store();
        let stored = store.stored_response(&scope(library), DONE).await;
        match stored.map_err(|error| from_log(&error))? {
            Some(stored) if stored.fingerprint == asked.digest => {
                Answer::replayed(&stored).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Keeps the answer, so that the same file is answered the same once more.
    async fn keep(
        &self,
        library: LibraryId,
        asked: &Restore<'_>,
        reply: Reply,
    ) -> Result<Answer, Problem> {
        let append = Append {
            writes: Vec::new(),
            metadata: String::from("{}"),
            idempotency: Some(Idempotency {
                scope: scope(library),
                key: DONE.to_owned(),
                fingerprint: asked.digest.clone(),
                response: reply.stored_unversioned(),
            }),
        };
        let kept = self.log().append(append).await;
        match kept.map_err(|error| from_log(&error))? {
            Outcome::Committed(committed) => Ok(reply.unversioned(committed.last)),
            Outcome::Replayed(stored) => Answer::replayed(&stored),
            Outcome::KeyReused => Err(key_reused()),
            Outcome::Conflict { .. } | Outcome::Claimed { .. } => Err(Problem::internal()),
        }
    }
}

/// Whose keys those of a restore are.
fn scope(library: LibraryId) -> String {
    format!("restore:{library}")
}
