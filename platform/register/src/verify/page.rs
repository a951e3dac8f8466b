//! A page of the log, read and hashed apart from its order, with the hashes that were kept of it.

use std::sync::Arc;

use accession_event_log::{LogError, RegisterStore};
use accession_transparency::tile::perfect_root;
use accession_transparency::{Hash, TILE_WIDTH};

use crate::audit::{Digested, Finding};
use crate::stored_tree::{StoredTree, TreeError};

/// Events in a page: whole tiles.
pub(super) const PAGE: usize = 2_048;

/// Consecutive events, from the position after a multiple of [`PAGE`] on.
pub(super) struct Page {
    pub(super) blocks: Vec<Block>,
    /// What is wrong with the kept hashes themselves.
    pub(super) damage: Vec<Finding>,
}

/// The events of one tile of leaves, or of its part at the end of the log.
pub(super) struct Block {
    pub(super) events: Vec<Digested>,
    /// Their hashes as they were kept; as many as a checkpoint covers and the tables have.
    pub(super) kept: Vec<Hash>,
    /// The root over the events, when there are 256.
    pub(super) root: Option<Hash>,
}

impl Block {
    /// Whether every event of it has a kept hash that is its own.
    pub(super) fn is_as_kept(&self) -> bool {
        self.events.len() == self.kept.len()
            && self
                .events
                .iter()
                .zip(&self.kept)
                .all(|(digested, kept)| digested.leaf == *kept)
    }
}

impl Page {
    /// Reads the page after a position, up to `head`; kept hashes up to `sealed`.
    pub(super) async fn read(
        store: Arc<dyn RegisterStore>,
        after: u64,
        head: u64,
        sealed: u64,
    ) -> Result<Self, LogError> {
        let end = head.min(after + PAGE as u64);
        let count = usize::try_from(end - after).unwrap_or(PAGE);
        // One more, so that an event too many within the page is seen.
        let mut events = store.read_stored(after, count + 1).await?;
        events.retain(|event| event.position <= end.cast_signed());
        let mut damage = Vec::new();
        let kept = kept(&*store, after, end.min(sealed), &mut damage).await?;
        let hashed = tokio::task::spawn_blocking(move || {
            let digested: Vec<Digested> = events.into_iter().map(Digested::of).collect();
            blocks(digested, &kept)
        });
        let blocks = hashed.await.map_err(|error| LogError::Transient {
            reason: format!("a hashing thread ended early: {error}"),
        })?;
        Ok(Self { blocks, damage })
    }
}

fn blocks(mut events: Vec<Digested>, kept: &[Hash]) -> Vec<Block> {
    let mut blocks = Vec::with_capacity(PAGE / TILE_WIDTH);
    let mut start = 0;
    while !events.is_empty() {
        let rest = events.split_off(events.len().min(TILE_WIDTH));
        let of_block = std::mem::replace(&mut events, rest);
        let leaves: Vec<Hash> = of_block.iter().map(|digested| digested.leaf).collect();
        let kept = kept.iter().skip(start).take(leaves.len());
        start += leaves.len();
        blocks.push(Block {
            kept: kept.copied().collect(),
            root: (leaves.len() == TILE_WIDTH)
                .then(|| perfect_root(&leaves))
                .flatten(),
            events: of_block,
        });
    }
    blocks
}

/// The kept hashes of the leaves from `after` to `end`. What is missing or broken is told, and the page goes without.
async fn kept(
    store: &dyn RegisterStore,
    after: u64,
    end: u64,
    damage: &mut Vec<Finding>,
) -> Result<Vec<Hash>, LogError> {
    let Some(count) = end.checked_sub(after).filter(|count| *count > 0) else {
        return Ok(Vec::new());
    };
    let count = usize::try_from(count).unwrap_or(PAGE);
    let roots = store
        .tile_roots(0, after / TILE_WIDTH as u64, count / TILE_WIDTH)
        .await;
    let leaves = StoredTree::of(store).leaves(after, count).await;
    match (leaves, roots) {
        (Ok(leaves), Ok(roots)) => {
            let first = after / TILE_WIDTH as u64;
            for (number, root) in roots {
                let place = usize::try_from(number - first).unwrap_or_default() * TILE_WIDTH;
                let tile = leaves.get(place..place + TILE_WIDTH).unwrap_or_default();
                if perfect_root(tile) != Some(root) {
                    damage.push(Finding::about(format!(
                        "the kept root of tile {number} in the table log_tiles is not that of its hashes"
                    )));
                }
            }
            Ok(leaves)
        }
        (Err(TreeError::Log(error)), _) | (_, Err(error)) if !is_damage(&error) => Err(error),
        (Err(error), _) => {
            damage.push(Finding::about(format!(
                "{error} (tables log_tiles and log_checkpoints)"
            )));
            Ok(Vec::new())
        }
        (_, Err(error)) => {
            damage.push(Finding::about(error.to_string()));
            Ok(Vec::new())
        }
    }
}

fn is_damage(error: &LogError) -> bool {
    matches!(error, LogError::Corrupt { .. })
}
