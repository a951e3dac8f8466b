//! Events and statements for the edition's tests: defaults that a test overrides where it matters.
//!
//! Never used outside tests.

use accession_events::catalog::{EditionEvent, EditionFact};
use accession_events::ids::TitleId;
use accession_events::values::{
    Authority, ContentHash, Isbn, Provenance, ShortText, SourceName, SourceRecordId,
};
use cqrs_es::test::TestFramework;

use super::Edition;
use super::import_record::ImportRecord;
use crate::catalog::statement::{Extent, Statement};

pub(super) const GAMES: &str = "9780439023481";
pub(super) const FIRE: &str = "9780439023498";

pub(super) fn edition() -> TestFramework<Edition> {
    TestFramework::with(())
}

pub(super) fn title_id() -> TitleId {
    "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c".parse().unwrap()
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

pub(super) fn number(text: &str) -> Isbn {
    Isbn::parse(text).unwrap()
}

pub(super) fn isbn(text: &str) -> EditionFact {
    EditionFact::Isbn(number(text))
}

pub(super) fn publisher(text: &str) -> EditionFact {
    EditionFact::Publisher(ShortText::parse(text).unwrap())
}

pub(super) fn added(by: Provenance, facts: Vec<EditionFact>) -> EditionEvent {
    EditionEvent::EditionAdded {
        title_id: title_id(),
        provenance: by,
        facts,
    }
}

pub(super) fn asserted(by: Provenance, facts: Vec<EditionFact>) -> EditionEvent {
    EditionEvent::EditionFactsAsserted {
        title_id: title_id(),
        provenance: by,
        facts,
    }
}

pub(super) fn released(text: &str) -> EditionEvent {
    EditionEvent::EditionIsbnReleased {
        title_id: title_id(),
        isbn: number(text),
    }
}

/// The Hunger Games, as entered by the curator Ann.
pub(super) fn games() -> EditionEvent {
    added(curator("ann"), vec![isbn(GAMES)])
}

pub(super) fn import(by: Provenance, facts: Vec<EditionFact>) -> ImportRecord {
    ImportRecord {
        title_id: title_id(),
        statement: Statement {
            by,
            facts,
            extent: Extent::Full,
        },
    }
}
