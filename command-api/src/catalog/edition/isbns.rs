//! The ISBNs that an edition keeps from other editions, and when it lets them go.
//!
//! Never whether an ISBN is free elsewhere: the log's claims know.

use accession_events::catalog::{EditionEvent, EditionFact, EditionField};
use accession_events::values::Isbn;

use super::KnownEdition;

impl KnownEdition {
    /// These events, and behind them the release of every ISBN that nobody says any longer. A locked ISBN is kept
    /// until it is unlocked, because it may be what readers see.
    pub(super) fn releasing(&self, mut events: Vec<EditionEvent>) -> Vec<EditionEvent> {
        let mut after = self.clone();
        for event in &events {
            after.apply(event.clone());
        }
        if !after.ledger.is_locked(EditionField::Isbn) {
            let said = after.ledger.said(EditionField::Isbn);
            let is_said = |isbn: &Isbn| {
                let came = self.taken.iter().any(|taken| taken.isbns.contains(isbn));
                let mut said = said.iter();
                came || said.any(|said| *said.fact() == EditionFact::Isbn(*isbn))
            };
            let title_id = after.title_id;
            let free = after.isbns.iter().filter(|isbn| !is_said(isbn));
            events.extend(free.map(|isbn| EditionEvent::EditionIsbnReleased {
                title_id,
                isbn: *isbn,
            }));
        }
        events
    }

    pub(super) fn keep_isbn(&mut self, fact: &EditionFact) {
        if let EditionFact::Isbn(isbn) = fact
            && !self.isbns.contains(isbn)
        {
            self.isbns.push(*isbn);
        }
    }
}
