//! What is known of one episode and its video sources: all statements, and the values that count.
//!
//! Short names in the stored form, because a long series keeps thousands of these in one state.

use std::collections::BTreeMap;

use accession_events::RecordedEvent;
use accession_events::catalog::{AttachedEpisode, EpisodeEvent, EpisodeFact, EpisodeField};
use accession_events::ids::{TitleId, VideoSourceId};
use accession_events::values::{AuthorityOrder, Ledger, Said, TitleName};
use serde::{Deserialize, Serialize};

use super::known_source::{KnownSource, VideoSourceView};
use super::{asserter, restore};
use crate::model::FoldError;
use crate::moment::Moment;

/// An episode as its stream tells it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct KnownEpisode {
    /// None while it is detached.
    #[serde(rename = "t")]
    pub(crate) title_id: Option<TitleId>,
    /// Its number under the present or last title.
    #[serde(rename = "n")]
    pub(crate) number: u32,
    #[serde(rename = "l")]
    pub(crate) ledger: Ledger<EpisodeFact>,
    #[serde(rename = "s", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) sources: BTreeMap<VideoSourceId, KnownSource>,
    /// The last sequence of the episode's stream.
    #[serde(rename = "v")]
    pub(crate) version: u64,
    #[serde(rename = "a")]
    pub(crate) added: Moment,
}

/// The title that an event names; none while the episode is detached.
pub(crate) fn title_of(event: &EpisodeEvent) -> Option<TitleId> {
    match event {
        EpisodeEvent::EpisodeAdded { title_id, .. }
        | EpisodeEvent::EpisodeRenumbered { title_id, .. }
        | EpisodeEvent::EpisodeDetached { title_id, .. }
        | EpisodeEvent::EpisodeAttached { title_id, .. } => Some(*title_id),
        EpisodeEvent::EpisodeFactsAsserted { title_id, .. }
        | EpisodeEvent::EpisodeFactsWithdrawn { title_id, .. }
        | EpisodeEvent::EpisodeFieldLocked { title_id, .. }
        | EpisodeEvent::EpisodeFieldUnlocked { title_id, .. }
        | EpisodeEvent::VideoSourceAdded { title_id, .. }
        | EpisodeEvent::VideoSourceFactsAsserted { title_id, .. }
        | EpisodeEvent::EpisodeFieldsRestored { title_id, .. }
        | EpisodeEvent::VideoSourceFieldsRestored { title_id, .. }
        | EpisodeEvent::VideoSourceRestored { title_id, .. }
        | EpisodeEvent::VideoSourceRemoved { title_id, .. } => *title_id,
    }
}

impl KnownEpisode {
    /// What an `EpisodeAdded` or an `EpisodeAttached` tells to one who has never heard of the episode.
    pub(crate) fn start(event: &EpisodeEvent, recorded: &RecordedEvent) -> Option<Self> {
        let (title_id, number) = match event {
            EpisodeEvent::EpisodeAdded {
                title_id, number, ..
            }
            | EpisodeEvent::EpisodeAttached {
                title_id, number, ..
            } => (Some(*title_id), *number),
            _ => return None,
        };
        let mut episode = Self {
            title_id,
            number,
            ledger: Ledger::default(),
            sources: BTreeMap::new(),
            version: recorded.sequence,
            added: Moment::of(recorded),
        };
        match event {
            EpisodeEvent::EpisodeAdded {
                provenance, facts, ..
            } => episode.ledger.assert(&asserter(provenance), facts),
            EpisodeEvent::EpisodeAttached {
                episode: brought, ..
            } => episode.bring(brought),
            _ => {}
        }
        Some(episode)
    }

    /// Takes an event of the episode's stream in.
    pub(crate) fn take(
        known: &mut Option<Self>,
        event: &EpisodeEvent,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        let id = &recorded.stream.aggregate_id;
        match known {
            None => {
                let started = Self::start(event, recorded);
                *known = Some(
                    started
                        .ok_or_else(|| FoldError::new(format!("episode {id} was never added")))?,
                );
                Ok(())
            }
            Some(_) if matches!(event, EpisodeEvent::EpisodeAdded { .. }) => {
                Err(FoldError::new(format!("episode {id} was added twice")))
            }
            Some(episode) => episode.change(event, recorded),
        }
    }

    fn bring(&mut self, brought: &AttachedEpisode) {
        for (by, fact) in &brought.said {
            self.ledger
                .assert(&asserter(by), std::slice::from_ref(fact));
        }
        for field in &brought.locked {
            self.ledger.lock(*field);
        }
        restore(&mut self.ledger, &brought.pinned);
        for source in &brought.sources {
            self.sources
                .insert(source.source_id, KnownSource::brought(source));
        }
    }

    fn change(&mut self, event: &EpisodeEvent, recorded: &RecordedEvent) -> Result<(), FoldError> {
        match event {
            // `take` has dealt with it.
            EpisodeEvent::EpisodeAdded { .. } => {}
            EpisodeEvent::EpisodeFactsAsserted {
                provenance, facts, ..
            } => {
                self.ledger.assert(&asserter(provenance), facts);
            }
            EpisodeEvent::EpisodeFactsWithdrawn {
                provenance, fields, ..
            } => self.ledger.withdraw(provenance, fields),
            EpisodeEvent::EpisodeFieldLocked { field, .. } => self.ledger.lock(*field),
            EpisodeEvent::EpisodeFieldUnlocked { field, .. } => self.ledger.unlock(*field),
            EpisodeEvent::EpisodeFieldsRestored { fields, .. } => restore(&mut self.ledger, fields),
            EpisodeEvent::EpisodeRenumbered { to, .. } => self.number = *to,
            EpisodeEvent::EpisodeDetached { .. } => self.title_id = None,
            // Whoever knew the episode already knows what it brings.
            EpisodeEvent::EpisodeAttached {
                title_id, number, ..
            } => {
                (self.title_id, self.number) = (Some(*title_id), *number);
            }
            EpisodeEvent::VideoSourceAdded { .. }
            | EpisodeEvent::VideoSourceFactsAsserted { .. }
            | EpisodeEvent::VideoSourceFieldsRestored { .. }
            | EpisodeEvent::VideoSourceRestored { .. }
            | EpisodeEvent::VideoSourceRemoved { .. } => self.change_sources(event)?,
        }
        self.version = self.version.max(recorded.sequence);
        Ok(())
    }

    fn change_sources(&mut self, event: &EpisodeEvent) -> Result<(), FoldError> {
        match event {
            EpisodeEvent::VideoSourceAdded {
                source_id,
                url,
                name,
                provenance,
                facts,
                ..
            } => {
                let mut ledger = Ledger::default();
                ledger.assert(&asserter(provenance), facts);
                self.sources.insert(
                    *source_id,
                    KnownSource {
                        url: url.clone(),
                        name: name.clone(),
                        ledger,
                    },
                );
            }
            EpisodeEvent::VideoSourceFactsAsserted {
                source_id,
                provenance,
                facts,
                ..
            } => {
                let ledger = &mut self.known_source(*source_id)?.ledger;
                ledger.assert(&asserter(provenance), facts);
            }
            EpisodeEvent::VideoSourceFieldsRestored {
                source_id, fields, ..
            } => restore(&mut self.known_source(*source_id)?.ledger, fields),
            EpisodeEvent::VideoSourceRestored { source, .. } => {
                self.sources
                    .insert(source.source_id, KnownSource::brought(source));
            }
            EpisodeEvent::VideoSourceRemoved { source_id, .. } => {
                self.sources.remove(source_id);
            }
            // `change` sends only events of sources here.
            _ => {}
        }
        Ok(())
    }

    fn known_source(&mut self, id: VideoSourceId) -> Result<&mut KnownSource, FoldError> {
        let unknown = || FoldError::new(format!("video source {id} was never added"));
        self.sources.get_mut(&id).ok_or_else(unknown)
    }

    /// Whether it can be watched; true while nobody says anything about it.
    pub(crate) fn available(&self, order: AuthorityOrder) -> bool {
        match self
            .ledger
            .effective(EpisodeField::Available, &order)
            .map(Said::fact)
        {
            Some(EpisodeFact::Available(available)) => *available,
            _ => true,
        }
    }

    /// Its own name.
    pub(crate) fn name(&self, order: AuthorityOrder) -> Option<TitleName> {
        match self
            .ledger
            .effective(EpisodeField::Name, &order)
            .map(Said::fact)
        {
            Some(EpisodeFact::Name(name)) => Some(name.clone()),
            _ => None,
        }
    }

    /// The sources that may be offered, the highest priority first, then by name.
    pub(crate) fn active_sources(&self, order: AuthorityOrder) -> Vec<VideoSourceView> {
        let active = self
            .sources
            .iter()
            .filter(|(_, source)| source.is_active(order));
        let mut views: Vec<_> = active.map(|(id, source)| source.view(*id, order)).collect();
        views.sort_by(|one, other| {
            (other.priority, &one.name, one.id).cmp(&(one.priority, &other.name, other.id))
        });
        views
    }
}
