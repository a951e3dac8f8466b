//! Titles as importers send them: which title a record describes, and what it says.
//!
//! A record finds its title by the source and its id there, never by name.

use accession_events::ClaimKey;
use accession_events::catalog::{TitleFact, TitleKind};
use accession_events::ids::TitleId;
use accession_events::ingestion::items::TitleItem;
use accession_events::values::{Provenance, Slug, SourceName, SourceRecordId};
use uuid::Uuid;

use super::batch::{Kind, Target};
use super::foresight::{Fields, said};
use super::item::{Circumstances, Rejection};
use super::table::{Owners, States};
use crate::catalog::reading::{Fault, Reading, Unreadable, title};
use crate::catalog::slugs;
use crate::catalog::statement::{Extent, Statement};
use crate::catalog::title::import_record::ImportRecord;
use crate::catalog::title::{Title, TitleCommand};

/// Titles from a source.
pub struct Titles {
    /// Draws ids of new titles.
    pub ids: fn() -> Uuid,
}

/// A title's record that could be read.
#[derive(Debug)]
pub struct TitleRecord {
    kind: TitleKind,
    slug: Slug,
    claim: ClaimKey,
    statement: Statement<TitleFact>,
}

impl TitleRecord {
    /// Reads an item.
    pub fn read(
        item: &TitleItem,
        extent: Extent,
        with: &Circumstances<'_>,
    ) -> Result<Self, Vec<Fault>> {
        let mut reading = Reading::default();
        let source = reading.value("source", SourceName::parse(&item.source));
        let record = reading.value("source_id", SourceRecordId::parse(&item.source_id));
        let needed = || {
            Unreadable::new(
                "missing",
                "this field is needed: `book`, `series` or `film`",
            )
        };
        let kind = reading.value("kind", item.kind.ok_or_else(needed));
        read_facts(item, &mut reading);
        let ((source, record, kind), facts) = reading.with(
            source
                .zip(record)
                .zip(kind)
                .map(|((source, record), kind)| (source, record, kind)),
        )?;
        let claim = ClaimKey::source_record("title", &source, &record);
        let by = with.provenance(source, record, item);
        Ok(Self {
            kind,
            slug: Slug::from_title(&item.name),
            claim,
            statement: Statement { by, facts, extent },
        })
    }

    /// Who says it.
    #[must_use]
    pub fn by(&self) -> &Provenance {
        &self.statement.by
    }
}

fn read_facts(item: &TitleItem, reading: &mut Reading<TitleFact>) {
    reading.said("name", Some(item.name.as_str()), title::name);
    reading.said(
        "original_name",
        item.original_name.as_deref(),
        title::original_name,
    );
    reading.said(
        "alternative_names",
        listed(&item.alternative_names),
        title::alternative_names,
    );
    reading.said("authors", listed(&item.authors), title::authors);
    reading.said("genres", listed(&item.genres), title::genres);
    reading.said(
        "description",
        item.description.as_deref(),
        title::description,
    );
    reading.said("year", item.year.as_ref(), |year| {
        title::year(i64::from(*year))
    });
    reading.said("status", item.status.as_ref(), |status| {
        title::status(*status)
    });
    reading.said("language", item.language.as_deref(), title::language);
    reading.said("poster", item.poster.as_deref(), title::poster);
    reading.said("episode_count", item.episode_count.as_ref(), |count| {
        title::episode_count(*count)
    });
    reading.said("rating", item.rating.as_ref(), |rating| {
        title::rating(*rating)
    });
}

/// An empty list in an item says nothing.
fn listed(texts: &[String]) -> Option<&[String]> {
    (!texts.is_empty()).then_some(texts)
}

impl Titles {
    /// The first slug that is free as far as is known.
    fn free_slug(record: &TitleRecord, id: TitleId, owners: &Owners) -> Slug {
        let base = &record.slug;
        let free = |slug: &Slug| owners.of(&slugs::claim(slug)).is_none();
        if free(base) {
            return base.clone();
        }
        slugs::alternatives(base)
            .find(free)
            .unwrap_or_else(|| slugs::own(base, id))
    }
}

impl Kind for Titles {
    type Aggregate = Title;
    type Item = TitleRecord;

    fn keys(&self, item: &TitleRecord, keys: &mut Vec<ClaimKey>) {
        keys.push(item.claim.clone());
        keys.push(slugs::claim(&item.slug));
    }

    fn more_keys(&self, item: &TitleRecord, owners: &Owners, keys: &mut Vec<ClaimKey>) {
        if owners.of(&item.claim).is_none() && owners.of(&slugs::claim(&item.slug)).is_some() {
            keys.extend(slugs::alternatives(&item.slug).map(|slug| slugs::claim(&slug)));
        }
    }

    fn ids(&self, item: &TitleRecord, owners: &Owners, ids: &mut Vec<String>) {
        ids.extend(owners.of(&item.claim).map(str::to_owned));
    }

    fn resolve(
        &self,
        item: &TitleRecord,
        owners: &Owners,
        _states: &States<Title>,
    ) -> Result<Target<Title>, Rejection> {
        let (id, slug) = if let Some(id) = owners.of(&item.claim) {
            (id.to_owned(), item.slug.clone())
        } else {
            let id = TitleId::new((self.ids)());
            (id.to_string(), Self::free_slug(item, id, owners))
        };
        let statement = item.statement.clone();
        Ok(Target {
            id,
            command: TitleCommand::ImportRecord(ImportRecord {
                kind: item.kind,
                slug,
                statement,
            }),
        })
    }

    fn says(&self, item: &TitleRecord) -> Fields {
        said(&item.statement.facts, "")
    }
}

/// The claim by which a source's title record finds its title.
pub(super) fn title_claim(source: &SourceName, record: &str) -> Result<ClaimKey, Unreadable> {
    let record = SourceRecordId::parse(record)?;
    Ok(ClaimKey::source_record("title", source, &record))
}

/// The title that a source's record describes, for a record that needs one.
pub(super) fn title_of(claim: &ClaimKey, owners: &Owners) -> Result<TitleId, Rejection> {
    let owner = owners.of(claim).and_then(|id| id.parse().ok());
    owner.ok_or_else(|| {
        let record = claim.value.trim_start_matches("title:");
        Rejection::new(
            "unknown_title",
            format!("no title is known for the record `{record}`: send the title first"),
        )
    })
}
