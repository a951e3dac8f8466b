//! One client that reads: it never believes that a document is gone or older than it was told.
//!
//! Whatever an answer says it contains, it has to contain; the rest depends on what the fault does to the read store.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;

use super::Phase;
use super::client::{Api, Read};
use super::ledger::Ledger;
use super::shelf::{Shelf, Shelved};
use crate::scenario::Readers;
use accession_testkit::Dice;

const BETWEEN: Duration = Duration::from_millis(10);

pub(super) struct Reader {
    dice: Dice,
    api: Arc<Api>,
    ledger: Arc<Ledger>,
    shelf: Arc<Shelf>,
    readers: Readers,
    reads: Arc<AtomicU64>,
    /// The newest version seen, by title.
    seen: HashMap<String, u64>,
}

impl Reader {
    pub(super) fn new(
        dice: Dice,
        api: Arc<Api>,
        ledger: Arc<Ledger>,
        shelf: Arc<Shelf>,
        readers: Readers,
        reads: Arc<AtomicU64>,
    ) -> Self {
        Self {
            dice,
            api,
            ledger,
            shelf,
            readers,
            reads,
            seen: HashMap::new(),
        }
    }

    /// One question after the other, until the load finishes.
    pub(super) async fn read(mut self, phase: watch::Receiver<Phase>) {
        while matches!(*phase.borrow(), Phase::Busy) {
            tokio::time::sleep(BETWEEN).await;
            let Some(title) = self.shelf.pick(&mut self.dice) else {
                continue;
            };
            let wanted = self.dice.chance(50).then(|| title.newest());
            let path = format!("/api/read/titles/{}", title.id);
            // No answer tells nothing.
            if let Ok(read) = self.api.read(&path, wanted).await {
                self.reads.fetch_add(1, Ordering::Relaxed);
                self.weigh(&title, wanted, &read);
            }
        }
    }

    fn weigh(&mut self, title: &Shelved, wanted: Option<u64>, read: &Read) {
        let code = read.body.get("code").and_then(Value::as_str);
        match (read.status, code.unwrap_or_default()) {
            (200, _) => self.weigh_document(title, wanted, read),
            (404, "read_model_not_built") if self.readers == Readers::SeeItUnbuilt => {}
            (404, code) => self.weigh_miss(title, wanted, read, code),
            (503, _) => {}
            (status, code) => self
                .ledger
                .find(format!("{} was answered {status} {code}", title.id)),
        }
    }

    fn weigh_document(&mut self, title: &Shelved, wanted: Option<u64>, read: &Read) {
        let version = read.body.get("version").and_then(Value::as_u64);
        let (Some(version), Some(position)) = (version, read.position) else {
            return self.ledger.find(format!(
                "{} was read without a version or position",
                title.id
            ));
        };
        if let Some(wanted) = wanted.filter(|wanted| position < *wanted) {
            self.ledger.find(format!(
                "{}: position {wanted} was asked for and {position} answered",
                title.id
            ));
        }
        let contained = title.version_at(position);
        if let Some(contained) = contained.filter(|contained| version < *contained) {
            self.ledger.find(format!(
                "{}: an answer that says it contains position {position} shows version {version}, not {contained}",
                title.id
            ));
        }
        let before = self.seen.entry(title.id.clone()).or_default();
        if version < *before && self.readers == Readers::NoticeNothing {
            self.ledger.find(format!(
                "{}: version {version} was read after version {before}",
                title.id
            ));
        }
        *before = (*before).max(version);
    }

    fn weigh_miss(&mut self, title: &Shelved, wanted: Option<u64>, read: &Read, code: &str) {
        let contained = read
            .position
            .and_then(|position| title.version_at(position))
            .is_some();
        let seen = self.seen.contains_key(&title.id) && self.readers == Readers::NoticeNothing;
        if contained || seen || wanted.is_some() || code != "not_found" {
            self.ledger.find(format!(
                "{}: 404 {code} at position {:?} for what is readable",
                title.id, read.position
            ));
        }
    }
}
