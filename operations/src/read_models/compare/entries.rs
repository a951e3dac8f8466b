//! Comparing the indexes of two sides: both are in the same order, so one pass through both is enough.
//!
//! It never holds more than a page of each.

use std::cmp::Ordering;
use std::collections::{BTreeSet, VecDeque};

use accession_read_store::{IndexRange, ListedEntry, ReadStoreError};

use super::sides::{Found, Sides, Suspect};
use super::{Side, Suspects};

/// Entries on a page.
const PAGE: usize = 1000;

impl Sides<'_> {
    /// Goes through the indexes of both sides and notes what differs. Returns how many entries were compared.
    pub(super) async fn entries(&self, suspects: &mut Suspects) -> Result<u64, ReadStoreError> {
        let mut names: BTreeSet<String> = BTreeSet::new();
        for side in [self.live, self.other] {
            names.extend(side.store.indexes(side.model).await?);
        }
        let mut compared = 0;
        for name in names {
            compared += self.index(&name, suspects).await?;
        }
        Ok(compared)
    }

    async fn index(&self, name: &str, suspects: &mut Suspects) -> Result<u64, ReadStoreError> {
        let mut live = Entries::of(self.live, name);
        let mut other = Entries::of(self.other, name);
        let mut compared = 0;
        loop {
            let order = match (live.peek().await?, other.peek().await?) {
                (None, None) => return Ok(compared),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(live), Some(other)) => place(live).cmp(&place(other)),
            };
            compared += 1;
            let there = || Some("there".to_owned());
            let (only, found) = match order {
                Ordering::Equal => {
                    live.next();
                    other.next();
                    continue;
                }
                Ordering::Less => (
                    live.next(),
                    Found {
                        live: there(),
                        other: None,
                    },
                ),
                Ordering::Greater => (
                    other.next(),
                    Found {
                        live: None,
                        other: there(),
                    },
                ),
            };
            if let Some(ListedEntry { sort, key }) = only {
                let index = name.to_owned();
                suspects.note(Suspect::Entry { index, sort, key }, found);
            }
        }
    }
}

/// The order of entries: sort, a zero byte, key, compared bytewise.
fn place(entry: &ListedEntry) -> (&[u8], &[u8]) {
    (entry.sort.as_bytes(), entry.key.as_bytes())
}

/// Whether one entry is there.
pub(super) async fn is_there(
    side: Side<'_>,
    index: &str,
    sort: &str,
    key: &str,
) -> Result<bool, ReadStoreError> {
    let mut entries = Entries::of(side, index);
    entries.range.prefix = sort.to_owned();
    while let Some(entry) = entries.peek().await? {
        if entry.sort == sort && entry.key == key {
            return Ok(true);
        }
        if entry.sort != sort {
            return Ok(false);
        }
        entries.next();
    }
    Ok(false)
}

/// The entries of one index of one side, in order.
struct Entries<'a> {
    side: Side<'a>,
    range: IndexRange,
    page: VecDeque<ListedEntry>,
    ended: bool,
}

impl<'a> Entries<'a> {
    fn of(side: Side<'a>, index: &str) -> Self {
        Self {
            side,
            range: IndexRange {
                index: index.to_owned(),
                prefix: String::new(),
                after: None,
                descending: false,
                skip: 0,
                limit: PAGE,
            },
            page: VecDeque::new(),
            ended: false,
        }
    }

    async fn peek(&mut self) -> Result<Option<&ListedEntry>, ReadStoreError> {
        if self.page.is_empty() && !self.ended {
            let page = self.side.store.scan(self.side.model, &self.range).await?;
            self.ended = page.len() < PAGE;
            if let Some(last) = page.last() {
                self.range.after = Some((last.sort.clone(), last.key.clone()));
            }
            self.page = page.into();
        }
        Ok(self.page.front())
    }

    fn next(&mut self) -> Option<ListedEntry> {
        self.page.pop_front()
    }
}
