//! What is known of one edition from its own stream: all statements, and the values that count.
//!
//! Never knows anything of its title but the id.

use accession_events::RecordedEvent;
use accession_events::catalog::{EditionEvent, EditionFact};
use accession_events::ids::{EditionId, TitleId};
use accession_events::values::{
    AuthorityOrder, Isbn, LanguageTag, Ledger, ShortText, TitleName, WebUrl, Year,
};
use serde::{Deserialize, Serialize};

use super::{asserter, effective_facts, restore};
use crate::model::FoldError;
use crate::moment::Moment;

/// An edition as its stream tells it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct KnownEdition {
    pub(crate) title_id: TitleId,
    pub(crate) ledger: Ledger<EditionFact>,
    pub(crate) withdrawn: bool,
    /// The last sequence of the edition's stream.
    pub(crate) version: u64,
    pub(crate) added: Moment,
    /// The edition that stands for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) merged_into: Option<EditionId>,
}

/// The values that count.
#[derive(Debug, Default)]
pub(crate) struct EditionValues {
    pub(crate) cover: Option<WebUrl>,
    pub(crate) format: Option<ShortText>,
    pub(crate) isbn: Option<Isbn>,
    pub(crate) language: Option<LanguageTag>,
    pub(crate) name: Option<TitleName>,
    pub(crate) page_count: Option<u32>,
    pub(crate) published_year: Option<Year>,
    pub(crate) publisher: Option<ShortText>,
    pub(crate) unverified_isbn: Option<ShortText>,
}

/// The title that an event names.
pub(crate) fn title_of(event: &EditionEvent) -> TitleId {
    match event {
        EditionEvent::EditionAdded { title_id, .. }
        | EditionEvent::EditionFactsAsserted { title_id, .. }
        | EditionEvent::EditionFactsWithdrawn { title_id, .. }
        | EditionEvent::EditionIsbnReleased { title_id, .. }
        | EditionEvent::EditionFieldLocked { title_id, .. }
        | EditionEvent::EditionFieldUnlocked { title_id, .. }
        | EditionEvent::EditionFieldsRestored { title_id, .. }
        | EditionEvent::EditionMoved { title_id, .. }
        | EditionEvent::EditionMergedInto { title_id, .. }
        | EditionEvent::EditionAbsorbed { title_id, .. }
        | EditionEvent::EditionRelinquished { title_id, .. }
        | EditionEvent::EditionSeparated { title_id, .. }
        | EditionEvent::EditionWithdrawn { title_id, .. }
        | EditionEvent::EditionReinstated { title_id } => *title_id,
    }
}

/// All titles whose pages an event changes.
pub(crate) fn titles_of(event: &EditionEvent) -> impl Iterator<Item = TitleId> {
    let from = match event {
        EditionEvent::EditionMoved { from, .. } => Some(*from),
        _ => None,
    };
    std::iter::once(title_of(event)).chain(from)
}

impl KnownEdition {
    /// What an `EditionMoved` brings to a title that has never heard of it; nothing for any other event.
    pub(crate) fn moved(event: &EditionEvent, recorded: &RecordedEvent) -> Option<Self> {
        let EditionEvent::EditionMoved {
            title_id, edition, ..
        } = event
        else {
            return None;
        };
        let mut ledger = Ledger::default();
        for (by, fact) in &edition.said {
            ledger.assert(&asserter(by), std::slice::from_ref(fact));
        }
        restore(&mut ledger, &edition.pinned);
        Some(Self {
            title_id: *title_id,
            ledger,
            withdrawn: edition.withdrawn,
            version: recorded.sequence,
            added: Moment::of(recorded),
            merged_into: edition.merged_into,
        })
    }

    /// What an `EditionAdded` tells; nothing for any other event.
    pub(crate) fn start(event: &EditionEvent, recorded: &RecordedEvent) -> Option<Self> {
        let EditionEvent::EditionAdded {
            title_id,
            provenance,
            facts,
        } = event
        else {
            return None;
        };
        let mut ledger = Ledger::default();
        ledger.assert(&asserter(provenance), facts);
        let added = Moment::of(recorded);
        Some(Self {
            title_id: *title_id,
            ledger,
            withdrawn: false,
            version: recorded.sequence,
            added,
            merged_into: None,
        })
    }

    /// Takes an event of the edition's stream in.
    pub(crate) fn take(
        known: &mut Option<Self>,
        event: &EditionEvent,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        match (&mut *known, Self::start(event, recorded)) {
            (None, Some(started)) => *known = Some(started),
            (Some(edition), None) => edition.change(event, recorded),
            (Some(_), Some(_)) => {
                return Err(FoldError::new(format!(
                    "edition {} was added twice",
                    recorded.stream.aggregate_id
                )));
            }
            (None, None) => {
                return Err(FoldError::new(format!(
                    "edition {} was never added",
                    recorded.stream.aggregate_id
                )));
            }
        }
        Ok(())
    }

    fn change(&mut self, event: &EditionEvent, recorded: &RecordedEvent) {
        match event {
            // `take` has dealt with the first; a released ISBN was withdrawn or replaced by the event before.
            EditionEvent::EditionAdded { .. } | EditionEvent::EditionIsbnReleased { .. } => {}
            EditionEvent::EditionFactsAsserted {
                provenance, facts, ..
            } => {
                self.ledger.assert(&asserter(provenance), facts);
            }
            EditionEvent::EditionFactsWithdrawn {
                provenance, fields, ..
            } => self.ledger.withdraw(provenance, fields),
            EditionEvent::EditionFieldLocked { field, .. } => self.ledger.lock(*field),
            EditionEvent::EditionFieldUnlocked { field, .. } => self.ledger.unlock(*field),
            EditionEvent::EditionFieldsRestored { fields, .. }
            | EditionEvent::EditionRelinquished { fields, .. } => {
                restore(&mut self.ledger, fields);
            }
            EditionEvent::EditionMoved { title_id, .. } => self.title_id = *title_id,
            EditionEvent::EditionMergedInto { edition_id, .. } => {
                self.merged_into = Some(*edition_id);
            }
            EditionEvent::EditionAbsorbed { taken, .. } => {
                for taken in taken {
                    let said = taken.said.iter();
                    let said: Vec<_> = said
                        .map(|(by, fact)| (asserter(by), fact.clone()))
                        .collect();
                    self.ledger.take_over(&said);
                }
            }
            EditionEvent::EditionSeparated { fields, .. } => {
                self.merged_into = None;
                restore(&mut self.ledger, fields);
            }
            EditionEvent::EditionWithdrawn { .. } => self.withdrawn = true,
            EditionEvent::EditionReinstated { .. } => self.withdrawn = false,
        }
        self.version = self.version.max(recorded.sequence);
    }

    /// Whether readers see it: no curator took it away, and it stands for itself.
    pub(crate) const fn shown(&self) -> bool {
        !self.withdrawn && self.merged_into.is_none()
    }

    /// The values that count.
    pub(crate) fn values(&self, order: AuthorityOrder) -> EditionValues {
        let mut values = EditionValues::default();
        for fact in effective_facts(&self.ledger, order) {
            values.set(fact);
        }
        values
    }
}

impl EditionValues {
    fn set(&mut self, fact: &EditionFact) {
        match fact {
            EditionFact::Cover(url) => self.cover = Some(url.clone()),
            EditionFact::Format(text) => self.format = Some(text.clone()),
            EditionFact::Isbn(isbn) => self.isbn = Some(*isbn),
            EditionFact::Language(tag) => self.language = Some(*tag),
            EditionFact::Name(name) => self.name = Some(name.clone()),
            EditionFact::PageCount(count) => self.page_count = Some(*count),
            EditionFact::PublishedYear(year) => self.published_year = Some(*year),
            EditionFact::Publisher(text) => self.publisher = Some(text.clone()),
            EditionFact::UnverifiedIsbn(text) => self.unverified_isbn = Some(text.clone()),
        }
    }
}
