//! The title aggregate: a work that a person can follow.
//!
//! It keeps who said what, not who is right: it never drops a statement because a stronger one exists.

pub mod activate;
pub mod add_title;
pub mod assert_facts;
pub mod change_slug;
pub mod deactivate;
#[cfg(test)]
mod examples;
pub mod import_record;
pub mod lock_field;
pub mod merging;
#[cfg(test)]
mod properties;
pub mod reclassify;
pub mod standing_for;
pub mod undo;
pub mod unlock_field;

use accession_event_log::Decider;
use accession_events::LoggedEvent;
use accession_events::catalog::{TakenTitle, TitleEvent, TitleFact, TitleField, TitleKind};
use accession_events::ids::TitleId;
use accession_events::values::{AuthorityOrder, Ledger, Provenance, Slug};
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use crate::catalog::statement::Records;
use crate::catalog::undo::UndoError;

/// A title: nothing is known of it, or it stands in the catalog.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum Title {
    /// There is no such title.
    #[default]
    Absent,
    /// It is in the catalog.
    Known(KnownTitle),
}

/// A title that stands in the catalog.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KnownTitle {
    /// Book, series or film.
    pub kind: TitleKind,
    /// Its present slug.
    pub slug: Slug,
    /// Whether readers see it.
    pub active: bool,
    /// Who says what.
    pub ledger: Ledger<TitleFact>,
    /// Which source records describe it; none while it is merged.
    pub records: Records,
    /// The title that stands for it, while it is merged.
    pub merged_into: Option<TitleId>,
    /// What came from the titles for which it stands.
    pub taken: Vec<TakenTitle>,
}

/// What can be asked of a title.
#[derive(Debug, Clone, PartialEq)]
pub enum TitleCommand {
    /// Enter it into the catalog.
    Add(add_title::AddTitle),
    /// Say something about it, as a person.
    AssertFacts(assert_facts::AssertFacts),
    /// Show it to readers again.
    Activate,
    /// Show it to readers no longer.
    Deactivate(deactivate::Deactivate),
    /// Give it another slug.
    ChangeSlug(change_slug::ChangeSlug),
    /// Say that it is of another kind.
    Reclassify(reclassify::Reclassify),
    /// Pin a field.
    LockField(TitleField),
    /// Let a field follow the order of authority again.
    UnlockField(TitleField),
    /// Say what a source's record says; enters the title when it is not there.
    ImportRecord(import_record::ImportRecord),
    /// Undo one of its changes.
    Undo(undo::UndoTitleChange),
    /// Be merged into another title.
    MergeInto(merging::MergeInto),
    /// Stand for other titles.
    Absorb(merging::Absorb),
    /// Give back what came from other titles, or give records away.
    Relinquish(merging::Relinquish),
    /// Stand for itself.
    Separate(merging::Separate),
}

/// Why a title refuses a command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TitleError {
    /// There is no such title.
    #[error("there is no such title")]
    Unknown,
    /// The id is taken.
    #[error("this title is in the catalog already")]
    AlreadyAdded,
    /// Nobody would say what it is called.
    #[error("a title needs a name: nobody else says one, so yours has to stay")]
    NameNeeded,
    /// Another title stands for it.
    #[error(
        "this title was merged into {0}, which stands for it: change that one, or undo the merge"
    )]
    Merged(TitleId),
    /// A change cannot be undone.
    #[error("{0}")]
    Undo(Box<UndoError>),
}

impl Title {
    /// The title, unless another one stands for it.
    pub(crate) fn standing(&self) -> Result<&KnownTitle, TitleError> {
        let known = self.known()?;
        known
            .merged_into
            .map_or(Ok(known), |into| Err(TitleError::Merged(into)))
    }

    pub(crate) fn known(&self) -> Result<&KnownTitle, TitleError> {
        match self {
            Self::Known(title) => Ok(title),
            Self::Absent => Err(TitleError::Unknown),
        }
    }
}

impl KnownTitle {
    /// Whether anybody says what it is called; whose word counts makes no difference to that.
    pub(crate) fn has_name(&self) -> bool {
        self.ledger
            .effective(TitleField::Name, &AuthorityOrder::default())
            .is_some()
    }

    fn assert(&mut self, by: &Provenance, facts: &[TitleFact]) {
        self.ledger.assert(by, facts);
        self.records.saw(by);
    }

    fn apply(&mut self, event: TitleEvent) {
        match event {
            // Adding is what made it known; a second one cannot happen and would change nothing.
            TitleEvent::TitleAdded { .. } => {}
            TitleEvent::TitleFactsAsserted { provenance, facts } => {
                self.assert(&provenance, &facts);
            }
            TitleEvent::TitleFactsWithdrawn { provenance, fields } => {
                self.ledger.withdraw(&provenance, &fields);
                self.records.saw(&provenance);
            }
            TitleEvent::TitleFieldLocked { field } => self.ledger.lock(field),
            TitleEvent::TitleFieldUnlocked { field } => self.ledger.unlock(field),
            TitleEvent::TitleFieldsRestored { fields } => {
                for field in &fields {
                    self.ledger.restore(field);
                }
            }
            TitleEvent::TitleSlugChanged { slug, .. } => self.slug = slug,
            TitleEvent::TitleReclassified { to, .. } => self.kind = to,
            TitleEvent::TitleMergedInto { .. }
            | TitleEvent::TitleAbsorbed { .. }
            | TitleEvent::TitleRelinquished { .. }
            | TitleEvent::TitleSeparated { .. } => self.apply_merging(event),
            TitleEvent::TitleActivated {} => self.active = true,
            TitleEvent::TitleDeactivated { .. } => self.active = false,
        }
    }
}

impl Decider for Title {
    const SCHEMA: &'static str = "title/3";

    fn decide(&self, command: &TitleCommand) -> Result<Vec<TitleEvent>, TitleError> {
        match command {
            TitleCommand::Add(command) => command.decide(self),
            TitleCommand::AssertFacts(command) => command.decide(self.standing()?),
            TitleCommand::Activate => Ok(activate::decide(self.standing()?)),
            TitleCommand::Deactivate(command) => Ok(command.decide(self.standing()?)),
            TitleCommand::ChangeSlug(command) => Ok(command.decide(self.standing()?)),
            TitleCommand::Reclassify(command) => Ok(command.decide(self.standing()?)),
            TitleCommand::LockField(field) => Ok(lock_field::decide(self.standing()?, *field)),
            TitleCommand::UnlockField(field) => Ok(unlock_field::decide(self.standing()?, *field)),
            TitleCommand::ImportRecord(command) => command.decide(self),
            TitleCommand::Undo(command) => command.decide(self),
            TitleCommand::MergeInto(command) => command.decide(self.known()?),
            TitleCommand::Absorb(command) => Ok(command.decide(self.standing()?)),
            TitleCommand::Relinquish(command) => Ok(command.decide(self.known()?)),
            TitleCommand::Separate(command) => Ok(command.decide(self.known()?)),
        }
    }
}

impl Aggregate for Title {
    const TYPE: &'static str = TitleEvent::AGGREGATE;
    type Command = TitleCommand;
    type Event = TitleEvent;
    type Error = TitleError;
    type Services = ();

    async fn handle(
        &mut self,
        command: TitleCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), TitleError> {
        for event in self.decide(&command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: TitleEvent) {
        match (&mut *self, event) {
            (Self::Known(title), event) => title.apply(event),
            (
                Self::Absent,
                TitleEvent::TitleAdded {
                    kind,
                    slug,
                    provenance,
                    facts,
                },
            ) => {
                let mut title = KnownTitle {
                    kind,
                    slug,
                    active: true,
                    ledger: Ledger::default(),
                    records: Records::default(),
                    merged_into: None,
                    taken: Vec::new(),
                };
                title.assert(&provenance, &facts);
                *self = Self::Known(title);
            }
            // No stream begins with another event.
            (Self::Absent, _) => {}
        }
    }
}
