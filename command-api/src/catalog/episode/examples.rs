//! Events and statements for the episode's tests: defaults that a test overrides where it matters.
//!
//! Never used outside tests.

use accession_events::catalog::{EpisodeEvent, EpisodeFact, PlayerKind, SourceFact};
use accession_events::ids::{TitleId, VideoSourceId};
use accession_events::values::{
    Authority, ContentHash, Provenance, ShortText, SourceName, SourceRecordId, TitleName, WebUrl,
};
use cqrs_es::test::TestFramework;

use super::Episode;

pub(super) fn episode() -> TestFramework<Episode> {
    TestFramework::with(())
}

pub(super) fn title_id() -> TitleId {
    "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c".parse().unwrap()
}

pub(super) fn other_title_id() -> TitleId {
    "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5d".parse().unwrap()
}

pub(super) fn source_id() -> VideoSourceId {
    "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e51".parse().unwrap()
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
    by.record = Some(SourceRecordId::parse("17:1").unwrap());
    by.content_hash = Some(ContentHash::of(content.as_bytes()));
    by
}

pub(super) fn name(text: &str) -> EpisodeFact {
    EpisodeFact::Name(TitleName::parse(text).unwrap())
}

pub(super) fn url() -> WebUrl {
    WebUrl::parse("https://video.example/1.m3u8").unwrap()
}

pub(super) fn mirror() -> ShortText {
    ShortText::parse("mirror").unwrap()
}

pub(super) fn added() -> EpisodeEvent {
    added_by(curator("ann"), vec![name("Pilot")])
}

pub(super) fn added_by(provenance: Provenance, facts: Vec<EpisodeFact>) -> EpisodeEvent {
    EpisodeEvent::EpisodeAdded {
        title_id: title_id(),
        number: 1,
        provenance,
        facts,
    }
}

pub(super) fn asserted(provenance: Provenance, facts: Vec<EpisodeFact>) -> EpisodeEvent {
    EpisodeEvent::EpisodeFactsAsserted {
        title_id: Some(title_id()),
        provenance,
        facts,
    }
}

pub(super) fn detached() -> EpisodeEvent {
    EpisodeEvent::EpisodeDetached {
        title_id: title_id(),
        number: 1,
        reason: None,
    }
}

pub(super) fn source_facts() -> Vec<SourceFact> {
    vec![SourceFact::Kind(PlayerKind::M3u8), SourceFact::Priority(5)]
}

pub(super) fn source_added(provenance: Provenance) -> EpisodeEvent {
    EpisodeEvent::VideoSourceAdded {
        title_id: Some(title_id()),
        source_id: source_id(),
        url: url(),
        name: mirror(),
        provenance,
        facts: source_facts(),
    }
}

pub(super) fn source_said(provenance: Provenance, facts: Vec<SourceFact>) -> EpisodeEvent {
    EpisodeEvent::VideoSourceFactsAsserted {
        title_id: Some(title_id()),
        source_id: source_id(),
        provenance,
        facts,
    }
}

pub(super) fn source_removed() -> EpisodeEvent {
    EpisodeEvent::VideoSourceRemoved {
        title_id: Some(title_id()),
        source_id: source_id(),
        reason: None,
    }
}
