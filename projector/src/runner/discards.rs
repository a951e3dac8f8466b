//! Parked events that an operator has given up, on record for ever: which, who, when and why.
//!
//! A fold never sees such an event under that key again, in no generation, so that a rebuild gives the same documents.
//! Nothing is ever taken off the record here.

use std::collections::HashSet;

use accession_events::Position;
use accession_read_store::{ReadStore, ReadStoreError};
use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How often a record that others change at the same moment is tried again.
const TRIES: usize = 20;

/// An event that was given up for one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discarded {
    /// The document's key, or `stream:<aggregate type>/<id>`.
    pub key: String,
    /// Which event.
    pub position: Position,
    /// What was wrong with it.
    pub problem: String,
    /// Why it was given up.
    pub reason: String,
    /// Who did.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// The events that are not taken in, by key and position.
pub(crate) type Skipped = HashSet<(String, Position)>;

/// All events of a model that were given up, in the order in which they were.
pub async fn discards_of(
    store: &dyn ReadStore,
    model: &str,
) -> Result<Vec<Discarded>, ReadStoreError> {
    let stands = store.note(&name(model)).await?;
    parse(model, stands.as_ref())
}

/// Puts an event on the record of what was given up; it takes effect when its key is retried. Idempotent.
pub async fn discard(
    store: &dyn ReadStore,
    model: &str,
    discarded: Discarded,
) -> Result<(), ReadStoreError> {
    for _ in 0..TRIES {
        let stands = store.note(&name(model)).await?;
        let mut record = parse(model, stands.as_ref())?;
        let is_same =
            |known: &Discarded| known.key == discarded.key && known.position == discarded.position;
        if record.iter().any(is_same) {
            return Ok(());
        }
        record.push(discarded.clone());
        let record = serde_json::to_vec(&record).map_err(|error| unreadable(model, &error))?;
        let record = Bytes::from(record);
        if store
            .replace_note(&name(model), stands.as_ref(), Some(&record))
            .await?
        {
            return Ok(());
        }
    }
    Err(ReadStoreError::Unavailable {
        reason: format!("others keep changing what is discarded of {model}; try again"),
    })
}

pub(crate) async fn skipped(store: &dyn ReadStore, model: &str) -> Result<Skipped, ReadStoreError> {
    let record = discards_of(store, model).await?;
    Ok(record
        .into_iter()
        .map(|discarded| (discarded.key, discarded.position))
        .collect())
}

fn name(model: &str) -> String {
    format!("discarded/{model}")
}

fn parse(model: &str, stands: Option<&Bytes>) -> Result<Vec<Discarded>, ReadStoreError> {
    let Some(stands) = stands else {
        return Ok(Vec::new());
    };
    serde_json::from_slice(stands).map_err(|error| unreadable(model, &error))
}

fn unreadable(model: &str, error: &serde_json::Error) -> ReadStoreError {
    ReadStoreError::Corrupt {
        reason: format!("the record of discarded events of {model}: {error}"),
    }
}
