//! Undo a change of a title.
//!
//! Undoing its creation hides it: its id, its slug and what was said stay, because links live for ever.

use accession_events::catalog::TitleEvent;
use accession_events::values::ShortText;

use super::{KnownTitle, Title, TitleError};
use crate::catalog::undo::facets::{Facets, of_ledger};
use crate::catalog::undo::fields::put_back;
use crate::catalog::undo::{UndoChange, UndoError, Undoable, plain};

/// Undo a change of a title.
pub type UndoTitleChange = UndoChange<TitleEvent>;

impl UndoTitleChange {
    pub(super) fn decide(&self, title: &Title) -> Result<Vec<TitleEvent>, TitleError> {
        let known = title.standing()?;
        let events = self
            .plan(title)
            .map_err(|error| TitleError::Undo(Box::new(error)))?
            .events;
        let mut after = known.clone();
        for event in &events {
            after.apply(event.clone());
        }
        if known.has_name() && !after.has_name() {
            return Err(TitleError::NameNeeded);
        }
        Ok(events)
    }
}

impl Undoable for Title {
    fn facets(&self) -> Facets {
        let mut facets = Facets::default();
        if let Self::Known(title) = self {
            plain(&mut facets, "kind", title.kind);
            plain(&mut facets, "slug", &title.slug);
            plain(&mut facets, "active", title.active);
            if let Some(into) = title.merged_into {
                plain(&mut facets, "merged_into", into);
            }
            for other in title.stands_for() {
                plain(&mut facets, &format!("title {other}"), true);
            }
            of_ledger(&mut facets, "", &title.ledger);
        }
        facets
    }

    fn undone_otherwise(event: &TitleEvent) -> Option<String> {
        match event {
            TitleEvent::TitleMergedInto { .. }
            | TitleEvent::TitleAbsorbed { .. }
            | TitleEvent::TitleRelinquished { .. }
            | TitleEvent::TitleSeparated { .. } => Some(
                "this change is part of a merge or a split, which changed other titles, too: undo a merge \
                 with POST /api/v1/titles/{id}/merges/{merged}/undo, and merge again what was split or undone"
                    .to_owned(),
            ),
            _ => None,
        }
    }

    fn overtaken(error: &TitleError) -> bool {
        matches!(error, TitleError::Undo(refusal) if **refusal == UndoError::Overtaken)
    }

    fn put_back(
        &self,
        before: &Self,
        after: &Self,
        reason: Option<&ShortText>,
    ) -> Result<Vec<TitleEvent>, UndoError> {
        let hidden = || TitleEvent::TitleDeactivated {
            reason: reason.cloned(),
        };
        Ok(match (self, before, after) {
            (Self::Known(now), Self::Known(before), Self::Known(after)) => {
                now.as_before(before, after, hidden)
            }
            // Nothing was there before it was added.
            (Self::Known(now), Self::Absent, _) if now.active => vec![hidden()],
            _ => Vec::new(),
        })
    }
}

impl KnownTitle {
    fn as_before(
        &self,
        before: &Self,
        after: &Self,
        hidden: impl Fn() -> TitleEvent,
    ) -> Vec<TitleEvent> {
        let mut events = Vec::new();
        if before.kind != after.kind && self.kind != before.kind {
            events.push(TitleEvent::TitleReclassified {
                from: self.kind,
                to: before.kind,
            });
        }
        if before.slug != after.slug && self.slug != before.slug {
            events.push(TitleEvent::TitleSlugChanged {
                slug: before.slug.clone(),
                former: self.slug.clone(),
            });
        }
        let fields = put_back(&before.ledger, &after.ledger, &self.ledger);
        let lock = |field| TitleEvent::TitleFieldLocked { field };
        events.extend(fields.lock.into_iter().map(lock));
        let unlock = |field| TitleEvent::TitleFieldUnlocked { field };
        events.extend(fields.unlock.into_iter().map(unlock));
        if !fields.restore.is_empty() {
            events.push(TitleEvent::TitleFieldsRestored {
                fields: fields.restore,
            });
        }
        if before.active != after.active && self.active != before.active {
            events.push(if before.active {
                TitleEvent::TitleActivated {}
            } else {
                hidden()
            });
        }
        events
    }
}

#[cfg(test)]
mod tests;
