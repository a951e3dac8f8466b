//! Editions as importers send them: which edition a record describes, and what it says.
//!
//! An ISBN names an edition across sources; within one source two records never share it.

use accession_events::catalog::EditionFact;
use accession_events::ids::EditionId;
use accession_events::ingestion::items::EditionItem;
use accession_events::values::{Provenance, SourceName, SourceRecordId};
use accession_events::{ClaimKey, ClaimKind};
use uuid::Uuid;

use super::batch::{Kind, Target};
use super::foresight::{Fields, said};
use super::item::{Circumstances, Rejection};
use super::table::{Owners, States};
use super::titles::{title_claim, title_of};
use crate::catalog::edition::import_record::ImportRecord;
use crate::catalog::edition::{Edition, EditionCommand};
use crate::catalog::reading::{Fault, Reading, edition};
use crate::catalog::statement::{Extent, Statement};

/// Editions from a source.
pub struct Editions {
    /// Draws ids of new editions.
    pub ids: fn() -> Uuid,
}

/// An edition's record that could be read.
#[derive(Debug)]
pub struct EditionRecord {
    claim: ClaimKey,
    title: ClaimKey,
    isbn: Option<ClaimKey>,
    statement: Statement<EditionFact>,
}

impl EditionRecord {
    /// Reads an item.
    pub fn read(item: &EditionItem, with: &Circumstances<'_>) -> Result<Self, Vec<Fault>> {
        let mut reading = Reading::default();
        let source = reading.value("source", SourceName::parse(&item.source));
        let record = reading.value("source_id", SourceRecordId::parse(&item.source_id));
        let title = source.as_ref().and_then(|source| {
            reading.value(
                "title_source_id",
                title_claim(source, &item.title_source_id),
            )
        });
        read_facts(item, &mut reading);
        let whole = source
            .zip(record)
            .zip(title)
            .map(|((source, record), title)| (source, record, title));
        let ((source, record, title), facts) = reading.with(whole)?;
        let claim = ClaimKey::source_record("edition", &source, &record);
        let isbn = facts.iter().find_map(|fact| match fact {
            EditionFact::Isbn(isbn) => Some(ClaimKey::new(ClaimKind::Isbn, isbn.as_str())),
            _ => None,
        });
        let by = with.provenance(source, record, item);
        Ok(Self {
            claim,
            title,
            isbn,
            statement: Statement {
                by,
                facts,
                extent: Extent::Full,
            },
        })
    }

    fn by(&self) -> &Provenance {
        &self.statement.by
    }
}

fn read_facts(item: &EditionItem, reading: &mut Reading<EditionFact>) {
    reading.said("isbn", item.isbn.as_deref(), edition::isbn);
    reading.said(
        "unverified_isbn",
        item.unverified_isbn.as_deref(),
        edition::unverified_isbn,
    );
    reading.said("name", item.name.as_deref(), edition::name);
    reading.said("publisher", item.publisher.as_deref(), edition::publisher);
    reading.said("published_year", item.published_year.as_ref(), |year| {
        edition::published_year(i64::from(*year))
    });
    reading.said("language", item.language.as_deref(), edition::language);
    reading.said("page_count", item.page_count.as_ref(), |count| {
        edition::page_count(*count)
    });
    reading.said("format", item.format.as_deref(), edition::format);
    reading.said("cover", item.cover.as_deref(), edition::cover);
}

impl Editions {
    fn edition_of(
        &self,
        item: &EditionRecord,
        owners: &Owners,
        states: &States<Edition>,
    ) -> Result<String, Rejection> {
        let by_record = owners.of(&item.claim);
        let by_isbn = item.isbn.as_ref().and_then(|isbn| owners.of(isbn));
        match (by_record, by_isbn) {
            (Some(own), Some(other)) if own != other => Err(isbn_taken(item, other)),
            (Some(own), _) => Ok(own.to_owned()),
            (None, None) => Ok(EditionId::new((self.ids)()).to_string()),
            (None, Some(other)) => {
                let state = states.of(other).state;
                let same_source = state
                    .known()
                    .is_ok_and(|known| known.records.come_from(&item.by().source));
                if same_source {
                    Err(isbn_taken(item, other))
                } else {
                    Ok(other.to_owned())
                }
            }
        }
    }
}

fn isbn_taken(item: &EditionRecord, other: &str) -> Rejection {
    let isbn = item.isbn.as_ref().map_or("", |key| &key.value);
    let source = &item.by().source;
    Rejection::new(
        "isbn_taken",
        format!("the ISBN {isbn} of this record of `{source}` belongs to edition {other}"),
    )
}

impl Kind for Editions {
    type Aggregate = Edition;
    type Item = EditionRecord;

    fn keys(&self, item: &EditionRecord, keys: &mut Vec<ClaimKey>) {
        keys.extend([item.claim.clone(), item.title.clone()]);
        keys.extend(item.isbn.clone());
    }

    fn more_keys(&self, _item: &EditionRecord, _owners: &Owners, _keys: &mut Vec<ClaimKey>) {}

    fn ids(&self, item: &EditionRecord, owners: &Owners, ids: &mut Vec<String>) {
        ids.extend(owners.of(&item.claim).map(str::to_owned));
        ids.extend(
            item.isbn
                .as_ref()
                .and_then(|isbn| owners.of(isbn))
                .map(str::to_owned),
        );
    }

    fn resolve(
        &self,
        item: &EditionRecord,
        owners: &Owners,
        states: &States<Edition>,
    ) -> Result<Target<Edition>, Rejection> {
        let title_id = title_of(&item.title, owners)?;
        let id = self.edition_of(item, owners, states)?;
        let statement = item.statement.clone();
        Ok(Target {
            id,
            command: EditionCommand::ImportRecord(ImportRecord {
                title_id,
                statement,
            }),
        })
    }

    fn says(&self, item: &EditionRecord) -> Fields {
        said(&item.statement.facts, "")
    }
}
