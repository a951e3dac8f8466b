//! Comparing the documents of two generations where they lie: both are in the order of their keys, so one pass through
//! both is enough.
//! Never copies a document, and never holds more than one of each.

use std::cmp::Ordering;
use std::ops::Bound;

use fjall::{Guard, UserValue};

use super::failure::{in_use, unreadable};
use super::keys;
use super::record::{self, Shown};
use super::tables::Tables;
use super::walking::upper_end;
use crate::store::{DifferingPage, ModelRef, ReadStoreError};

pub(super) fn differing(
    tables: &Tables,
    one: &ModelRef,
    other: &ModelRef,
    after: Option<&str>,
    limit: usize,
) -> Result<DifferingPage, ReadStoreError> {
    let mut one = Records::of(tables, one, after)?;
    let mut other = Records::of(tables, other, after)?;
    let mut page = DifferingPage::default();
    for _ in 0..limit.max(1) {
        let (ours, theirs) = match (&one.next, &other.next) {
            (None, None) => return Ok(DifferingPage { next: None, ..page }),
            (Some(_), None) => (one.take()?, None),
            (None, Some(_)) => (None, other.take()?),
            (Some(ours), Some(theirs)) => match ours.key.cmp(&theirs.key) {
                Ordering::Less => (one.take()?, None),
                Ordering::Greater => (None, other.take()?),
                Ordering::Equal => (one.take()?, other.take()?),
            },
        };
        let (here, there) = (shown(ours.as_ref())?, shown(theirs.as_ref())?);
        page.compared += u64::from(here.is_some());
        let differs = here != there;
        let key = ours.or(theirs).map(|record| record.key);
        page.keys.extend(key.clone().filter(|_| differs));
        page.next = key;
    }
    Ok(page)
}

fn shown(record: Option<&Record>) -> Result<Option<Shown<'_>>, ReadStoreError> {
    record.map_or(Ok(None), |record| record::shown(&record.key, &record.value))
}

struct Record {
    key: String,
    value: UserValue,
}

/// The records of a generation in order, the next one at hand.
struct Records<'a> {
    rest: Box<dyn Iterator<Item = Guard> + 'a>,
    next: Option<Record>,
    model: &'a ModelRef,
    /// Bytes of a stored key before the document's own.
    prefix: usize,
}

impl<'a> Records<'a> {
    fn of(
        tables: &Tables,
        model: &'a ModelRef,
        after: Option<&str>,
    ) -> Result<Self, ReadStoreError> {
        let prefix = keys::generation(model);
        let from = match after {
            Some(key) => Bound::Excluded(keys::document(model, key)),
            None => Bound::Included(prefix.clone()),
        };
        let found = tables
            .records
            .range::<Vec<u8>, _>((from, upper_end(&prefix)));
        let mut records = Self {
            rest: Box::new(found),
            next: None,
            model,
            prefix: prefix.len(),
        };
        records.take()?;
        Ok(records)
    }

    /// The record at hand; the one behind it is at hand then.
    fn take(&mut self) -> Result<Option<Record>, ReadStoreError> {
        let next = match self.rest.next() {
            Some(guard) => Some(self.read(guard)?),
            None => None,
        };
        Ok(std::mem::replace(&mut self.next, next))
    }

    fn read(&self, guard: Guard) -> Result<Record, ReadStoreError> {
        let (key, value) = guard.into_inner().map_err(in_use)?;
        let key = key
            .get(self.prefix..)
            .and_then(|key| std::str::from_utf8(key).ok());
        let key =
            key.ok_or_else(|| unreadable(&format!("the key of a document of {}", self.model)))?;
        Ok(Record {
            key: key.to_owned(),
            value,
        })
    }
}
