//! Split a new title off another one: the editions, episodes and source records that were never its own.
//!
//! Never leaves either of them without a name. Its undo is a merge: the new title's id then leads back.

use accession_events::catalog::TitleFact;
use accession_events::ids::{EditionId, EpisodeId, TitleId};
use accession_events::values::{Provenance, Slug, SourceName, SourceRecordId};

use super::{Drafts, MOST_PARTS, MergeError, Plan, Told};
use crate::catalog::title::add_title::AddTitle;
use crate::catalog::title::merging::{Relinquish, Separate};
use crate::catalog::title::{KnownTitle, TitleCommand, TitleError};

/// Split a new title off.
#[derive(Debug, Clone, PartialEq)]
pub struct TitleSplit {
    /// The title that is split.
    pub title: TitleId,
    /// Its version that the caller has seen.
    pub version: Option<u64>,
    /// The id of the new title.
    pub new: TitleId,
    /// Its slug.
    pub slug: Slug,
    /// Who splits.
    pub by: Provenance,
    /// What they say of the new title; among it a name.
    pub facts: Vec<TitleFact>,
    /// The editions that go.
    pub editions: Vec<EditionId>,
    /// The episodes that go; they keep their numbers.
    pub episodes: Vec<EpisodeId>,
    /// The source records that go, with all that they say.
    pub records: Vec<(SourceName, SourceRecordId)>,
}

impl Plan for TitleSplit {
    async fn draw(&self, drafts: &mut Drafts) -> Result<Told, MergeError> {
        let (title, new) = (self.title, self.new);
        let count = self.editions.len() + self.episodes.len();
        match count {
            0 if self.records.is_empty() => return Err(MergeError::NothingToSplit),
            count if count > MOST_PARTS => return Err(MergeError::TooMany(count)),
            _ => {}
        }
        drafts.titles.load([title, new]).await?;
        let known = drafts.titles.of(title).standing().cloned();
        let known = known.map_err(MergeError::title(title))?;
        drafts.titles.seen(title, self.version)?;
        let records = self.known_records(&known)?;
        let leaving = known.leaving(&[], &records);
        self.bring(
            drafts,
            &TitleCommand::Add(AddTitle {
                kind: known.kind,
                slug: self.slug.clone(),
                by: self.by.clone(),
                facts: self.facts.clone(),
            }),
        )?;
        self.bring(
            drafts,
            &TitleCommand::Separate(Separate {
                from: title,
                records: leaving.records,
                said: leaving.said,
            }),
        )?;
        let relinquish = TitleCommand::Relinquish(Relinquish {
            to: new,
            titles: Vec::new(),
            records,
        });
        let decided = drafts.titles.decide(title, &relinquish);
        decided.map_err(MergeError::title(title))?;
        if let Ok(left) = drafts.titles.of(title).known()
            && known.has_name()
            && !left.has_name()
        {
            return Err(MergeError::title(title)(TitleError::NameNeeded));
        }
        self.parts(drafts).await?;
        Ok(Told {
            title: Some(new),
            version: drafts.titles.version(new),
            editions: self.editions.clone(),
            episodes: self.episodes.clone(),
            ..Told::default()
        })
    }
}

impl TitleSplit {
    fn bring(&self, drafts: &mut Drafts, command: &TitleCommand) -> Result<(), MergeError> {
        let decided = drafts.titles.decide(self.new, command);
        decided.map(|_| ()).map_err(MergeError::title(self.new))
    }

    /// The records as the title knows them.
    fn known_records(&self, known: &KnownTitle) -> Result<Vec<Provenance>, MergeError> {
        let all = known.records.all();
        let find = |(source, record): &(SourceName, SourceRecordId)| {
            let is = |by: &&Provenance| by.source == *source && by.record.as_ref() == Some(record);
            let found = all.iter().find(is).cloned();
            found.ok_or_else(|| MergeError::NotOfTitle {
                field: "records",
                what: format!("the record `{record}` of `{source}`"),
            })
        };
        self.records.iter().map(find).collect()
    }

    async fn parts(&self, drafts: &mut Drafts) -> Result<(), MergeError> {
        drafts.editions.load(&self.editions).await?;
        for id in &self.editions {
            let known = drafts.editions.of(id).known();
            let title = known.map_err(MergeError::edition(*id))?.title_id;
            if title != self.title {
                return Err(not_of("editions", format!("the edition {id}")));
            }
            drafts.put_edition(*id, self.new)?;
        }
        drafts.episodes.load(&self.episodes).await?;
        for id in &self.episodes {
            let known = drafts.episodes.of(id).known();
            let title = known.map_err(MergeError::episode(*id))?.title_id;
            if title != Some(self.title) {
                return Err(not_of("episodes", format!("the episode {id}")));
            }
            drafts.put_episode(*id, self.new)?;
        }
        Ok(())
    }
}

const fn not_of(field: &'static str, what: String) -> MergeError {
    MergeError::NotOfTitle { field, what }
}
