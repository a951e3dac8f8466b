//! Episodes as importers send them: which episode a record describes, and what it says.
//!
//! A number names an episode of a title across sources; within one source two records never share it.

use accession_events::catalog::EpisodeFact;
use accession_events::ids::{EpisodeId, TitleId};
use accession_events::ingestion::items::EpisodeItem;
use accession_events::values::{Provenance, SourceName, SourceRecordId};
use accession_events::{ClaimKey, ClaimKind};
use uuid::Uuid;

use super::batch::{Kind, Target};
use super::foresight::{Fields, said};
use super::item::{Circumstances, Rejection};
use super::table::{Owners, States};
use super::titles::{title_claim, title_of};
use crate::catalog::episode::import_record::ImportRecord;
use crate::catalog::episode::{Episode, EpisodeCommand};
use crate::catalog::reading::{Fault, Reading, episode};
use crate::catalog::statement::{Extent, Statement};

/// Episodes from a source.
pub struct Episodes {
    /// Draws ids of new episodes.
    pub ids: fn() -> Uuid,
}

/// An episode's record that could be read.
#[derive(Debug)]
pub struct EpisodeRecord {
    claim: ClaimKey,
    title: ClaimKey,
    number: u32,
    statement: Statement<EpisodeFact>,
}

impl EpisodeRecord {
    /// Reads an item.
    pub fn read(
        item: &EpisodeItem,
        extent: Extent,
        with: &Circumstances<'_>,
    ) -> Result<Self, Vec<Fault>> {
        let mut reading = Reading::default();
        let source = reading.value("source", SourceName::parse(&item.source));
        let record = reading.value(
            "source_episode_id",
            SourceRecordId::parse(&item.source_episode_id),
        );
        let title = source.as_ref().and_then(|source| {
            reading.value(
                "title_source_id",
                title_claim(source, &item.title_source_id),
            )
        });
        reading.said("name", item.name.as_deref(), episode::name);
        reading.said("is_available", item.is_available.as_ref(), |available| {
            episode::is_available(*available)
        });
        let whole = source
            .zip(record)
            .zip(title)
            .map(|((source, record), title)| (source, record, title));
        let ((source, record, title), facts) = reading.with(whole)?;
        let claim = ClaimKey::source_record("episode", &source, &record);
        let by = with.provenance(source, record, item);
        Ok(Self {
            claim,
            title,
            number: item.number,
            statement: Statement { by, facts, extent },
        })
    }

    fn by(&self) -> &Provenance {
        &self.statement.by
    }

    fn number_claim(&self, title_id: impl std::fmt::Display) -> ClaimKey {
        ClaimKey::new(
            ClaimKind::EpisodeNumber,
            format!("{title_id}:{}", self.number),
        )
    }
}

impl Episodes {
    fn episode_of(
        &self,
        item: &EpisodeRecord,
        title_id: TitleId,
        owners: &Owners,
        states: &States<Episode>,
    ) -> Result<String, Rejection> {
        if let Some(id) = owners.of(&item.claim) {
            return if belongs(&states.of(id).state, title_id) {
                Ok(id.to_owned())
            } else {
                Err(other_title(item, id))
            };
        }
        let Some(other) = owners.of(&item.number_claim(title_id)) else {
            return Ok(EpisodeId::new((self.ids)()).to_string());
        };
        let state = states.of(other).state;
        let same_source = state
            .known()
            .is_ok_and(|known| known.records.come_from(&item.by().source));
        if same_source {
            Err(number_taken(item, other))
        } else {
            Ok(other.to_owned())
        }
    }
}

/// Whether an episode was entered under this title or stands there now: a curator may have moved it since. One that stands
/// nowhere may have come from a title that was merged into this one.
fn belongs(episode: &Episode, title_id: TitleId) -> bool {
    episode.known().is_ok_and(|known| {
        known.first_title_id == title_id || known.title_id.is_none_or(|title| title == title_id)
    })
}

fn other_title(item: &EpisodeRecord, other: &str) -> Rejection {
    let record = item.by().record.as_ref().map_or("", SourceRecordId::as_str);
    let detail = format!(
        "the record `{record}` describes episode {other} of another title: \
         use ids of the form <title_source_id>:<number>, so that they are unique within the source"
    );
    Rejection::new("episode_of_other_title", detail)
}

fn number_taken(item: &EpisodeRecord, other: &str) -> Rejection {
    let detail = format!(
        "another record of `{}` describes episode {} of this title: {other}",
        item.by().source,
        item.number
    );
    Rejection::new("episode_number_taken", detail)
}

impl Kind for Episodes {
    type Aggregate = Episode;
    type Item = EpisodeRecord;

    fn keys(&self, item: &EpisodeRecord, keys: &mut Vec<ClaimKey>) {
        keys.extend([item.claim.clone(), item.title.clone()]);
    }

    fn more_keys(&self, item: &EpisodeRecord, owners: &Owners, keys: &mut Vec<ClaimKey>) {
        if owners.of(&item.claim).is_none() {
            keys.extend(
                owners
                    .of(&item.title)
                    .map(|title_id| item.number_claim(title_id)),
            );
        }
    }

    fn ids(&self, item: &EpisodeRecord, owners: &Owners, ids: &mut Vec<String>) {
        let by_number = || {
            owners
                .of(&item.title)
                .and_then(|title_id| owners.of(&item.number_claim(title_id)))
        };
        ids.extend(owners.of(&item.claim).or_else(by_number).map(str::to_owned));
    }

    fn resolve(
        &self,
        item: &EpisodeRecord,
        owners: &Owners,
        states: &States<Episode>,
    ) -> Result<Target<Episode>, Rejection> {
        let title_id = title_of(&item.title, owners)?;
        let id = self.episode_of(item, title_id, owners, states)?;
        let import = ImportRecord {
            title_id,
            number: item.number,
            statement: item.statement.clone(),
        };
        Ok(Target {
            id,
            command: EpisodeCommand::ImportRecord(import),
        })
    }

    fn says(&self, item: &EpisodeRecord) -> Fields {
        said(&item.statement.facts, "")
    }
}
