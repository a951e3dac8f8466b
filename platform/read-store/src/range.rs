//! The one order of index entries, for both stores: `sort`, a zero byte, `key`, compared bytewise.
//! Never touches a store; it only says where a range begins and ends.

use std::ops::Bound;

use crate::store::{IndexRange, ListedEntry, ReadStoreError};
use crate::validity::{LONGEST_KEY, LONGEST_NAME, LONGEST_SORT};

/// An index entry as one sortable byte string.
pub(crate) fn member(sort: &str, key: &str) -> Vec<u8> {
    let mut member = Vec::with_capacity(sort.len() + 1 + key.len());
    write_member(sort, key, &mut member);
    member
}

/// The same behind what a buffer holds already.
pub(crate) fn write_member(sort: &str, key: &str, into: &mut Vec<u8>) {
    into.extend_from_slice(sort.as_bytes());
    into.push(0);
    into.extend_from_slice(key.as_bytes());
}

/// Takes a member apart again.
pub(crate) fn entry(member: &[u8]) -> Result<ListedEntry, ReadStoreError> {
    let text = std::str::from_utf8(member)
        .ok()
        .and_then(|text| text.split_once('\0'));
    let Some((sort, key)) = text else {
        let reason = format!(
            "index entry {:?} is not sort, zero byte, key",
            String::from_utf8_lossy(member)
        );
        return Err(ReadStoreError::Corrupt { reason });
    };
    Ok(ListedEntry {
        sort: sort.to_owned(),
        key: key.to_owned(),
    })
}

/// From which member to which.
pub(crate) type Bounds = (Bound<Vec<u8>>, Bound<Vec<u8>>);

/// The lowest and highest member of a range; none when the range is empty by construction.
pub(crate) fn bounds(range: &IndexRange) -> Option<Bounds> {
    let prefix = range.prefix.as_bytes();
    if range.index.len() > LONGEST_NAME || prefix.len() > LONGEST_SORT {
        return None;
    }
    let mut lower = Bound::Included(prefix.to_vec());
    let mut upper = after_all_with(prefix).map_or(Bound::Unbounded, Bound::Excluded);
    if let Some((sort, key)) = &range.after {
        let mut after = member(sort, key);
        // A cursor comes from outside and may be of any length; cut where it is longer than every stored member,
        // it still lies between the same two.
        after.truncate(LONGEST_SORT + LONGEST_KEY + 2);
        if range.descending {
            if value(&upper).is_none_or(|end| after.as_slice() < end) {
                upper = Bound::Excluded(after);
            }
        } else if after.as_slice() >= prefix {
            lower = Bound::Excluded(after);
        }
    }
    let is_empty = match (value(&lower), value(&upper)) {
        (Some(low), Some(high)) => low >= high,
        _ => false,
    };
    (!is_empty && range.limit > 0).then_some((lower, upper))
}

fn value(bound: &Bound<Vec<u8>>) -> Option<&[u8]> {
    match bound {
        Bound::Included(bytes) | Bound::Excluded(bytes) => Some(bytes),
        Bound::Unbounded => None,
    }
}

/// The first byte string behind all that start with `prefix`; none when there is no end.
fn after_all_with(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            return Some(end);
        }
    }
    None
}
