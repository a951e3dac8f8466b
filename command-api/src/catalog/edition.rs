//! The edition aggregate: one bibliographic record under a title.
//!
//! It never checks whether an ISBN is free elsewhere: the log's claims do, in the append's own transaction.

pub mod add_edition;
pub mod assert_facts;
#[cfg(test)]
mod examples;
pub mod import_record;
mod isbns;
pub mod lock_field;
pub mod merging;
pub mod put_under;
pub mod reinstate;
pub mod undo;
pub mod unlock_field;
pub mod withdraw;

use accession_event_log::Decider;
use accession_events::LoggedEvent;
use accession_events::catalog::{EditionEvent, EditionFact, EditionField, TakenEdition};
use accession_events::ids::{EditionId, TitleId};
use accession_events::values::{FieldStatements, Isbn, Ledger, Provenance};
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use crate::catalog::statement::Records;
use crate::catalog::undo::UndoError;

/// An edition: nothing is known of it, or it stands in the catalog.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum Edition {
    /// There is no such edition.
    #[default]
    Absent,
    /// It is in the catalog.
    Known(KnownEdition),
}

/// An edition that stands in the catalog.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KnownEdition {
    /// The title it is an edition of.
    pub title_id: TitleId,
    /// Whether readers no longer see it.
    pub withdrawn: bool,
    /// Who says what.
    pub ledger: Ledger<EditionFact>,
    /// Which source records describe it.
    pub records: Records,
    /// The ISBNs that it keeps from other editions.
    pub isbns: Vec<Isbn>,
    /// The edition that stands for it, while it is merged.
    pub merged_into: Option<EditionId>,
    /// What came from the editions for which it stands.
    pub taken: Vec<TakenEdition>,
}

/// What can be asked of an edition.
#[derive(Debug, Clone, PartialEq)]
pub enum EditionCommand {
    /// Enter it under a title.
    Add(add_edition::AddEdition),
    /// Say something about it, as a person.
    AssertFacts(assert_facts::AssertFacts),
    /// Pin a field.
    LockField(EditionField),
    /// Let a field follow the order of authority again.
    UnlockField(EditionField),
    /// Show it to readers no longer.
    Withdraw(withdraw::Withdraw),
    /// Show it to readers again.
    Reinstate,
    /// Say what a source's record says; enters the edition when it is not there.
    ImportRecord(import_record::ImportRecord),
    /// Undo one of its changes.
    Undo(undo::UndoEditionChange),
    /// Put it under another title.
    PutUnder(put_under::PutUnder),
    /// Be merged into another edition.
    MergeInto(merging::MergeInto),
    /// Stand for other editions.
    Absorb(merging::Absorb),
    /// Give back what came from other editions.
    Relinquish(merging::Relinquish),
    /// Stand for itself.
    Separate(merging::Separate),
}

/// Why an edition refuses a command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditionError {
    /// There is no such edition.
    #[error("there is no such edition")]
    Unknown,
    /// The id is taken.
    #[error("this edition is in the catalog already")]
    AlreadyAdded,
    /// Another edition stands for it.
    #[error(
        "this edition was merged into {0}, which stands for it: change that one, or undo the merge"
    )]
    Merged(EditionId),
    /// A change cannot be undone.
    #[error("{0}")]
    Undo(Box<UndoError>),
}

impl Edition {
    /// The edition, unless another one stands for it.
    pub(crate) fn standing(&self) -> Result<&KnownEdition, EditionError> {
        let known = self.known()?;
        known
            .merged_into
            .map_or(Ok(known), |into| Err(EditionError::Merged(into)))
    }

    pub(crate) fn known(&self) -> Result<&KnownEdition, EditionError> {
        match self {
            Self::Known(edition) => Ok(edition),
            Self::Absent => Err(EditionError::Unknown),
        }
    }
}

impl KnownEdition {
    fn new(title_id: TitleId) -> Self {
        let (ledger, records) = (Ledger::default(), Records::default());
        Self {
            title_id,
            withdrawn: false,
            ledger,
            records,
            isbns: Vec::new(),
            merged_into: None,
            taken: Vec::new(),
        }
    }

    /// The events by which an asserter says and takes back facts, with the ISBNs that nobody says any longer.
    fn said(
        &self,
        by: &Provenance,
        facts: Vec<EditionFact>,
        fields: Vec<EditionField>,
    ) -> Vec<EditionEvent> {
        let (title_id, provenance) = (self.title_id, by.clone());
        let mut events = Vec::new();
        if !facts.is_empty() || fields.is_empty() {
            events.push(EditionEvent::EditionFactsAsserted {
                title_id,
                provenance: provenance.clone(),
                facts,
            });
        }
        if !fields.is_empty() {
            events.push(EditionEvent::EditionFactsWithdrawn {
                title_id,
                provenance,
                fields,
            });
        }
        self.releasing(events)
    }

    fn assert(&mut self, by: &Provenance, facts: &[EditionFact]) {
        self.ledger.assert(by, facts);
        self.records.saw(by);
        for fact in facts {
            self.keep_isbn(fact);
        }
    }

    fn restore(&mut self, fields: &[FieldStatements<EditionFact>]) {
        for field in fields {
            self.ledger.restore(field);
            for (_, fact) in field.statements() {
                self.keep_isbn(fact);
            }
        }
    }

    fn apply(&mut self, event: EditionEvent) {
        match event {
            // Adding is what made it known; a second one cannot happen and would change nothing.
            EditionEvent::EditionAdded { .. } => {}
            EditionEvent::EditionFactsAsserted {
                provenance, facts, ..
            } => self.assert(&provenance, &facts),
            EditionEvent::EditionFactsWithdrawn {
                provenance, fields, ..
            } => {
                self.ledger.withdraw(&provenance, &fields);
                self.records.saw(&provenance);
            }
            EditionEvent::EditionIsbnReleased { isbn, .. } => {
                self.isbns.retain(|kept| *kept != isbn);
            }
            EditionEvent::EditionFieldLocked { field, .. } => self.ledger.lock(field),
            EditionEvent::EditionFieldUnlocked { field, .. } => self.ledger.unlock(field),
            EditionEvent::EditionFieldsRestored { fields, .. } => self.restore(&fields),
            EditionEvent::EditionMoved { title_id, .. } => self.title_id = title_id,
            EditionEvent::EditionMergedInto { .. }
            | EditionEvent::EditionAbsorbed { .. }
            | EditionEvent::EditionRelinquished { .. }
            | EditionEvent::EditionSeparated { .. } => self.apply_merging(event),
            EditionEvent::EditionWithdrawn { .. } => self.withdrawn = true,
            EditionEvent::EditionReinstated { .. } => self.withdrawn = false,
        }
    }
}

impl Decider for Edition {
    const SCHEMA: &'static str = "edition/3";

    fn decide(&self, command: &EditionCommand) -> Result<Vec<EditionEvent>, EditionError> {
        match command {
            EditionCommand::Add(command) => command.decide(self),
            EditionCommand::AssertFacts(command) => Ok(command.decide(self.standing()?)),
            EditionCommand::LockField(field) => Ok(lock_field::decide(self.standing()?, *field)),
            EditionCommand::UnlockField(field) => {
                Ok(unlock_field::decide(self.standing()?, *field))
            }
            EditionCommand::Withdraw(command) => Ok(command.decide(self.standing()?)),
            EditionCommand::Reinstate => Ok(reinstate::decide(self.standing()?)),
            EditionCommand::ImportRecord(command) => command.decide(self),
            EditionCommand::Undo(command) => command.decide(self),
            EditionCommand::PutUnder(command) => Ok(command.decide(self.known()?)),
            EditionCommand::MergeInto(command) => command.decide(self.known()?),
            EditionCommand::Absorb(command) => Ok(command.decide(self.standing()?)),
            EditionCommand::Relinquish(command) => Ok(command.decide(self.known()?)),
            EditionCommand::Separate(command) => Ok(command.decide(self.known()?)),
        }
    }
}

impl Aggregate for Edition {
    const TYPE: &'static str = EditionEvent::AGGREGATE;
    type Command = EditionCommand;
    type Event = EditionEvent;
    type Error = EditionError;
    type Services = ();

    async fn handle(
        &mut self,
        command: EditionCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), EditionError> {
        for event in self.decide(&command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: EditionEvent) {
        match (&mut *self, event) {
            (Self::Known(edition), event) => edition.apply(event),
            (
                Self::Absent,
                EditionEvent::EditionAdded {
                    title_id,
                    provenance,
                    facts,
                },
            ) => {
                let mut edition = KnownEdition::new(title_id);
                edition.assert(&provenance, &facts);
                *self = Self::Known(edition);
            }
            // No stream begins with another event.
            (Self::Absent, _) => {}
        }
    }
}
