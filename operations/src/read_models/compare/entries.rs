//! Comparing the index entries of two sides: both are in the same order, so one pass through both is enough, however
//! many indexes they are in.
//!
//! It never holds more than a page of each.

use std::cmp::Ordering;
use std::collections::VecDeque;

use accession_read_store::{IndexEntry, IndexRange, ReadStoreError};

use super::sides::{Found, Sides, Suspect};
use super::{Side, Suspects};

/// Entries on a page.
const PAGE: usize = 2000;

impl Sides<'_> {
    /// Goes through the entries of both sides and notes what differs. Returns how many were compared.
    pub(super) async fn entries(&self, suspects: &mut Suspects) -> Result<u64, ReadStoreError> {
        let mut live = Entries::of(self.live);
        let mut other = Entries::of(self.other);
        let mut compared = 0;
        loop {
            let order = match (live.peek().await?, other.peek().await?) {
                (None, None) => return Ok(compared),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(live), Some(other)) => live.cmp(other),
            };
            compared += 1;
            let (here, there) = (order.is_le(), order.is_ge());
            let ours = if here { live.next() } else { None };
            let theirs = if there { other.next() } else { None };
            if order.is_ne()
                && let Some(IndexEntry { index, sort, key }) = ours.or(theirs)
            {
                let said = |is_there: bool| is_there.then(|| THERE.to_owned());
                let (live, other) = (said(here), said(there));
                suspects.note(Suspect::Entry { index, sort, key }, Found { live, other });
            }
        }
    }
}

/// What a side says of an entry that it has.
pub(super) const THERE: &str = "there";

/// Whether one entry is there.
pub(super) async fn is_there(
    side: Side<'_>,
    index: &str,
    sort: &str,
    key: &str,
) -> Result<bool, ReadStoreError> {
    // Entries of one sort are few; the one that is asked for comes right behind those of lower keys.
    let mut range = IndexRange {
        index: index.to_owned(),
        prefix: sort.to_owned(),
        after: None,
        descending: false,
        skip: 0,
        limit: PAGE,
    };
    loop {
        let page = side.store.scan(side.model, &range).await?;
        if page
            .iter()
            .any(|entry| entry.sort == sort && entry.key == key)
        {
            return Ok(true);
        }
        match page.last() {
            Some(last) if page.len() == PAGE && last.sort == sort => {
                range.after = Some((last.sort.clone(), last.key.clone()));
            }
            _ => return Ok(false),
        }
    }
}

/// The entries of one side, in order.
struct Entries<'a> {
    side: Side<'a>,
    page: VecDeque<IndexEntry>,
    /// The last one that was asked for.
    last: Option<IndexEntry>,
    ended: bool,
}

impl<'a> Entries<'a> {
    fn of(side: Side<'a>) -> Self {
        Self {
            side,
            page: VecDeque::new(),
            last: None,
            ended: false,
        }
    }

    async fn peek(&mut self) -> Result<Option<&IndexEntry>, ReadStoreError> {
        if self.page.is_empty() && !self.ended {
            let Side { store, model, .. } = self.side;
            let page = store.entries(model, self.last.as_ref(), PAGE).await?;
            self.ended = page.is_empty();
            self.last = page.last().cloned().or_else(|| self.last.take());
            self.page = page.into();
        }
        Ok(self.page.front())
    }

    fn next(&mut self) -> Option<IndexEntry> {
        self.page.pop_front()
    }
}
