//! Walking through all that a generation has, a page at a time.
//! Never holds a snapshot from one page to the next: a walk sees what is there when it comes by.

use std::ops::Bound;

use super::failure::{in_use, unreadable};
use super::tables::Tables;
use super::{keys, record};
use crate::lane::lane_of;
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

pub(super) fn indexes(tables: &Tables, model: &ModelRef) -> Result<Vec<String>, ReadStoreError> {
    let prefix = keys::generation(model);
    let end = upper_end(&prefix);
    let mut from = Bound::Included(prefix.clone());
    let mut names: Vec<String> = Vec::new();
    loop {
        let next = tables.index.range::<Vec<u8>, _>((from, end.clone())).next();
        let Some(guard) = next else {
            return Ok(names);
        };
        let key = guard.key().map_err(in_use)?;
        let name = key.get(prefix.len()..).and_then(|rest| {
            let end = rest.iter().position(|byte| *byte == 0)?;
            std::str::from_utf8(rest.get(..end)?).ok()
        });
        let name = name.ok_or_else(|| unreadable(&format!("an index of {model}")))?;
        // Behind the last entry of this index comes its name with a byte of 1 where the entries have 0.
        let mut past = keys::index(model, name);
        if let Some(last) = past.last_mut() {
            *last = 1;
        }
        from = Bound::Included(past);
        names.push(name.to_owned());
    }
}

/// Right behind all keys of a generation: they begin with its number, big-endian.
fn upper_end(prefix: &[u8]) -> Bound<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            return Bound::Excluded(end);
        }
    }
    Bound::Unbounded
}
