//! The load: clients that write mixed commands and clients that read, as real ones do, and a ledger of what they were told.
//!
//! It never looks behind the HTTP surface.

mod client;
mod ledger;
mod reader;
mod shelf;
mod wishes;
mod worker;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use tokio::sync::watch;
use tokio::task::JoinSet;

pub(crate) use client::{Answer, Api, Call, Caller};
pub(crate) use ledger::{Entry, Ledger, Outcome};
pub(crate) use shelf::Shelf;

use crate::scenario::Readers;
use accession_testkit::Dice;

const WRITERS: u64 = 6;
const READERS: u64 = 3;

/// Until when clients go on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Phase {
    /// New commands all the time.
    Busy,
    /// No new commands; those whose outcome is not known are repeated until then.
    Finishing(Instant),
}

/// Clients at work.
pub(crate) struct Load {
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) shelf: Arc<Shelf>,
    reads: Arc<AtomicU64>,
    phase: watch::Sender<Phase>,
    clients: JoinSet<()>,
}

impl Load {
    /// Starts all clients.
    pub(crate) fn start(api: &Arc<Api>, readers: Readers, dice: &Dice) -> Self {
        let mut load = Self {
            ledger: Arc::default(),
            shelf: Arc::default(),
            reads: Arc::default(),
            phase: watch::Sender::new(Phase::Busy),
            clients: JoinSet::new(),
        };
        for number in 0..WRITERS {
            let worker = worker::Worker::new(
                number,
                dice.fork(number),
                Arc::clone(api),
                Arc::clone(&load.ledger),
                Arc::clone(&load.shelf),
            );
            load.clients.spawn(worker.work(load.phase.subscribe()));
        }
        for number in 0..READERS {
            let reader = reader::Reader::new(
                dice.fork(WRITERS + number),
                Arc::clone(api),
                Arc::clone(&load.ledger),
                Arc::clone(&load.shelf),
                readers,
                Arc::clone(&load.reads),
            );
            load.clients.spawn(reader.read(load.phase.subscribe()));
        }
        load
    }

    /// How many answers readers have got.
    pub(crate) fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }

    /// Waits until so many commands more are acknowledged.
    pub(crate) async fn acknowledged(&self, more: usize, patience: Duration) -> Result<()> {
        let wanted = self.ledger.acknowledged() + more;
        let mut changes = self.ledger.changes();
        let reached = changes.wait_for(|acknowledged| *acknowledged >= wanted);
        if tokio::time::timeout(patience, reached).await.is_err() {
            let had = self.ledger.acknowledged() + more - wanted;
            bail!("only {had} of {more} commands were acknowledged within {patience:?}");
        }
        Ok(())
    }

    /// Lets the clients come to an end: what is in doubt is repeated until it is known.
    pub(crate) async fn finish(&mut self, patience: Duration) {
        self.phase
            .send_replace(Phase::Finishing(Instant::now() + patience));
        while self.clients.join_next().await.is_some() {}
    }
}
