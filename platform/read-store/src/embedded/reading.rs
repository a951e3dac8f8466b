//! Reading documents, states and indexes, each call from one state of the store.
//! Never waits for a writer.

use std::ops::Bound;

use bytes::Bytes;
use fjall::{Guard, Keyspace, Readable, Snapshot, UserValue};

use super::failure::in_use;
use super::tables::Tables;
use super::{keys, record};
use crate::range;
use crate::store::{Document, IndexRange, ListedEntry, ModelRef, ReadStoreError};
use crate::validity::{LONGEST_KEY, LONGEST_NAME, LONGEST_SORT};

pub(super) fn document(
    tables: &Tables,
    model: &ModelRef,
    key: &str,
) -> Result<Option<Document>, ReadStoreError> {
    if key.len() > LONGEST_KEY {
        return Ok(None); // Keys come from outside, and the engine panics over very long ones.
    }
    // A single key needs no snapshot: its newest value is what readers want.
    let found = tables
        .records
        .get(keys::document(model, key))
        .map_err(in_use)?;
    found.map_or(Ok(None), |found| record::document(key, &found))
}

pub(super) fn documents(
    tables: &Tables,
    model: &ModelRef,
    keys: &[String],
) -> Result<Vec<Option<Document>>, ReadStoreError> {
    let now = tables.db.snapshot();
    keys.iter()
        .map(|key| {
            let found = point(&now, &tables.records, model, key)?;
            found.map_or(Ok(None), |found| record::document(key, &found))
        })
        .collect()
}

pub(super) fn states(
    tables: &Tables,
    model: &ModelRef,
    keys: &[String],
) -> Result<Vec<Option<Bytes>>, ReadStoreError> {
    let now = tables.db.snapshot();
    keys.iter()
        .map(|key| {
            let found = point(&now, &tables.records, model, key)?;
            let state = found.map(|found| record::state(key, &found)).transpose()?;
            Ok(state.filter(|state| !state.is_empty()))
        })
        .collect()
}

pub(super) fn scan(
    tables: &Tables,
    model: &ModelRef,
    range: &IndexRange,
) -> Result<Vec<ListedEntry>, ReadStoreError> {
    let Some((lower, upper)) = range::bounds(range) else {
        return Ok(Vec::new());
    };
    let prefix = keys::index(model, &range.index);
    // Behind the last entry of this index comes its name with a byte of 1 where the entries have 0.
    let mut end = prefix.clone();
    if let Some(last) = end.last_mut() {
        *last = 1;
    }
    let below = |bound: Bound<Vec<u8>>| bound.map(|member| [prefix.as_slice(), &member].concat());
    let upper = match below(upper) {
        Bound::Unbounded => Bound::Excluded(end),
        bounded => bounded,
    };
    let found = tables
        .db
        .snapshot()
        .range::<Vec<u8>, _>(&tables.index, (below(lower), upper));
    let listed = |guard: Guard| {
        let key = guard.key().map_err(in_use)?;
        range::entry(key.get(prefix.len()..).unwrap_or_default())
    };
    if range.descending {
        found
            .rev()
            .skip(range.skip)
            .take(range.limit)
            .map(listed)
            .collect()
    } else {
        found
            .skip(range.skip)
            .take(range.limit)
            .map(listed)
            .collect()
    }
}

/// How many entries of an index have a sort below this.
pub(super) fn count_below(
    tables: &Tables,
    model: &ModelRef,
    index: &str,
    below: &str,
) -> Result<u64, ReadStoreError> {
    if index.len() > LONGEST_NAME || below.len() > LONGEST_SORT {
        return Ok(0);
    }
    let start = keys::index(model, index);
    let end = [start.as_slice(), below.as_bytes()].concat();
    let mut found = tables
        .db
        .snapshot()
        .range::<Vec<u8>, _>(&tables.index, start..end);
    found.try_fold(0, |count, guard| {
        guard.key().map_err(in_use)?;
        Ok(count + 1)
    })
}

fn point(
    now: &Snapshot,
    table: &Keyspace,
    model: &ModelRef,
    key: &str,
) -> Result<Option<UserValue>, ReadStoreError> {
    if key.len() > LONGEST_KEY {
        return Ok(None);
    }
    now.get(table, keys::document(model, key)).map_err(in_use)
}
