//! Video sources as importers send them: which episode they belong to, and what is said about them.
//!
//! A source is known by its episode, address and name; it never moves to another episode.

use accession_events::ClaimKey;
use accession_events::catalog::SourceFact;
use accession_events::ids::VideoSourceId;
use accession_events::ingestion::items::SourceItem;
use accession_events::values::{ShortText, SourceName, SourceRecordId, WebUrl};
use uuid::Uuid;

use super::batch::{Kind, Target};
use super::foresight::{Fields, of_source, said};
use super::item::{Circumstances, Rejection};
use super::table::{Owners, States};
use crate::catalog::episode::import_source::ImportSource;
use crate::catalog::episode::{Episode, EpisodeCommand};
use crate::catalog::reading::{Fault, Reading};
use crate::catalog::statement::{Extent, Statement};

/// Video sources from a source.
pub struct Sources {
    /// Draws ids of new video sources.
    pub ids: fn() -> Uuid,
}

/// A video source's record that could be read.
#[derive(Debug)]
pub struct SourceRecord {
    episode: ClaimKey,
    url: WebUrl,
    name: ShortText,
    statement: Statement<SourceFact>,
}

impl SourceRecord {
    /// Reads an item.
    pub fn read(item: &SourceItem, with: &Circumstances<'_>) -> Result<Self, Vec<Fault>> {
        let mut reading = Reading::<SourceFact>::default();
        let source = reading.value("source", SourceName::parse(&item.source));
        let record = reading.value(
            "source_episode_id",
            SourceRecordId::parse(&item.source_episode_id),
        );
        let url = reading.value("url", WebUrl::parse(&item.url));
        let name = reading.value("name", ShortText::parse(&item.name));
        let whole = source.zip(record).zip(url.zip(name));
        let (((source, record), (url, name)), _) = reading.with(whole)?;
        let mut facts = vec![
            SourceFact::Kind(item.kind),
            SourceFact::Priority(item.priority),
        ];
        facts.extend(item.is_active.map(SourceFact::Active));
        let episode = ClaimKey::source_record("episode", &source, &record);
        let by = with.provenance(source, record, item);
        Ok(Self {
            episode,
            url,
            name,
            statement: Statement {
                by,
                facts,
                extent: Extent::Partial,
            },
        })
    }
}

impl Kind for Sources {
    type Aggregate = Episode;
    type Item = SourceRecord;

    fn keys(&self, item: &SourceRecord, keys: &mut Vec<ClaimKey>) {
        keys.push(item.episode.clone());
    }

    fn more_keys(&self, _item: &SourceRecord, _owners: &Owners, _keys: &mut Vec<ClaimKey>) {}

    fn ids(&self, item: &SourceRecord, owners: &Owners, ids: &mut Vec<String>) {
        ids.extend(owners.of(&item.episode).map(str::to_owned));
    }

    fn resolve(
        &self,
        item: &SourceRecord,
        owners: &Owners,
        _states: &States<Episode>,
    ) -> Result<Target<Episode>, Rejection> {
        let Some(id) = owners.of(&item.episode) else {
            let record = item.episode.value.trim_start_matches("episode:");
            let detail =
                format!("no episode is known for the record `{record}`: send the episode first");
            return Err(Rejection::new("unknown_episode", detail));
        };
        let import = ImportSource {
            source_id: VideoSourceId::new((self.ids)()),
            url: item.url.clone(),
            name: item.name.clone(),
            statement: item.statement.clone(),
        };
        Ok(Target {
            id: id.to_owned(),
            command: EpisodeCommand::ImportSource(import),
        })
    }

    fn says(&self, item: &SourceRecord) -> Fields {
        said(&item.statement.facts, &self.prefix(item))
    }

    fn prefix(&self, item: &SourceRecord) -> String {
        of_source(&item.name, &item.url)
    }
}
