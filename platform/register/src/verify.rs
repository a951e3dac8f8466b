//! Verifying a log in its database: every event against the kept tree, the tree against the signed checkpoints, and
//! both against checkpoints that an auditor has kept elsewhere.
//!
//! It trusts nothing but the keys it was given, changes nothing, and names the first position that is wrong.

mod checkpoints;
mod page;
mod sharing;

use std::sync::Arc;

use accession_event_log::{LogError, RegisterStore};
use accession_transparency::{
    Hash, NoteVerifier, ProofPlan, TILE_WIDTH, TiledTree, verify_inclusion,
};
use futures_util::stream::{self, StreamExt as _};

use self::checkpoints::Checkpoints;
use self::page::{Block, PAGE, Page};
use crate::audit::{Digested, Finding, Ledger, Walk};
use crate::stored_tree::{StoredTree, TreeError};

/// Pages that are read and hashed ahead: keeps two cores and the database busy.
const AHEAD: usize = 3;
/// Events whose ids and streams are remembered in one pass: about 400 MB at most.
const SHARE: u64 = 4_000_000;

/// Who is told how far it has come: events done, events in all.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// What to verify against.
#[derive(Debug, Clone, Default)]
pub struct VerifyOptions {
    /// The keys whose checkpoints are believed.
    pub keys: Vec<NoteVerifier>,
    /// Checkpoints that were kept outside the database, as signed notes.
    pub kept: Vec<String>,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many events were looked at.
    pub events: u64,
    /// How many of them a verified checkpoint covers.
    pub sealed: u64,
    /// How many checkpoints were verified, kept ones included.
    pub checkpoints: u64,
    /// What is wrong; empty for a log that is as it was written.
    pub findings: Vec<Finding>,
}

/// Verifies a log up to its present head.
pub async fn verify(
    store: Arc<dyn RegisterStore>,
    options: &VerifyOptions,
    progress: Progress<'_>,
) -> Result<Report, LogError> {
    let head = store.head().await?.get();
    let shares = head.div_ceil(SHARE).max(1);
    let checkpoints = Checkpoints::new(Arc::clone(&store), options);
    let mut verifier = Verifier {
        sealed: store.last_seal().await?.map_or(0, |seal| seal.size),
        walk: Walk::after(0, Ledger::new(0, shares, true)),
        tree: TiledTree::new(),
        doubt: None,
        checkpoints,
        report: Report::default(),
        store,
    };
    verifier.whole(head, shares, progress).await?;
    Ok(verifier.report)
}

struct Verifier {
    store: Arc<dyn RegisterStore>,
    sealed: u64,
    walk: Walk,
    tree: TiledTree,
    /// The first event that differs from its kept hash, when it is not known yet which of the two was changed.
    doubt: Option<u64>,
    checkpoints: Checkpoints,
    report: Report,
}

/// The walk along the events has ended early: what follows cannot be judged.
struct Stop;

impl Verifier {
    async fn whole(
        &mut self,
        head: u64,
        shares: u64,
        progress: Progress<'_>,
    ) -> Result<(), LogError> {
        let total = head * shares;
        let whole = self.first_pass(head, &|done| progress(done, total)).await?;
        self.checkpoints.finish(head, &mut self.report).await?;
        if whole {
            let ledger = Ledger::new(0, shares, true);
            let walk = std::mem::replace(&mut self.walk, Walk::after(0, ledger));
            self.ids(walk.into_ledger()).await?;
            for share in 1..shares {
                let done = head * share;
                self.later_pass(head, Ledger::new(share, shares, true), &|more| {
                    progress(done + more, total);
                })
                .await?;
            }
        }
        self.report.events = head;
        Ok(())
    }

    async fn first_pass(
        &mut self,
        head: u64,
        progress: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<bool, LogError> {
        let (store, sealed) = (Arc::clone(&self.store), self.sealed);
        let mut pages = stream::iter((0..head).step_by(PAGE))
            .map(|after| Page::read(Arc::clone(&store), after, head, sealed))
            .buffered(AHEAD);
        while let Some(page) = pages.next().await {
            if self.page(page?).await?.is_err() {
                return Ok(false);
            }
            progress(self.walk.at());
        }
        Ok(true)
    }

    async fn page(&mut self, page: Page) -> Result<Result<(), Stop>, LogError> {
        self.report.findings.extend(page.damage);
        for block in page.blocks {
            let fits = block.is_as_kept() && self.doubt.is_none();
            let inside = self.checkpoints.next_size(self.walk.at()).await?;
            let whole = block.events.len() == TILE_WIDTH
                && inside.is_none_or(|size| size >= self.walk.at() + TILE_WIDTH as u64);
            let done = match block.root {
                Some(root) if fits && whole => self.block(&block, root).await?,
                _ => self.one_by_one(&block).await?,
            };
            if done.is_err() {
                return Ok(Err(Stop));
            }
        }
        self.tiles().await?;
        Ok(Ok(()))
    }

    /// 256 events that are as they were kept, with no checkpoint among them.
    async fn block(&mut self, block: &Block, root: Hash) -> Result<Result<(), Stop>, LogError> {
        for digested in &block.events {
            if let Err(finding) = self.walk.step(digested) {
                self.report.findings.push(finding);
                return Ok(Err(Stop));
            }
        }
        let leaves = block.events.iter().map(|digested| digested.leaf).collect();
        self.tree.push_tile(leaves, root);
        self.reached().await
    }

    async fn one_by_one(&mut self, block: &Block) -> Result<Result<(), Stop>, LogError> {
        for (place, digested) in block.events.iter().enumerate() {
            if let Err(finding) = self.walk.step(digested) {
                self.report.findings.push(finding);
                return Ok(Err(Stop));
            }
            if let Some(kept) = block.kept.get(place)
                && *kept != digested.leaf
                && self.doubt.is_none()
                && self.differs(digested, *kept).await?.is_err()
            {
                return Ok(Err(Stop));
            }
            self.tree.push(digested.leaf);
            if self.reached().await?.is_err() {
                return Ok(Err(Stop));
            }
        }
        Ok(Ok(()))
    }

    /// An event and its kept hash differ: a signed checkpoint tells which of the two was changed.
    async fn differs(
        &mut self,
        digested: &Digested,
        kept: Hash,
    ) -> Result<Result<(), Stop>, LogError> {
        let position = self.walk.at();
        let Some((size, root, path)) = self.witness(position).await? else {
            self.doubt = Some(position);
            return Ok(Ok(()));
        };
        let proven = |leaf| verify_inclusion(leaf, position - 1, size, &path, root).is_ok();
        if proven(kept) {
            self.report.findings.push(Finding::at(
                position,
                format!(
                    "was changed: its stored bytes hash to {}, and the checkpoint of {size} events has sealed {kept}",
                    digested.leaf
                ),
            ));
            return Ok(Err(Stop));
        }
        if proven(digested.leaf) {
            self.report.findings.push(Finding::about(format!(
                "the kept hash of position {position} was changed (table log_tiles or log_checkpoints); the event itself \
                 is as it was sealed"
            )));
        } else {
            self.doubt = Some(position);
        }
        Ok(Ok(()))
    }

    /// A checkpoint that covers a position, and the path to its root.
    async fn witness(&self, position: u64) -> Result<Option<(u64, Hash, Vec<Hash>)>, LogError> {
        let Some((size, root)) = self.checkpoints.covering(position).await? else {
            return Ok(None);
        };
        let Some(plan) = ProofPlan::inclusion(position - 1, size) else {
            return Ok(None);
        };
        match StoredTree::of(&*self.store).proof(&plan).await {
            Ok(path) => Ok(Some((size, root, path))),
            Err(TreeError::Log(error)) => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// Compares the tree with every checkpoint of its present size.
    async fn reached(&mut self) -> Result<Result<(), Stop>, LogError> {
        let size = self.walk.at();
        if self.checkpoints.next_size(size - 1).await? != Some(size) {
            return Ok(Ok(()));
        }
        let root = self.tree.root();
        let verdict = self
            .checkpoints
            .reached(size, root, &mut self.report)
            .await?;
        match (verdict, self.doubt.take()) {
            (Ok(()), None) => Ok(Ok(())),
            (Ok(()), Some(position)) => {
                self.report.findings.push(Finding::about(format!(
                    "the kept hash of position {position} was changed (table log_tiles or log_checkpoints); the events up \
                     to {size} are as they were sealed"
                )));
                Ok(Ok(()))
            }
            (Err(finding), None) => {
                self.report.findings.push(finding);
                Ok(Err(Stop))
            }
            (Err(finding), Some(position)) => {
                self.report.findings.push(Finding::at(
                    position,
                    format!("is the first that differs from its kept hash, and kept hashes were changed as well: {finding}"),
                ));
                Ok(Err(Stop))
            }
        }
    }

    /// Compares full tiles above the leaves with the kept ones; the leaves were compared already.
    async fn tiles(&mut self) -> Result<(), LogError> {
        for tile in self.tree.take_full() {
            let end =
                (tile.id.number + 1).saturating_mul(1 << (8 * (u32::from(tile.id.level) + 1)));
            if tile.id.level == 0 || end > self.sealed || self.doubt.is_some() {
                continue;
            }
            let kept = self.store.tiles(tile.id.level, tile.id.number, 1).await?;
            if kept.first() != Some(&tile) {
                self.report.findings.push(Finding::about(format!(
                    "tile {} of level {} in the table log_tiles was changed or removed; the events are as they were sealed \
                     as far as the checkpoints say",
                    tile.id.number, tile.id.level
                )));
            }
        }
        Ok(())
    }
}
