//! The passes after the first, over the shares of streams and ids that did not fit into it, and the search for an id
//! that occurs twice.
//!
//! Nothing is hashed against the tree here: the first pass has done that.

use std::sync::Arc;

use accession_event_log::LogError;
use futures_util::stream::{self, StreamExt as _};

use super::page::{PAGE, Page};
use super::{AHEAD, Verifier};
use crate::audit::{Digested, Finding, Ledger};

impl Verifier {
    pub(super) async fn later_pass(
        &mut self,
        head: u64,
        mut ledger: Ledger,
        progress: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<(), LogError> {
        let store = Arc::clone(&self.store);
        let mut pages = stream::iter((0..head).step_by(PAGE))
            .map(|after| Page::read(Arc::clone(&store), after, head, 0))
            .buffered(AHEAD);
        let mut at = 0;
        while let Some(page) = pages.next().await {
            for digested in page?.blocks.iter().flat_map(|block| &block.events) {
                at += 1;
                if let Err(finding) = ledger.note(digested, at) {
                    self.report.findings.push(finding);
                    return Ok(());
                }
            }
            progress(at);
        }
        self.ids(ledger).await
    }

    /// Names the positions of an id that occurs twice.
    pub(super) async fn ids(&mut self, ledger: Ledger) -> Result<(), LogError> {
        let Some(id) = ledger.repeated_id() else {
            return Ok(());
        };
        let mut places = Vec::new();
        let mut after = 0;
        loop {
            let page = self.store.read_stored(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = u64::try_from(last.position).unwrap_or(u64::MAX);
            for event in page {
                let digested = Digested::of(event);
                if digested.has_id(id) {
                    places.push(digested.event.position.to_string());
                }
            }
        }
        self.report.findings.push(Finding::about(format!(
            "one event id stands at the positions {}",
            places.join(" and ")
        )));
        Ok(())
    }
}
