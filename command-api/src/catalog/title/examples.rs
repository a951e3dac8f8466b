//! Events and statements for the title's tests: defaults that a test overrides where it matters.
//!
//! Never used outside tests.

use accession_events::catalog::{TitleEvent, TitleFact, TitleKind};
use accession_events::values::{
    Authority, ContentHash, Provenance, ShortText, Slug, SourceName, SourceRecordId, TitleName,
    Year,
};
use cqrs_es::test::TestFramework;

use super::Title;
use super::import_record::ImportRecord;
use crate::catalog::statement::{Extent, Statement};

pub(super) fn title() -> TestFramework<Title> {
    TestFramework::with(())
}

pub(super) fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

pub(super) fn curator(who: &str) -> Provenance {
    Provenance::of(
        SourceName::parse(&format!("curator:{who}")).unwrap(),
        Authority::Curator,
    )
}

pub(super) fn record(source: &str, content: &str) -> Provenance {
    let mut by = Provenance::of(
        SourceName::parse(source).unwrap(),
        Authority::SecondaryProvider,
    );
    by.record = Some(SourceRecordId::parse("17").unwrap());
    by.content_hash = Some(ContentHash::of(content.as_bytes()));
    by
}

pub(super) fn name(text: &str) -> TitleFact {
    TitleFact::Name(TitleName::parse(text).unwrap())
}

pub(super) fn year(number: i64) -> TitleFact {
    TitleFact::ReleaseYear(Year::new(number).unwrap())
}

pub(super) fn genres(texts: &[&str]) -> TitleFact {
    TitleFact::Genres(
        texts
            .iter()
            .map(|text| ShortText::parse(text).unwrap())
            .collect(),
    )
}

pub(super) fn added(by: Provenance, facts: Vec<TitleFact>) -> TitleEvent {
    TitleEvent::TitleAdded {
        kind: TitleKind::Book,
        slug: slug("emma"),
        provenance: by,
        facts,
    }
}

/// Emma, as entered by the curator Ann.
pub(super) fn emma() -> TitleEvent {
    added(curator("ann"), vec![name("Emma")])
}

pub(super) fn import(by: Provenance, facts: Vec<TitleFact>, extent: Extent) -> ImportRecord {
    ImportRecord {
        kind: TitleKind::Book,
        slug: slug("emma"),
        statement: Statement { by, facts, extent },
    }
}
