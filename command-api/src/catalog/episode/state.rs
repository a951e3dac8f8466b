//! What an episode knows of itself, and how its events change that.
//!
//! Never refuses an event: what the log holds has happened.

use accession_events::catalog::{
    AttachedEpisode, AttachedSource, EpisodeEvent, EpisodeFact, SourceFact,
};
use accession_events::ids::{TitleId, VideoSourceId};
use accession_events::values::{Fact, Ledger, Provenance, ShortText, WebUrl};
use serde::{Deserialize, Serialize};

use crate::catalog::statement::Records;

/// An episode that stands in the catalog.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KnownEpisode {
    /// The title it belongs to; none while it is detached.
    pub title_id: Option<TitleId>,
    /// The title it was entered under.
    pub first_title_id: TitleId,
    /// Its number under its title, or the one it had there last.
    pub number: u32,
    /// Who says what.
    pub ledger: Ledger<EpisodeFact>,
    /// Which source records describe it.
    pub records: Records,
    /// The places where it can be watched.
    pub sources: Vec<KnownSource>,
    /// Address and name of sources that were taken away: an import does not bring them back.
    pub removed: Vec<(WebUrl, ShortText)>,
}

/// A place where an episode can be watched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KnownSource {
    /// Which one.
    pub id: VideoSourceId,
    /// Its address.
    pub url: WebUrl,
    /// Its name.
    pub name: ShortText,
    /// Who says what.
    pub ledger: Ledger<SourceFact>,
    /// Which source records describe it.
    pub records: Records,
}

impl KnownEpisode {
    pub(super) fn new(
        title_id: TitleId,
        number: u32,
        by: &Provenance,
        facts: &[EpisodeFact],
    ) -> Self {
        let mut episode = Self {
            title_id: Some(title_id),
            first_title_id: title_id,
            number,
            ledger: Ledger::default(),
            records: Records::default(),
            sources: Vec::new(),
            removed: Vec::new(),
        };
        episode.assert(by, facts);
        episode
    }

    /// The source with this address and name: the same place to watch.
    pub(super) fn source_at(&self, url: &WebUrl, name: &ShortText) -> Option<&KnownSource> {
        self.sources
            .iter()
            .find(|source| source.url == *url && source.name == *name)
    }

    pub(super) fn source(&self, id: VideoSourceId) -> Option<&KnownSource> {
        self.sources.iter().find(|source| source.id == id)
    }

    fn source_mut(&mut self, id: VideoSourceId) -> Option<&mut KnownSource> {
        self.sources.iter_mut().find(|source| source.id == id)
    }

    /// Everything the episode has, for a title that has never heard of it: of a locked field also what its lock pins,
    /// which cannot be told from what is said.
    pub(super) fn luggage(&self) -> AttachedEpisode {
        let locked: Vec<_> = self.ledger.locked_fields().collect();
        let mut said = said(&self.ledger);
        said.retain(|(_, fact)| !locked.contains(&fact.field()));
        AttachedEpisode {
            said,
            locked: Vec::new(),
            pinned: locked
                .into_iter()
                .map(|field| self.ledger.standing(field))
                .collect(),
            sources: self.sources.iter().map(KnownSource::luggage).collect(),
        }
    }

    fn assert(&mut self, by: &Provenance, facts: &[EpisodeFact]) {
        self.ledger.assert(by, facts);
        self.records.saw(by);
    }

    fn unpack(&mut self, episode: AttachedEpisode) {
        self.ledger = told(episode.said);
        for field in episode.locked {
            self.ledger.lock(field);
        }
        for field in &episode.pinned {
            self.ledger.restore(field);
        }
        // Before pinned fields were carried, a locked one lost what others said: their next import compares again.
        self.records.forget_contents();
        self.sources = episode
            .sources
            .into_iter()
            .map(KnownSource::unpacked)
            .collect();
    }

    fn remove(&mut self, id: VideoSourceId) {
        if let Some(place) = self.sources.iter().position(|source| source.id == id) {
            let source = self.sources.remove(place);
            self.removed.push((source.url, source.name));
        }
    }

    pub(super) fn apply(&mut self, event: EpisodeEvent) {
        match event {
            // Adding is what made it known; a second one cannot happen and would change nothing.
            EpisodeEvent::EpisodeAdded { .. } => {}
            EpisodeEvent::EpisodeFactsAsserted {
                provenance, facts, ..
            } => self.assert(&provenance, &facts),
            EpisodeEvent::EpisodeFactsWithdrawn {
                provenance, fields, ..
            } => {
                self.ledger.withdraw(&provenance, &fields);
                self.records.saw(&provenance);
            }
            EpisodeEvent::EpisodeFieldLocked { field, .. } => self.ledger.lock(field),
            EpisodeEvent::EpisodeFieldUnlocked { field, .. } => self.ledger.unlock(field),
            EpisodeEvent::EpisodeFieldsRestored { fields, .. } => {
                for field in &fields {
                    self.ledger.restore(field);
                }
            }
            EpisodeEvent::EpisodeRenumbered { to, .. } => self.number = to,
            EpisodeEvent::EpisodeDetached { .. } => self.title_id = None,
            EpisodeEvent::EpisodeAttached {
                title_id,
                number,
                episode,
            } => {
                (self.title_id, self.number) = (Some(title_id), number);
                self.unpack(episode);
            }
            EpisodeEvent::VideoSourceAdded { .. }
            | EpisodeEvent::VideoSourceFactsAsserted { .. }
            | EpisodeEvent::VideoSourceFieldsRestored { .. }
            | EpisodeEvent::VideoSourceRestored { .. }
            | EpisodeEvent::VideoSourceRemoved { .. } => self.apply_to_sources(event),
        }
    }

    fn apply_to_sources(&mut self, event: EpisodeEvent) {
        match event {
            EpisodeEvent::VideoSourceAdded {
                source_id,
                url,
                name,
                provenance,
                facts,
                ..
            } => {
                self.removed
                    .retain(|removed| (&removed.0, &removed.1) != (&url, &name));
                self.sources.push(KnownSource::new(source_id, url, name));
                self.say_of(source_id, &provenance, &facts);
            }
            EpisodeEvent::VideoSourceFactsAsserted {
                source_id,
                provenance,
                facts,
                ..
            } => {
                self.say_of(source_id, &provenance, &facts);
            }
            EpisodeEvent::VideoSourceFieldsRestored {
                source_id, fields, ..
            } => {
                if let Some(source) = self.source_mut(source_id) {
                    for field in &fields {
                        source.ledger.restore(field);
                    }
                }
            }
            EpisodeEvent::VideoSourceRestored { source, .. } => {
                self.removed
                    .retain(|removed| (&removed.0, &removed.1) != (&source.url, &source.name));
                self.sources.push(KnownSource::unpacked(source));
            }
            EpisodeEvent::VideoSourceRemoved { source_id, .. } => self.remove(source_id),
            // `apply` sends only events of sources here.
            _ => {}
        }
    }

    fn say_of(&mut self, id: VideoSourceId, by: &Provenance, facts: &[SourceFact]) {
        if let Some(source) = self.source_mut(id) {
            source.ledger.assert(by, facts);
            source.records.saw(by);
        }
    }
}

impl KnownSource {
    fn new(id: VideoSourceId, url: WebUrl, name: ShortText) -> Self {
        Self {
            id,
            url,
            name,
            ledger: Ledger::default(),
            records: Records::default(),
        }
    }

    pub(super) fn luggage(&self) -> AttachedSource {
        let (url, name) = (self.url.clone(), self.name.clone());
        AttachedSource {
            source_id: self.id,
            url,
            name,
            said: said(&self.ledger),
        }
    }

    fn unpacked(source: AttachedSource) -> Self {
        let mut known = Self::new(source.source_id, source.url, source.name);
        known.ledger = told(source.said);
        known
    }
}

fn said<F: Fact>(ledger: &Ledger<F>) -> Vec<(Provenance, F)> {
    let fields = ledger.fields().into_iter();
    fields
        .flat_map(|field| ledger.standing(field).said)
        .collect()
}

fn told<F: Fact>(said: Vec<(Provenance, F)>) -> Ledger<F> {
    let mut ledger = Ledger::default();
    for (by, fact) in said {
        ledger.assert(&by, &[fact]);
    }
    ledger
}
