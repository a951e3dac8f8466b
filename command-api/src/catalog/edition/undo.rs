//! Undo a change of an edition.
//!
//! Undoing its creation withdraws it: it keeps its id and its ISBN, as any withdrawn edition does.

use accession_events::catalog::EditionEvent;
use accession_events::values::ShortText;

use super::{Edition, EditionError, KnownEdition};
use crate::catalog::undo::facets::{Facets, of_ledger};
use crate::catalog::undo::fields::put_back;
use crate::catalog::undo::{UndoChange, UndoError, Undoable, plain};

/// Undo a change of an edition.
pub type UndoEditionChange = UndoChange<EditionEvent>;

impl UndoEditionChange {
    pub(super) fn decide(&self, edition: &Edition) -> Result<Vec<EditionEvent>, EditionError> {
        edition.standing()?;
        let undo = self.plan(edition);
        Ok(undo
            .map_err(|error| EditionError::Undo(Box::new(error)))?
            .events)
    }
}

impl Undoable for Edition {
    fn facets(&self) -> Facets {
        let mut facets = Facets::default();
        if let Self::Known(edition) = self {
            plain(&mut facets, "title_id", edition.title_id);
            plain(&mut facets, "withdrawn", edition.withdrawn);
            if let Some(into) = edition.merged_into {
                plain(&mut facets, "merged_into", into);
            }
            for other in edition.stands_for() {
                plain(&mut facets, &format!("edition {other}"), true);
            }
            of_ledger(&mut facets, "", &edition.ledger);
        }
        facets
    }

    fn undone_otherwise(event: &EditionEvent) -> Option<String> {
        match event {
            EditionEvent::EditionMergedInto { .. }
            | EditionEvent::EditionAbsorbed { .. }
            | EditionEvent::EditionRelinquished { .. }
            | EditionEvent::EditionSeparated { .. } => Some(
                "this change is part of a merge, which changed another edition, too: undo a merge with \
                 POST /api/v1/editions/{id}/merges/{merged}/undo, and merge again what was undone"
                    .to_owned(),
            ),
            _ => None,
        }
    }

    fn overtaken(error: &EditionError) -> bool {
        matches!(error, EditionError::Undo(refusal) if **refusal == UndoError::Overtaken)
    }

    fn put_back(
        &self,
        before: &Self,
        after: &Self,
        reason: Option<&ShortText>,
    ) -> Result<Vec<EditionEvent>, UndoError> {
        Ok(match (self, before, after) {
            (Self::Known(now), Self::Known(before), Self::Known(after)) => {
                now.as_before(before, after, reason)
            }
            // Nothing was there before it was added.
            (Self::Known(now), Self::Absent, _) if !now.withdrawn => vec![now.hidden(reason)],
            _ => Vec::new(),
        })
    }
}

impl KnownEdition {
    fn hidden(&self, reason: Option<&ShortText>) -> EditionEvent {
        EditionEvent::EditionWithdrawn {
            title_id: self.title_id,
            reason: reason.cloned(),
        }
    }

    fn as_before(
        &self,
        before: &Self,
        after: &Self,
        reason: Option<&ShortText>,
    ) -> Vec<EditionEvent> {
        let mut events = Vec::new();
        let mut title_id = self.title_id;
        if before.title_id != after.title_id && self.title_id != before.title_id {
            title_id = before.title_id;
            events.push(self.moved_to(title_id));
        }
        let fields = put_back(&before.ledger, &after.ledger, &self.ledger);
        let lock = |field| EditionEvent::EditionFieldLocked { title_id, field };
        events.extend(fields.lock.into_iter().map(lock));
        let unlock = |field| EditionEvent::EditionFieldUnlocked { title_id, field };
        events.extend(fields.unlock.into_iter().map(unlock));
        if !fields.restore.is_empty() {
            events.push(EditionEvent::EditionFieldsRestored {
                title_id,
                fields: fields.restore,
            });
        }
        if before.withdrawn != after.withdrawn && self.withdrawn != before.withdrawn {
            events.push(if before.withdrawn {
                EditionEvent::EditionWithdrawn {
                    title_id,
                    reason: reason.cloned(),
                }
            } else {
                EditionEvent::EditionReinstated { title_id }
            });
        }
        self.releasing(events)
    }
}

#[cfg(test)]
mod tests;
