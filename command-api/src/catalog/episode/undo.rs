//! Undo a change of an episode or of one of its sources.
//!
//! Undoing its creation takes it off its title: it keeps everything and can be attached again.

use accession_events::catalog::EpisodeEvent;
use accession_events::ids::TitleId;
use accession_events::values::ShortText;

use super::{Episode, EpisodeError, KnownEpisode, KnownSource};
use crate::catalog::undo::facets::{Facet, Facets, Part, of_ledger};
use crate::catalog::undo::fields::put_back;
use crate::catalog::undo::{UndoChange, UndoError, Undoable, plain};

/// Undo a change of an episode.
pub type UndoEpisodeChange = UndoChange<EpisodeEvent>;

impl UndoEpisodeChange {
    pub(super) fn decide(&self, episode: &Episode) -> Result<Vec<EpisodeEvent>, EpisodeError> {
        episode.known()?;
        let undo = self.plan(episode);
        Ok(undo
            .map_err(|error| EpisodeError::Undo(Box::new(error)))?
            .events)
    }
}

impl Undoable for Episode {
    fn facets(&self) -> Facets {
        let mut facets = Facets::default();
        let Self::Known(episode) = self else {
            return facets;
        };
        plain(&mut facets, "title_id", episode.title_id);
        // While it is detached, its number is only a memory of the last one.
        if episode.title_id.is_some() {
            plain(&mut facets, "number", episode.number);
        }
        of_ledger(&mut facets, "", &episode.ledger);
        for source in &episode.sources {
            let about = source.id.to_string();
            let address = serde_json::json!([source.url, source.name]);
            facets.insert(Facet::new(&about, Part::Source, "", ""), address);
            of_ledger(&mut facets, &about, &source.ledger);
        }
        facets
    }

    fn overtaken(error: &EpisodeError) -> bool {
        matches!(error, EpisodeError::Undo(refusal) if **refusal == UndoError::Overtaken)
    }

    fn put_back(
        &self,
        before: &Self,
        after: &Self,
        reason: Option<&ShortText>,
    ) -> Result<Vec<EpisodeEvent>, UndoError> {
        match (self, before, after) {
            (Self::Known(now), Self::Known(before), Self::Known(after)) => {
                now.as_before(before, after, reason)
            }
            // Nothing was there before it was added.
            (Self::Known(now), Self::Absent, _) => Ok(now
                .title_id
                .iter()
                .map(|title_id| now.off(*title_id, reason))
                .collect()),
            _ => Ok(Vec::new()),
        }
    }
}

impl KnownEpisode {
    fn as_before(
        &self,
        before: &Self,
        after: &Self,
        reason: Option<&ShortText>,
    ) -> Result<Vec<EpisodeEvent>, UndoError> {
        let mut events = self.fields_as_before(before, after);
        events.extend(self.sources_as_before(before, after, reason)?);
        let same_title = before.title_id == after.title_id;
        if same_title && before.number != after.number && self.number != before.number {
            events.extend(
                self.title_id
                    .map(|title_id| EpisodeEvent::EpisodeRenumbered {
                        title_id,
                        from: self.number,
                        to: before.number,
                    }),
            );
        }
        if !same_title && self.title_id != before.title_id {
            events.extend(self.title_id.map(|title_id| self.off(title_id, reason)));
            if let Some(title_id) = before.title_id {
                // What it brings is what stands once everything else is back.
                let mut brought = self.clone();
                for event in &events {
                    brought.apply(event.clone());
                }
                events.push(EpisodeEvent::EpisodeAttached {
                    title_id,
                    number: before.number,
                    episode: brought.luggage(),
                });
            }
        }
        Ok(events)
    }

    fn off(&self, title_id: TitleId, reason: Option<&ShortText>) -> EpisodeEvent {
        EpisodeEvent::EpisodeDetached {
            title_id,
            number: self.number,
            reason: reason.cloned(),
        }
    }

    fn fields_as_before(&self, before: &Self, after: &Self) -> Vec<EpisodeEvent> {
        let title_id = self.title_id;
        let fields = put_back(&before.ledger, &after.ledger, &self.ledger);
        let lock = |field| EpisodeEvent::EpisodeFieldLocked { title_id, field };
        let mut events: Vec<EpisodeEvent> = fields.lock.into_iter().map(lock).collect();
        let unlock = |field| EpisodeEvent::EpisodeFieldUnlocked { title_id, field };
        events.extend(fields.unlock.into_iter().map(unlock));
        if !fields.restore.is_empty() {
            events.push(EpisodeEvent::EpisodeFieldsRestored {
                title_id,
                fields: fields.restore,
            });
        }
        events
    }

    fn sources_as_before(
        &self,
        before: &Self,
        after: &Self,
        reason: Option<&ShortText>,
    ) -> Result<Vec<EpisodeEvent>, UndoError> {
        let title_id = self.title_id;
        let mut events = Vec::new();
        for source in &after.sources {
            match (before.source(source.id), self.source(source.id)) {
                (None, Some(now)) => events.push(EpisodeEvent::VideoSourceRemoved {
                    title_id,
                    source_id: now.id,
                    reason: reason.cloned(),
                }),
                (Some(was), Some(now)) => {
                    events.extend(now.as_before(was, source, title_id));
                }
                _ => {}
            }
        }
        for gone in &before.sources {
            if after.source(gone.id).is_none() && self.source(gone.id).is_none() {
                events.push(self.brought_back(gone)?);
            }
        }
        Ok(events)
    }

    fn brought_back(&self, gone: &KnownSource) -> Result<EpisodeEvent, UndoError> {
        if let Some(other) = self.source_at(&gone.url, &gone.name) {
            return Err(UndoError::InTheWay(format!(
                "source {} has the same address and name since then: remove it first",
                other.id
            )));
        }
        Ok(EpisodeEvent::VideoSourceRestored {
            title_id: self.title_id,
            source: gone.luggage(),
        })
    }
}

impl KnownSource {
    fn as_before(
        &self,
        before: &Self,
        after: &Self,
        title_id: Option<TitleId>,
    ) -> Option<EpisodeEvent> {
        // Nothing locks the field of a source.
        let fields = put_back(&before.ledger, &after.ledger, &self.ledger).restore;
        (!fields.is_empty()).then_some(EpisodeEvent::VideoSourceFieldsRestored {
            title_id,
            source_id: self.id,
            fields,
        })
    }
}

#[cfg(test)]
mod tests;
