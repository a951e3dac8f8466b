//! Walking through all that a generation has, a page at a time.
//! Never holds a snapshot from one page to the next: a walk sees what is there when it comes by.

use std::ops::Bound;

use super::failure::{in_use, unreadable};
use super::tables::Tables;
use super::{keys, record};
use crate::commit::IndexEntry;
use crate::lane::lane_of;
use crate::range::{self, write_member};
use crate::store::{DocumentPage, ModelRef, ReadStoreError};

pub(super) fn documents(
    tables: &Tables,
    model: &ModelRef,
    lane: u16,
    after: Option<&str>,
    limit: usize,
) -> Result<DocumentPage, ReadStoreError> {
    let prefix = keys::generation(model);
    let from = match after {
        Some(key) => Bound::Excluded(keys::document(model, key)),
        None => Bound::Included(prefix.clone()),
    };
    let found = tables
        .records
        .range::<Vec<u8>, _>((from, upper_end(&prefix)));
    let mut page = DocumentPage::default();
    let mut seen = 0;
    for guard in found.take(limit.max(1)) {
        let (key, value) = guard.into_inner().map_err(in_use)?;
        let key = key
            .get(prefix.len()..)
            .and_then(|key| std::str::from_utf8(key).ok());
        let key = key.ok_or_else(|| unreadable(&format!("the key of a document of {model}")))?;
        seen += 1;
        page.next = Some(key.to_owned());
        if lane_of(key, tables.lanes) == lane {
            let document = record::document(key, &value)?;
            page.documents
                .extend(document.map(|document| (key.to_owned(), document)));
        }
    }
    if seen < limit.max(1) {
        page.next = None;
    }
    Ok(page)
}

/// Entries lie in the order of index, sort and key: one range over all that the generation has.
pub(super) fn entries(
    tables: &Tables,
    model: &ModelRef,
    after: Option<&IndexEntry>,
    limit: usize,
) -> Result<Vec<IndexEntry>, ReadStoreError> {
    let prefix = keys::generation(model);
    let from = match after {
        Some(after) => {
            let mut key = keys::index(model, &after.index);
            write_member(&after.sort, &after.key, &mut key);
            Bound::Excluded(key)
        }
        None => Bound::Included(prefix.clone()),
    };
    let found = tables.index.range::<Vec<u8>, _>((from, upper_end(&prefix)));
    let entry = |guard: fjall::Guard| {
        let key = guard.key().map_err(in_use)?;
        let rest = key.get(prefix.len()..).unwrap_or_default();
        index_entry(rest).ok_or_else(|| unreadable(&format!("an index of {model}")))?
    };
    found.take(limit.max(1)).map(entry).collect()
}

/// Takes `index`, zero byte, member apart.
fn index_entry(rest: &[u8]) -> Option<Result<IndexEntry, ReadStoreError>> {
    let end = rest.iter().position(|byte| *byte == 0)?;
    let index = std::str::from_utf8(rest.get(..end)?).ok()?;
    let listed = range::entry(rest.get(end + 1..)?);
    Some(listed.map(|listed| IndexEntry {
        index: index.to_owned(),
        sort: listed.sort,
        key: listed.key,
    }))
}

/// Right behind all keys of a generation: they begin with its number, big-endian.
pub(super) fn upper_end(prefix: &[u8]) -> Bound<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            return Bound::Excluded(end);
        }
    }
    Bound::Unbounded
}
