//! Comparing the documents of two sides: where they lie when one store holds both, else by walking through both.
//!
//! It never holds more than a page, and makes digests only of what differs.

use accession_read_store::{Document, ReadStoreError};

use super::sides::{Found, Sides, Suspect};
use super::{Side, Suspects, digest};

/// Documents on a page.
const PAGE: usize = 500;

impl Sides<'_> {
    /// Goes through the documents of both sides and notes what differs. Returns how many of the live side were compared.
    pub(super) async fn documents(&self, suspects: &mut Suspects) -> Result<u64, ReadStoreError> {
        if std::ptr::addr_eq(self.live.store, self.other.store) {
            return self.where_they_lie(suspects).await;
        }
        let compared = self.walk(self.live, self.other, false, suspects).await?;
        // What both have was compared already; here those come to light that only the other side has.
        self.walk(self.other, self.live, true, suspects).await?;
        Ok(compared)
    }

    async fn where_they_lie(&self, suspects: &mut Suspects) -> Result<u64, ReadStoreError> {
        let store = self.live.store;
        let (mut compared, mut after) = (0, None);
        loop {
            let page = store
                .differing(self.live.model, self.other.model, after.as_deref(), PAGE)
                .await?;
            compared += page.compared;
            if !page.keys.is_empty() {
                let live = store.documents(self.live.model, &page.keys).await?;
                let other = store.documents(self.other.model, &page.keys).await?;
                for (key, (live, other)) in page.keys.into_iter().zip(live.iter().zip(&other)) {
                    note(key, live.as_ref(), other.as_ref(), suspects);
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(compared);
            }
        }
    }

    async fn walk(
        &self,
        one: Side<'_>,
        against: Side<'_>,
        turned: bool,
        suspects: &mut Suspects,
    ) -> Result<u64, ReadStoreError> {
        let mut compared = 0;
        for lane in 0..one.lanes {
            let mut after = None;
            loop {
                let page = one
                    .store
                    .walk(one.model, lane, after.as_deref(), PAGE)
                    .await?;
                let keys: Vec<String> = page.documents.iter().map(|(key, _)| key.clone()).collect();
                let others = against.store.documents(against.model, &keys).await?;
                compared += keys.len() as u64;
                for ((key, document), other) in page.documents.into_iter().zip(others) {
                    match (turned, &other) {
                        (false, _) => note(key, Some(&document), other.as_ref(), suspects),
                        (true, None) => note(key, None, Some(&document), suspects),
                        (true, Some(_)) => {}
                    }
                }
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(compared)
    }
}

fn note(key: String, live: Option<&Document>, other: Option<&Document>, suspects: &mut Suspects) {
    let shown = |document: &'_ Document| (document.hidden, document.body.clone());
    if live.map(shown) != other.map(shown) {
        let (live, other) = (live.map(digest), other.map(digest));
        suspects.note(Suspect::Document { key }, Found { live, other });
    }
}
