//! What production has stored must decode for ever: one golden JSON file for every version of every event.
//!
//! Run with `ACCESSION_UPDATE_GOLDEN=1` to write the file of a new event; a file that exists is never rewritten.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

#[path = "golden/circulation.rs"]
mod circulation;
#[path = "golden/holdings.rs"]
mod holdings;
#[path = "golden/identity.rs"]
mod identity;
#[path = "golden/library.rs"]
mod library;
#[path = "golden/stocktaking.rs"]
mod stocktaking;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use accession_events::catalog::{
    AttachedEpisode, AttachedSource, EditionEvent, EditionFact, EditionField, EpisodeEvent,
    EpisodeFact, EpisodeField, MovedEdition, PlayerKind, ReleaseStatus, SourceFact, SourceField,
    TakenEdition, TakenTitle, TitleEvent, TitleFact, TitleField, TitleKind,
};
use accession_events::event::{LoggedEvent, decode_parts};
use accession_events::identity::{ErasureReason, SubjectEvent};
use accession_events::ids::{
    AccountId, EditionId, ImportRunId, LibraryId, SubjectId, TitleId, VideoSourceId,
};
use accession_events::ingestion::{ImportCounts, ImportRunEvent, RejectedItem};
use accession_events::values::{
    Authority, ContentHash, Fact, FieldStatements, Isbn, PinnedStatements, Provenance, Year,
};
use uuid::Uuid;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn parsed<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}

fn value<T: serde::de::DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap()
}

fn title_id() -> TitleId {
    parsed("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c")
}

fn source_id() -> VideoSourceId {
    parsed("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5d")
}

fn imported() -> Provenance {
    Provenance {
        source: value("\"goodbooks\""),
        authority: Authority::SecondaryProvider,
        record: Some(value("\"2767052\"")),
        content_hash: Some(ContentHash::of(b"the record as it came")),
        import_run: Some(ImportRunId::new(Uuid::from_u128(7))),
    }
}

fn curated() -> Provenance {
    Provenance {
        source: value("\"curator:ana\""),
        authority: Authority::Curator,
        record: None,
        content_hash: None,
        import_run: None,
    }
}

/// What an importer said of a field, and what a lock still pins of it.
fn standing<F: Fact>(field: F::Field, said: Vec<F>, pinned: Option<F>) -> FieldStatements<F> {
    let lock = pinned.map(|fact| PinnedStatements {
        frozen: vec![(imported(), fact.clone())],
        since: vec![(curated(), fact)],
    });
    FieldStatements {
        field,
        said: said.into_iter().map(|fact| (imported(), fact)).collect(),
        lock,
    }
}

fn every_title_fact() -> Vec<TitleFact> {
    vec![
        TitleFact::Name(value("\"The Hunger Games\"")),
        TitleFact::OriginalName(value("\"The Hunger Games\"")),
        TitleFact::AlternativeNames(value("[\"Hunger Games\", \"Голодные игры\"]")),
        TitleFact::Authors(value("[\"Suzanne Collins\"]")),
        TitleFact::Genres(value("[\"Dystopia\"]")),
        TitleFact::Description(value("\"Katniss takes her sister's place.\"")),
        TitleFact::ReleaseYear(Year::try_from(2008).unwrap()),
        TitleFact::Status(ReleaseStatus::Completed),
        TitleFact::Language(value("\"en\"")),
        TitleFact::Poster(value("\"https://example.org/p.jpg\"")),
        TitleFact::EpisodeCount(24),
        TitleFact::AudienceRating {
            hundredths: 434,
            votes: 4_780_653,
        },
    ]
}

fn title_events() -> Vec<TitleEvent> {
    vec![
        TitleEvent::TitleAdded {
            kind: TitleKind::Book,
            slug: value("\"the-hunger-games\""),
            provenance: imported(),
            facts: every_title_fact(),
        },
        TitleEvent::TitleFactsAsserted {
            provenance: curated(),
            facts: vec![TitleFact::Name(value("\"The Hunger Games\""))],
        },
        TitleEvent::TitleFactsWithdrawn {
            provenance: curated(),
            fields: vec![TitleField::Poster, TitleField::Name],
        },
        TitleEvent::TitleFieldLocked {
            field: TitleField::ReleaseYear,
        },
        TitleEvent::TitleFieldUnlocked {
            field: TitleField::ReleaseYear,
        },
        TitleEvent::TitleFieldsRestored {
            fields: vec![
                standing(TitleField::Poster, vec![], None),
                standing(
                    TitleField::ReleaseYear,
                    vec![TitleFact::ReleaseYear(Year::try_from(2008).unwrap())],
                    Some(TitleFact::ReleaseYear(Year::try_from(2009).unwrap())),
                ),
            ],
        },
        TitleEvent::TitleSlugChanged {
            slug: value("\"hunger-games\""),
            former: value("\"the-hunger-games\""),
        },
        TitleEvent::TitleReclassified {
            from: TitleKind::Series,
            to: TitleKind::Film,
        },
        TitleEvent::TitleMergedInto {
            title_id: title_id(),
            records: vec![imported()],
            reason: Some(value("\"the same book\"")),
        },
        TitleEvent::TitleAbsorbed {
            taken: vec![taken()],
        },
        TitleEvent::TitleRelinquished {
            title_id: title_id(),
            titles: vec![title_id()],
            fields: vec![standing(
                TitleField::Name,
                vec![TitleFact::Name(value("\"Battle Royale\""))],
                None,
            )],
            records: vec![imported()],
        },
        TitleEvent::TitleSeparated {
            from: title_id(),
            fields: vec![standing(
                TitleField::Name,
                vec![TitleFact::Name(value("\"The Hunger Games\""))],
                None,
            )],
            records: vec![imported()],
        },
        TitleEvent::TitleActivated {},
        TitleEvent::TitleDeactivated {
            reason: Some(value("\"entered twice\"")),
        },
    ]
}

fn edition_id() -> EditionId {
    parsed("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e61")
}

/// Everything that a title can take over.
fn taken() -> TakenTitle {
    TakenTitle {
        title_id: title_id(),
        said: vec![(imported(), TitleFact::Name(value("\"The Hunger Games\"")))],
        records: vec![imported()],
        editions: vec![parsed("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e61")],
        episodes: vec![parsed("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e62")],
        detached: vec![parsed("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e63")],
    }
}

fn edition_events() -> Vec<EditionEvent> {
    let title_id = title_id();
    let isbn = Isbn::parse("9780439023481").unwrap();
    vec![
        EditionEvent::EditionAdded {
            title_id,
            provenance: imported(),
            facts: vec![
                EditionFact::Isbn(isbn),
                EditionFact::UnverifiedIsbn(value("\"97804390234\"")),
                EditionFact::Name(value("\"The Hunger Games (The Hunger Games, #1)\"")),
                EditionFact::Publisher(value("\"Scholastic\"")),
                EditionFact::PublishedYear(Year::try_from(2008).unwrap()),
                EditionFact::Language(value("\"en\"")),
                EditionFact::PageCount(374),
                EditionFact::Format(value("\"hardcover\"")),
                EditionFact::Cover(value("\"https://example.org/c.jpg\"")),
            ],
        },
        EditionEvent::EditionFactsAsserted {
            title_id,
            provenance: curated(),
            facts: vec![EditionFact::PageCount(384)],
        },
        EditionEvent::EditionFactsWithdrawn {
            title_id,
            provenance: imported(),
            fields: vec![EditionField::Isbn],
        },
        EditionEvent::EditionIsbnReleased { title_id, isbn },
        EditionEvent::EditionFieldLocked {
            title_id,
            field: EditionField::Cover,
        },
        EditionEvent::EditionFieldUnlocked {
            title_id,
            field: EditionField::Cover,
        },
        EditionEvent::EditionFieldsRestored {
            title_id,
            fields: vec![standing(
                EditionField::Isbn,
                vec![EditionFact::Isbn(isbn)],
                None,
            )],
        },
        EditionEvent::EditionMoved {
            title_id,
            from: parsed("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e60"),
            edition: MovedEdition {
                said: vec![(imported(), EditionFact::PageCount(374))],
                pinned: vec![standing(
                    EditionField::Isbn,
                    vec![EditionFact::Isbn(isbn)],
                    Some(EditionFact::Isbn(isbn)),
                )],
                withdrawn: true,
                merged_into: None,
            },
        },
        EditionEvent::EditionWithdrawn {
            title_id,
            reason: None,
        },
        EditionEvent::EditionReinstated { title_id },
    ]
}

fn edition_events_of_merges() -> Vec<EditionEvent> {
    let title_id = title_id();
    let isbn = Isbn::parse("9780439023481").unwrap();
    vec![
        EditionEvent::EditionMergedInto {
            title_id,
            edition_id: edition_id(),
            records: vec![imported()],
            isbns: vec![isbn],
            reason: Some(value("\"the same printing\"")),
        },
        EditionEvent::EditionAbsorbed {
            title_id,
            taken: vec![TakenEdition {
                edition_id: edition_id(),
                said: vec![(imported(), EditionFact::PageCount(374))],
                records: vec![imported()],
                isbns: vec![isbn],
            }],
        },
        EditionEvent::EditionRelinquished {
            title_id,
            edition_id: edition_id(),
            editions: vec![edition_id()],
            fields: vec![standing(
                EditionField::PageCount,
                vec![EditionFact::PageCount(384)],
                None,
            )],
            records: vec![imported()],
            isbns: vec![isbn],
        },
        EditionEvent::EditionSeparated {
            title_id,
            from: edition_id(),
            fields: vec![standing(
                EditionField::PageCount,
                vec![EditionFact::PageCount(374)],
                None,
            )],
            records: vec![imported()],
            isbns: vec![isbn],
        },
    ]
}

fn episode_events() -> Vec<EpisodeEvent> {
    let id = title_id();
    let title_id = Some(id);
    let source_facts = vec![
        SourceFact::Kind(PlayerKind::M3u8),
        SourceFact::Priority(10),
        SourceFact::Active(true),
    ];
    let attached = AttachedEpisode {
        said: vec![(imported(), EpisodeFact::Name(value("\"Pilot\"")))],
        locked: vec![EpisodeField::Name],
        pinned: vec![],
        sources: vec![AttachedSource {
            source_id: source_id(),
            url: value("\"https://example.org/1.m3u8\""),
            name: value("\"AniLibria\""),
            said: source_facts
                .iter()
                .map(|fact| (imported(), fact.clone()))
                .collect(),
        }],
    };
    vec![
        EpisodeEvent::EpisodeAdded {
            title_id: id,
            number: 1,
            provenance: imported(),
            facts: vec![
                EpisodeFact::Name(value("\"Pilot\"")),
                EpisodeFact::Available(true),
            ],
        },
        EpisodeEvent::EpisodeFactsAsserted {
            title_id,
            provenance: curated(),
            facts: vec![EpisodeFact::Available(false)],
        },
        EpisodeEvent::EpisodeFactsWithdrawn {
            title_id,
            provenance: curated(),
            fields: vec![EpisodeField::Available],
        },
        EpisodeEvent::EpisodeFieldLocked {
            title_id,
            field: EpisodeField::Name,
        },
        EpisodeEvent::EpisodeFieldUnlocked {
            title_id: None,
            field: EpisodeField::Name,
        },
        EpisodeEvent::EpisodeRenumbered {
            title_id: id,
            from: 1,
            to: 0,
        },
        EpisodeEvent::EpisodeDetached {
            title_id: id,
            number: 0,
            reason: Some(value("\"belongs to the film\"")),
        },
        EpisodeEvent::EpisodeAttached {
            title_id: id,
            number: 1,
            episode: attached,
        },
        EpisodeEvent::VideoSourceAdded {
            title_id,
            source_id: source_id(),
            url: value("\"https://example.org/1.m3u8\""),
            name: value("\"AniLibria\""),
            provenance: imported(),
            facts: source_facts,
        },
        EpisodeEvent::VideoSourceFactsAsserted {
            title_id,
            source_id: source_id(),
            provenance: curated(),
            facts: vec![SourceFact::Active(false)],
        },
        EpisodeEvent::VideoSourceRemoved {
            title_id,
            source_id: source_id(),
            reason: None,
        },
    ]
}

/// What undos make of an episode and of its sources.
fn episode_events_of_undos() -> Vec<EpisodeEvent> {
    let title_id = Some(title_id());
    vec![
        EpisodeEvent::EpisodeFieldsRestored {
            title_id,
            fields: vec![standing(
                EpisodeField::Available,
                vec![EpisodeFact::Available(true)],
                None,
            )],
        },
        EpisodeEvent::VideoSourceFieldsRestored {
            title_id,
            source_id: source_id(),
            fields: vec![standing(
                SourceField::Active,
                vec![SourceFact::Active(true)],
                None,
            )],
        },
        EpisodeEvent::VideoSourceRestored {
            title_id: None,
            source: AttachedSource {
                source_id: source_id(),
                url: value("\"https://example.org/1.m3u8\""),
                name: value("\"AniLibria\""),
                said: vec![(imported(), SourceFact::Active(true))],
            },
        },
    ]
}

fn import_run_events() -> Vec<ImportRunEvent> {
    let counts = ImportCounts {
        accepted: 9_999,
        unchanged: 0,
        rejected: 1,
    };
    let (source, input) = (
        value::<accession_events::values::SourceName>("\"goodbooks\""),
        "books.csv".to_owned(),
    );
    let rejected = RejectedItem {
        record: "line 17".into(),
        code: "bad_isbn".into(),
        detail: "…".into(),
    };
    vec![
        ImportRunEvent::ImportRunOpened {
            source: source.clone(),
            input: input.clone(),
        },
        ImportRunEvent::ImportRunCheckpointed {
            cursor: "5000".into(),
            counts,
        },
        ImportRunEvent::ImportItemsRejected {
            items: vec![rejected],
        },
        ImportRunEvent::ImportRunCompleted {
            source: source.clone(),
            input: input.clone(),
            counts,
        },
        ImportRunEvent::ImportRunAbandoned {
            source,
            input,
            reason: "wrong file".into(),
            counts,
        },
        ImportRunEvent::ImportRunUndone {
            reason: "the wrong year's file".into(),
        },
    ]
}

fn subject_events() -> Vec<SubjectEvent> {
    vec![SubjectEvent::SubjectErased {
        subject: SubjectId::new(Uuid::from_u128(21)),
        account: None,
        libraries: vec![LibraryId::new(Uuid::from_u128(22))],
        by: Some(AccountId::new(Uuid::from_u128(23))),
        reason: ErasureReason::Asked,
    }]
}

fn check<E: LoggedEvent + PartialEq + std::fmt::Debug>(events: Vec<E>) {
    for event in events {
        let (context, _) = E::AGGREGATE.split_once('.').unwrap();
        let file = format!("{context}/{}.v{}.json", event.name(), event.version());
        check_file(&event, &folder().join(file));
    }
}

fn check_file<E: LoggedEvent + PartialEq + std::fmt::Debug>(event: &E, path: &Path) {
    let written = format!("{}\n", serde_json::to_string_pretty(event).unwrap());
    if std::env::var_os("ACCESSION_UPDATE_GOLDEN").is_some() && !path.exists() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &written).unwrap();
    }
    let golden = std::fs::read_to_string(path).unwrap_or_else(|_| {
        panic!(
            "{} is missing: write it with ACCESSION_UPDATE_GOLDEN=1",
            path.display()
        )
    });
    let decoded: E = decode_parts(event.name(), event.version(), &golden).unwrap();
    assert_eq!(&decoded, event, "{}", path.display());
    assert_eq!(
        golden,
        written,
        "{}: the present shape is written differently",
        path.display()
    );
}

/// What events came to say later, beside their first shape, which stays as it was.
#[test]
fn what_golden_events_came_to_say_later_is_read_and_written_as_its_file_says() {
    let at = |file: &str| folder().join(file);
    check_file(
        &identity::ended_with_a_farewell(),
        &at("identity/AccountDeleted.v1.with_farewell.json"),
    );
    check_file(
        &library::removed_with_a_record(),
        &at("library/MemberRemoved.v1.with_record.json"),
    );
    let mut erased = subject_events().remove(0);
    let SubjectEvent::SubjectErased { account, .. } = &mut erased;
    *account = Some(AccountId::new(Uuid::from_u128(24)));
    check_file(&erased, &at("identity/SubjectErased.v1.with_account.json"));
}

#[test]
fn every_event_is_read_and_written_as_its_golden_file_says() {
    check(title_events());
    check(edition_events());
    check(edition_events_of_merges());
    check(episode_events());
    check(episode_events_of_undos());
    check(import_run_events());
    check(identity::account_events());
    check(identity::service_credential_events());
    check(identity::session_events());
    check(library::events());
    check(holdings::held_events());
    check(holdings::places_events());
    check(holdings::shelf_events());
    check(stocktaking::events());
    check(holdings::copy_events());
    check(circulation::policy_events());
    check(circulation::patron_events());
    check(circulation::lending_events());
    check(subject_events());
}

#[test]
fn every_variant_of_every_event_has_a_golden_sample() {
    let mut named = BTreeSet::new();
    for file in [
        "catalog/title.rs",
        "catalog/edition.rs",
        "catalog/episode.rs",
        "holdings/copy.rs",
        "holdings/held.rs",
        "holdings/places.rs",
        "holdings/shelf.rs",
        "holdings/stocktaking.rs",
        "identity/account/logged.rs",
        "identity/service_credential.rs",
        "identity/session.rs",
        "identity/subject.rs",
        "ingestion/import_run.rs",
        "library/library.rs",
        "circulation/policy.rs",
        "circulation/patron.rs",
        "circulation/lending.rs",
    ] {
        let source =
            std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file))
                .unwrap();
        let arms = source
            .lines()
            .filter_map(|line| line.split_once("} => \""))
            .map(|(_, rest)| rest);
        named.extend(
            arms.filter_map(|rest| rest.split_once('"'))
                .map(|(name, _)| name.to_owned()),
        );
    }
    let sampled: BTreeSet<String> = title_events()
        .iter()
        .map(LoggedEvent::name)
        .chain(edition_events().iter().map(LoggedEvent::name))
        .chain(edition_events_of_merges().iter().map(LoggedEvent::name))
        .chain(episode_events().iter().map(LoggedEvent::name))
        .chain(episode_events_of_undos().iter().map(LoggedEvent::name))
        .chain(import_run_events().iter().map(LoggedEvent::name))
        .chain(identity::account_events().iter().map(LoggedEvent::name))
        .chain(
            identity::service_credential_events()
                .iter()
                .map(LoggedEvent::name),
        )
        .chain(identity::session_events().iter().map(LoggedEvent::name))
        .chain(library::events().iter().map(LoggedEvent::name))
        .chain(holdings::held_events().iter().map(LoggedEvent::name))
        .chain(holdings::places_events().iter().map(LoggedEvent::name))
        .chain(holdings::shelf_events().iter().map(LoggedEvent::name))
        .chain(stocktaking::events().iter().map(LoggedEvent::name))
        .chain(holdings::copy_events().iter().map(LoggedEvent::name))
        .chain(circulation::policy_events().iter().map(LoggedEvent::name))
        .chain(circulation::patron_events().iter().map(LoggedEvent::name))
        .chain(circulation::lending_events().iter().map(LoggedEvent::name))
        .chain(subject_events().iter().map(LoggedEvent::name))
        .map(str::to_owned)
        .collect();
    assert!(named.len() > 30, "the sources are read wrongly: {named:?}");
    assert_eq!(named, sampled);
}

/// The shape of one event grew after it was first published: both forms are read and written for ever.
#[test]
fn an_attached_episode_with_pinned_fields_is_read_and_written_as_its_golden_file_says() {
    let episode = AttachedEpisode {
        said: vec![(imported(), EpisodeFact::Available(true))],
        locked: vec![],
        pinned: vec![standing(
            EpisodeField::Name,
            vec![EpisodeFact::Name(value("\"Pilot\""))],
            Some(EpisodeFact::Name(value("\"The pilot\""))),
        )],
        sources: vec![],
    };
    let event = EpisodeEvent::EpisodeAttached {
        title_id: title_id(),
        number: 1,
        episode,
    };
    check_file(
        &event,
        &folder().join("catalog/EpisodeAttached.v1.pinned.json"),
    );
}

#[test]
fn a_title_added_in_its_first_shape_is_read_in_the_present_one() {
    let old = std::fs::read_to_string(folder().join("catalog/TitleAdded.v1.json")).unwrap();
    let read: TitleEvent = decode_parts("TitleAdded", 1, &old).unwrap();
    let TitleEvent::TitleAdded {
        kind,
        slug,
        provenance,
        facts,
    } = read
    else {
        panic!("{read:?}")
    };
    assert_eq!((kind, slug.as_str()), (TitleKind::Book, "the-hunger-games"));
    assert_eq!(provenance.authority, Authority::PrimaryProvider);
    assert_eq!(
        facts,
        vec![
            TitleFact::Name(value("\"The Hunger Games\"")),
            TitleFact::ReleaseYear(Year::try_from(2008).unwrap())
        ]
    );
}

#[test]
fn an_old_event_that_lacks_what_it_must_have_is_refused_with_the_reason() {
    let error =
        decode_parts::<TitleEvent>("TitleAdded", 1, r#"{"TitleAdded":{"slug":"x"}}"#).unwrap_err();
    assert!(error.contains("`name` is missing"), "{error}");
}
