//! How one step lies in the change feed, and how a place in the feed is written.
//! Never decides what is kept or lost; each store's feed does.

use accession_events::Position;
use serde::{Deserialize, Serialize};

use crate::changes::{Change, ChangeCursor};
use crate::commit::Commit;
use crate::store::{Generation, ModelRef, ReadStoreError};

/// How many entries a feed keeps. A replica that is further behind starts over.
pub(crate) const KEPT_ENTRIES: usize = 10_000;
/// How many bytes of entries a feed keeps, so that a replay of large batches does not fill the memory.
pub(crate) const KEPT_BYTES: u64 = 16 * 1024 * 1024;

/// A place in a feed: which life of the feed, and which entry of it, dense from 1; 0 is before the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Differs after a wipe, so that an old place is not mistaken for a new one.
    pub(crate) epoch: u64,
    /// Number of the entry.
    pub(crate) number: u64,
}

impl Place {
    /// The cursor that readers hold: padded, so that text order is feed order.
    pub(crate) fn cursor(self) -> ChangeCursor {
        ChangeCursor(format!("{:020}-{:020}", self.epoch, self.number))
    }

    /// Reads a cursor; none when this store never gave it out.
    pub(crate) fn parse(cursor: &ChangeCursor) -> Option<Self> {
        let (epoch, number) = cursor.0.split_once('-')?;
        Some(Self {
            epoch: epoch.parse().ok()?,
            number: number.parse().ok()?,
        })
    }
}

#[derive(Serialize, Deserialize)]
struct ModelChange<K>(String, u32, Position, Vec<K>);

/// The bytes of a step's entry.
pub(crate) fn of_commit(commit: &Commit) -> Result<Vec<u8>, ReadStoreError> {
    let models: Vec<_> = commit
        .steps
        .iter()
        .map(|step| {
            let keys = step
                .documents
                .iter()
                .map(|document| document.key.as_str())
                .collect();
            ModelChange(
                step.model.name.clone(),
                step.model.generation.0,
                step.next,
                keys,
            )
        })
        .collect();
    encode(&models)
}

/// The bytes of the entry that tells of a new live generation: the model at its checkpoint, no keys.
pub(crate) fn of_promotion(
    model: &ModelRef,
    checkpoint: Position,
) -> Result<Vec<u8>, ReadStoreError> {
    encode(&[ModelChange::<&str>(
        model.name.clone(),
        model.generation.0,
        checkpoint,
        Vec::new(),
    )])
}

/// Reads an entry back.
pub(crate) fn decode(place: Place, entry: &[u8]) -> Result<Change, ReadStoreError> {
    let models: Vec<ModelChange<String>> =
        serde_json::from_slice(entry).map_err(|error| ReadStoreError::Corrupt {
            reason: format!("entry {} of the change feed: {error}", place.number),
        })?;
    let models = models
        .into_iter()
        .map(|ModelChange(name, generation, position, keys)| {
            (
                ModelRef {
                    name,
                    generation: Generation(generation),
                },
                position,
                keys,
            )
        })
        .collect();
    Ok(Change {
        cursor: place.cursor(),
        models,
    })
}

fn encode<K: Serialize>(models: &[ModelChange<K>]) -> Result<Vec<u8>, ReadStoreError> {
    serde_json::to_vec(models).map_err(|error| ReadStoreError::Corrupt {
        reason: format!("an entry of the change feed: {error}"),
    })
}
