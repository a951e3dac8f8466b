//! What a commit must keep to, whichever store takes it. A step that breaks this is a projector's mistake.
//! Never asks the store; checkpoints and fences are compared elsewhere.

use std::collections::HashSet;

use crate::commit::{Commit, DocumentWrite, IndexEntry};
use crate::lane::lane_of;
use crate::store::{ModelRef, ReadStoreError};

/// Bytes of a model's or an index's name.
pub(crate) const LONGEST_NAME: usize = 255;
/// Bytes of a document key.
pub(crate) const LONGEST_KEY: usize = 4 * 1024;
/// Bytes of a sort.
pub(crate) const LONGEST_SORT: usize = 16 * 1024;

/// Refuses a commit whose parts contradict each other or could not be stored.
pub(crate) fn commit(commit: &Commit, lanes: u16) -> Result<(), ReadStoreError> {
    lane(commit.lane, lanes)?;
    let mut models = HashSet::new();
    for step in &commit.steps {
        model(&step.model)?;
        if !models.insert(&step.model) {
            return refuse(format!("a commit names {} twice", step.model));
        }
        let mut keys = HashSet::with_capacity(step.documents.len());
        for document in &step.documents {
            if !keys.insert(document.key.as_str()) {
                return refuse(format!(
                    "a step of {} writes document {:?} twice",
                    step.model, document.key
                ));
            }
            write(document, commit.lane, lanes)?;
        }
    }
    Ok(())
}

/// Refuses a lane that this store does not have.
pub(crate) fn lane(lane: u16, lanes: u16) -> Result<(), ReadStoreError> {
    if lane < lanes {
        return Ok(());
    }
    refuse(format!(
        "there is no lane {lane}: the store has {lanes}, counted from 0"
    ))
}

/// Refuses a model name that would not be told apart from others in the stored keys.
pub(crate) fn model(model: &ModelRef) -> Result<(), ReadStoreError> {
    let name = &model.name;
    if name.is_empty() || name.len() > LONGEST_NAME || name.contains(['\0', ':']) {
        return refuse(format!(
            "{name:?} cannot name a read model: 1 to {LONGEST_NAME} bytes, no colon, no zero byte"
        ));
    }
    Ok(())
}

fn write(document: &DocumentWrite, lane: u16, lanes: u16) -> Result<(), ReadStoreError> {
    let key = &document.key;
    if key.len() > LONGEST_KEY {
        return refuse(format!(
            "a document key of {} bytes is too long: at most {LONGEST_KEY}",
            key.len()
        ));
    }
    let its_lane = lane_of(key, lanes);
    if its_lane != lane {
        return refuse(format!(
            "document {key:?} belongs to lane {its_lane}, not to lane {lane}"
        ));
    }
    document
        .add
        .iter()
        .chain(&document.remove)
        .try_for_each(|entry| listed(entry, key))
}

fn listed(entry: &IndexEntry, key: &str) -> Result<(), ReadStoreError> {
    if entry.key.len() > LONGEST_KEY {
        return refuse(format!(
            "document {key:?} lists a key of {} bytes: at most {LONGEST_KEY}",
            entry.key.len()
        ));
    }
    if entry.sort.len() > LONGEST_SORT || entry.sort.contains('\0') {
        return refuse(format!(
            "document {key:?}: a sort in index {:?} is longer than {LONGEST_SORT} bytes or holds a zero byte",
            entry.index
        ));
    }
    if entry.index.len() > LONGEST_NAME || entry.index.contains('\0') {
        return refuse(format!(
            "document {key:?}: the index name {:?} is too long or holds a zero byte",
            entry.index
        ));
    }
    Ok(())
}

fn refuse(reason: String) -> Result<(), ReadStoreError> {
    Err(ReadStoreError::Unusable { reason })
}
