//! One atomic step: every checkpoint and fence is compared, then all is written in one batch.
//! Never writes anything when one comparison fails.

use accession_events::Position;
use fjall::{OwnedWriteBatch, Readable, UserValue};

use super::failure::{in_use, unreadable};
use super::pressure::make_room;
use super::tables::Tables;
use super::{keys, record};
use crate::commit::{Commit, ModelStep};
use crate::range::write_member;
use crate::store::{FencingToken, LaneCheckpoint, ModelRef, ReadStoreError};
use crate::{entry, listing};

pub(super) fn commit(tables: &Tables, commit: &Commit) -> Result<(), ReadStoreError> {
    if commit.steps.is_empty() {
        return Ok(());
    }
    let entry = entry::of_commit(commit)?;
    make_room(tables)?;
    let _alone = tables.write_alone();
    for step in &commit.steps {
        compare(step, &checkpoint(tables, &step.model, commit.lane)?)?;
    }
    let mut batch = tables.db.batch();
    for step in &commit.steps {
        write(tables, &mut batch, step)?;
        let reached = LaneCheckpoint {
            position: step.next,
            fence: step.fence,
        };
        batch.insert(
            &tables.meta,
            keys::checkpoint(&step.model, commit.lane),
            encode(reached),
        );
    }
    let appended = tables.feeds.append(tables, &mut batch, commit.lane, entry);
    batch.commit().map_err(in_use)?;
    tables.feeds.publish(commit.lane, appended);
    Ok(())
}

pub(super) fn take_over(
    tables: &Tables,
    model: &ModelRef,
    lane: u16,
) -> Result<LaneCheckpoint, ReadStoreError> {
    let _alone = tables.write_alone();
    let stands = checkpoint(tables, model, lane)?;
    let taken = LaneCheckpoint {
        fence: FencingToken(stands.fence.0 + 1),
        ..stands
    };
    tables
        .meta
        .insert(keys::checkpoint(model, lane), encode(taken))
        .map_err(in_use)?;
    Ok(taken)
}

pub(super) fn checkpoint(
    tables: &Tables,
    model: &ModelRef,
    lane: u16,
) -> Result<LaneCheckpoint, ReadStoreError> {
    // By snapshot: a checkpoint must not be seen before the last document of its step.
    let found = tables
        .db
        .snapshot()
        .get(&tables.meta, keys::checkpoint(model, lane))
        .map_err(in_use)?;
    found.map_or(
        Ok(LaneCheckpoint {
            position: Position::START,
            fence: FencingToken(0),
        }),
        |value| {
            decode(&value)
                .ok_or_else(|| unreadable(&format!("the checkpoint of {model} in lane {lane}")))
        },
    )
}

fn compare(step: &ModelStep, stands: &LaneCheckpoint) -> Result<(), ReadStoreError> {
    if step.fence < stands.fence {
        return Err(ReadStoreError::Fenced {
            model: step.model.to_string(),
            ours: step.fence.0,
            actual: stands.fence.0,
        });
    }
    // A token that was never given out here: the store was wiped or went back since.
    if step.expected != stands.position || step.fence != stands.fence {
        return Err(ReadStoreError::CheckpointMoved {
            model: step.model.to_string(),
            expected: step.expected,
            actual: stands.position,
        });
    }
    Ok(())
}

fn write(
    tables: &Tables,
    batch: &mut OwnedWriteBatch,
    step: &ModelStep,
) -> Result<(), ReadStoreError> {
    let (mut key, mut record) = (keys::generation(&step.model), Vec::new());
    let prefix = key.len();
    for document in &step.documents {
        key.truncate(prefix);
        key.extend_from_slice(document.key.as_bytes());
        record::encode(document, &mut record)?;
        batch.insert(&tables.records, &*key, &*record);
    }
    write_listing(tables, batch, step);
    Ok(())
}

fn write_listing(tables: &Tables, batch: &mut OwnedWriteBatch, step: &ModelStep) {
    if step.documents.iter().all(|write| write.remove.is_empty()) {
        return list_new(tables, batch, step);
    }
    for (index, members) in listing::of_step(step) {
        let mut key = keys::index(&step.model, index);
        let prefix = key.len();
        for (member, is_there) in members {
            key.truncate(prefix);
            key.extend_from_slice(&member);
            if is_there {
                batch.insert(&tables.index, &*key, UserValue::from(b""));
            } else {
                batch.remove(&tables.index, &*key);
            }
        }
    }
}

/// Nothing is taken out, so no entry can be in doubt: that is most of a replay.
fn list_new(tables: &Tables, batch: &mut OwnedWriteBatch, step: &ModelStep) {
    let mut key = keys::generation(&step.model);
    let prefix = key.len();
    for entry in step.documents.iter().flat_map(|write| &write.add) {
        key.truncate(prefix);
        key.extend_from_slice(entry.index.as_bytes());
        key.push(0);
        write_member(&entry.sort, &entry.key, &mut key);
        batch.insert(&tables.index, &*key, UserValue::from(b""));
    }
}

fn encode(checkpoint: LaneCheckpoint) -> Vec<u8> {
    [
        checkpoint.position.get().to_be_bytes(),
        checkpoint.fence.0.to_be_bytes(),
    ]
    .concat()
}

fn decode(value: &[u8]) -> Option<LaneCheckpoint> {
    let (position, fence) = value.split_first_chunk::<8>()?;
    let fence = u64::from_be_bytes(fence.try_into().ok()?);
    Some(LaneCheckpoint {
        position: Position::new(u64::from_be_bytes(*position)),
        fence: FencingToken(fence),
    })
}
