//! Reading documents, states and indexes.
//! Never asks more than one round trip of a lane.

use std::collections::BTreeMap;
use std::ops::Bound;

use bytes::Bytes;
use futures_util::future::try_join_all;
use redis::cmd;

use super::layout::Layout;
use super::link::Link;
use crate::lane::lane_of;
use crate::range;
use crate::store::{Document, IndexRange, ListedEntry, ModelRef, ReadStoreError};
use crate::stored;

pub(super) async fn document(
    link: &Link,
    layout: &Layout,
    model: &ModelRef,
    key: &str,
) -> Result<Option<Document>, ReadStoreError> {
    let documents = layout.documents(model, lane_of(key, layout.lanes));
    let found: Option<Vec<u8>> = link.read(cmd("HGET").arg(documents).arg(key)).await?;
    found
        .map(|value| stored::decode(key, &value.into()))
        .transpose()
}

pub(super) async fn documents(
    link: &Link,
    layout: &Layout,
    model: &ModelRef,
    keys: &[String],
) -> Result<Vec<Option<Document>>, ReadStoreError> {
    let mut lanes: BTreeMap<u16, Vec<(usize, &String)>> = BTreeMap::new();
    for (place, key) in keys.iter().enumerate() {
        lanes
            .entry(lane_of(key, layout.lanes))
            .or_default()
            .push((place, key));
    }
    let asked = lanes.into_iter().map(|(lane, wanted)| async move {
        let hash = layout.documents(model, lane);
        let found = many(link, &hash, wanted.iter().map(|(_, key)| *key)).await?;
        Ok::<_, ReadStoreError>(wanted.into_iter().zip(found).collect::<Vec<_>>())
    });
    let mut documents = vec![None; keys.len()];
    for ((place, key), found) in try_join_all(asked).await?.into_iter().flatten() {
        if let (Some(slot), Some(value)) = (documents.get_mut(place), found) {
            *slot = Some(stored::decode(key, &value)?);
        }
    }
    Ok(documents)
}

pub(super) async fn states(
    link: &Link,
    layout: &Layout,
    model: &ModelRef,
    lane: u16,
    keys: &[String],
) -> Result<Vec<Option<Bytes>>, ReadStoreError> {
    many(link, &layout.states(model, lane), keys.iter()).await
}

pub(super) async fn scan(
    link: &Link,
    layout: &Layout,
    model: &ModelRef,
    range: &IndexRange,
) -> Result<Vec<ListedEntry>, ReadStoreError> {
    if layout.lanes == 1 {
        let members = members(link, &layout.index(model, 0, &range.index), range).await?;
        return members.iter().map(|member| range::entry(member)).collect();
    }
    // Any of the first entries may lie in any lane, those that are skipped too.
    let whole = IndexRange {
        skip: 0,
        limit: range.skip.saturating_add(range.limit),
        ..range.clone()
    };
    let lanes = (0..layout.lanes).map(|lane| {
        let (key, whole) = (layout.index(model, lane, &range.index), &whole);
        async move { members(link, &key, whole).await }
    });
    let mut merged: Vec<Vec<u8>> = try_join_all(lanes).await?.into_iter().flatten().collect();
    merged.sort_unstable();
    if range.descending {
        merged.reverse();
    }
    merged
        .iter()
        .skip(range.skip)
        .take(range.limit)
        .map(|member| range::entry(member))
        .collect()
}

/// How many entries of an index have a sort below this; counted by Redis, in each lane in logarithmic time.
pub(super) async fn count_below(
    link: &Link,
    layout: &Layout,
    model: &ModelRef,
    index: &str,
    below: &str,
) -> Result<u64, ReadStoreError> {
    let upper = limit(Bound::Excluded(below.as_bytes().to_vec()), b"+");
    let lanes = (0..layout.lanes).map(|lane| {
        let (key, upper) = (layout.index(model, lane, index), &upper);
        async move {
            let counted: u64 = link
                .read(cmd("ZLEXCOUNT").arg(key).arg(b"-").arg(upper))
                .await?;
            Ok::<_, ReadStoreError>(counted)
        }
    });
    Ok(try_join_all(lanes).await?.into_iter().sum())
}

async fn many(
    link: &Link,
    hash: &str,
    keys: impl ExactSizeIterator<Item = &String>,
) -> Result<Vec<Option<Bytes>>, ReadStoreError> {
    if keys.len() == 0 {
        return Ok(Vec::new());
    }
    let mut command = cmd("HMGET");
    command.arg(hash);
    for key in keys {
        command.arg(key);
    }
    let found: Vec<Option<Vec<u8>>> = link.read(&command).await?;
    Ok(found
        .into_iter()
        .map(|value| value.map(Bytes::from))
        .collect())
}

/// The members of one lane's part of an index.
async fn members(
    link: &Link,
    key: &str,
    range: &IndexRange,
) -> Result<Vec<Vec<u8>>, ReadStoreError> {
    let Some((lower, upper)) = range::bounds(range) else {
        return Ok(Vec::new());
    };
    let (lower, upper) = (limit(lower, b"-"), limit(upper, b"+"));
    let mut command = cmd("ZRANGE");
    command.arg(key);
    if range.descending {
        command.arg(upper).arg(lower).arg("BYLEX").arg("REV");
    } else {
        command.arg(lower).arg(upper).arg("BYLEX");
    }
    let count = i64::try_from(range.limit).unwrap_or(i64::MAX);
    let skip = i64::try_from(range.skip).unwrap_or(i64::MAX);
    link.read(command.arg("LIMIT").arg(skip).arg(count)).await
}

/// A bound as Redis writes it.
fn limit(bound: Bound<Vec<u8>>, unbounded: &[u8]) -> Vec<u8> {
    match bound {
        Bound::Included(member) => [b"[", member.as_slice()].concat(),
        Bound::Excluded(member) => [b"(", member.as_slice()].concat(),
        Bound::Unbounded => unbounded.to_vec(),
    }
}
