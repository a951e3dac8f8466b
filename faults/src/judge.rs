//! The judge: looks at the log, the documents and what clients were told, and says what should not be.
//!
//! It changes nothing, and it trusts no part of the system to describe itself, except that a process is well again.

mod contents;
mod ledger;
mod log;
mod recovery;
mod replay;

use std::sync::Arc;

use accession_event_log::{LogStore, PostgresLog, PostgresOptions, SqliteLog};
use accession_events::{Position, RecordedEvent};
use anyhow::{Context as _, Result};

pub(crate) use recovery::{PATIENCE, recover};

use crate::load::Load;
use crate::scenario::Part;
use crate::system::System;

const PAGE: usize = 1000;

/// What the judge has looked at.
#[derive(Debug, Default, Clone, Copy)]
pub struct Looked {
    /// Commands that were acknowledged.
    pub acknowledged: usize,
    /// Commands whose outcome their client never learned.
    pub unknown: usize,
    /// Events in the log.
    pub events: usize,
    /// Answers that readers got.
    pub reads: u64,
    /// Documents, states and index entries compared with a fresh replay.
    pub compared: usize,
}

/// Everything that is wrong, and what was looked at. The load must have finished.
pub(crate) async fn judge(system: &System, load: &Load) -> Result<(Vec<String>, Looked)> {
    let mut findings = load.ledger.findings();
    let entries = load.ledger.entries();
    let store = open_log(system).await?;
    let events = all(&*store).await?;
    findings.extend(log::check(&events));
    findings.extend(ledger::check(&entries, &events));
    if let Err(error) = system.run(&["log", "verify"]).await {
        findings.push(format!("UNVERIFIED: {error:#}"));
    }
    findings.extend(recovery::everything_readable(system, load, &events).await?);
    let (differences, compared) = replay::compare(system, store, &events).await?;
    findings.extend(differences);
    let looked = Looked {
        acknowledged: load.ledger.acknowledged(),
        unknown: ledger::unknown(&entries),
        events: events.len(),
        reads: load.reads(),
        compared,
    };
    Ok((findings, looked))
}

async fn open_log(system: &System) -> Result<Arc<dyn LogStore>> {
    if let Ok(server) = system.machine(Part::AllInOne) {
        let log = SqliteLog::open_read_only(&server.data().join("log.db")).await;
        return Ok(Arc::new(log.context("the embedded log cannot be read")?));
    }
    // Not over the wire that a fault has used.
    let url = system.machine(Part::Postgres)?.url();
    let log = PostgresLog::connect(&url, PostgresOptions::default()).await;
    Ok(Arc::new(log.context("the log cannot be read")?))
}

async fn all(store: &dyn LogStore) -> Result<Vec<RecordedEvent>> {
    let mut events: Vec<RecordedEvent> = Vec::new();
    loop {
        let after = events
            .last()
            .map_or(Position::START, |event| event.position);
        let page = store.read_feed(after, PAGE).await?;
        if page.is_empty() {
            return Ok(events);
        }
        events.extend(page);
    }
}
