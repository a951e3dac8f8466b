//! What one title says to merges, splits and their undos.
//!
//! Never more than one title: what several come to together is told over HTTP.

use accession_events::catalog::{TakenTitle, TitleEvent, TitleFact, TitleField};
use accession_events::ids::TitleId;
use accession_events::values::{AuthorityOrder, FieldStatements, Provenance};
use cqrs_es::Aggregate;

use super::super::examples::{added, curator, emma, name, record, title, year};
use super::super::standing_for::offered;
use super::super::{Title, TitleCommand, TitleError};
use super::*;

fn other() -> TitleId {
    "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e77".parse().unwrap()
}

fn third() -> TitleId {
    "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e78".parse().unwrap()
}

fn merge(into: TitleId) -> TitleCommand {
    TitleCommand::MergeInto(MergeInto { into, reason: None })
}

fn merged(into: TitleId, records: Vec<Provenance>) -> TitleEvent {
    TitleEvent::TitleMergedInto {
        title_id: into,
        records,
        reason: None,
    }
}

fn taken(title_id: TitleId, said: Vec<(Provenance, TitleFact)>) -> TakenTitle {
    let records = said.iter().map(|(by, _)| by.clone());
    TakenTitle {
        title_id,
        records: records.filter(|by| by.record.is_some()).collect(),
        said,
        editions: vec![],
        episodes: vec![],
        detached: vec![],
    }
}

fn absorbed(taken: TakenTitle) -> TitleEvent {
    TitleEvent::TitleAbsorbed { taken: vec![taken] }
}

fn state(events: Vec<TitleEvent>) -> KnownTitle {
    let mut title = Title::default();
    for event in events {
        title.apply(event);
    }
    title.known().unwrap().clone()
}

fn shown(title: &KnownTitle, field: TitleField) -> Option<TitleFact> {
    let said = title.ledger.effective(field, &AuthorityOrder::default());
    said.map(|said| said.fact().clone())
}

#[test]
fn a_title_is_merged_once_and_lets_its_records_go() {
    let import = added(record("shop", "a"), vec![name("Emma")]);
    title()
        .given(vec![import.clone()])
        .when(merge(other()))
        .then_expect_events(vec![merged(other(), vec![record("shop", "a")])]);
    title()
        .given(vec![import.clone(), merged(other(), vec![])])
        .when(merge(other()))
        .then_expect_events(vec![]);
    title()
        .given(vec![import, merged(other(), vec![])])
        .when(merge(third()))
        .then_expect_error(TitleError::Merged(other()));
}

#[test]
fn a_merged_title_refuses_every_change() {
    for command in [
        TitleCommand::Activate,
        TitleCommand::LockField(TitleField::Name),
        TitleCommand::Absorb(Absorb { taken: vec![] }),
    ] {
        title()
            .given(vec![emma(), merged(other(), vec![])])
            .when(command)
            .then_expect_error(TitleError::Merged(other()));
    }
}

#[test]
fn what_is_taken_over_counts_as_said_before_and_never_twice_by_one_speaker() {
    let own = record("goodbooks", "a");
    let theirs = vec![
        (record("shop", "a"), name("Emma, a novel")),
        (record("shop", "a"), year(1815)),
        (curator("ann"), name("EMMA")),
    ];
    let winner = added(own, vec![name("Emma")]);
    let said = TitleEvent::TitleFactsAsserted {
        provenance: curator("ann"),
        facts: vec![name("Emma (1815)")],
    };
    let absorb = TitleCommand::Absorb(Absorb {
        taken: vec![taken(other(), theirs.clone())],
    });
    let mut expected = taken(other(), theirs[..2].to_vec());
    expected.records = taken(other(), theirs).records;
    title()
        .given(vec![winner.clone(), said.clone()])
        .when(absorb)
        .then_expect_events(vec![absorbed(expected.clone())]);
    let state = state(vec![winner, said, absorbed(expected)]);
    assert_eq!(shown(&state, TitleField::Name), Some(name("Emma (1815)")));
    assert_eq!(shown(&state, TitleField::ReleaseYear), Some(year(1815)));
    let names = state.ledger.said(TitleField::Name).iter();
    let names: Vec<_> = names.map(|said| said.fact().clone()).collect();
    assert_eq!(
        names,
        [name("Emma, a novel"), name("Emma"), name("Emma (1815)")]
    );
}

#[test]
fn what_leaves_are_present_words_of_records_and_unchanged_ones_of_persons() {
    let theirs = vec![
        (record("shop", "a"), name("Emma, a novel")),
        (curator("ann"), year(1814)),
        (curator("bob"), name("EMMA")),
    ];
    let news = |by, facts| TitleEvent::TitleFactsAsserted {
        provenance: by,
        facts,
    };
    let state = state(vec![
        added(record("goodbooks", "a"), vec![name("Emma")]),
        absorbed(taken(other(), theirs)),
        news(record("shop", "b"), vec![name("Emma (novel)")]),
        news(curator("ann"), vec![year(1815)]),
    ]);
    let leaving = state.leaving(&[other()], &[]);
    assert_eq!(leaving.said, [(record("shop", "b"), name("Emma (novel)"))]);
    assert_eq!(leaving.records, [record("shop", "b")]);
    let left: Vec<_> = leaving.fields.iter().map(|field| field.field).collect();
    assert_eq!(left, [TitleField::Name]);
    assert_eq!(
        leaving.fields[0].said,
        [(record("goodbooks", "a"), name("Emma"))]
    );
    let anew: Vec<_> = state.said_anew(state.taken_of(other()).unwrap()).collect();
    assert_eq!(anew, [(curator("ann"), TitleField::ReleaseYear)]);
}

#[test]
fn a_title_that_comes_back_says_what_its_records_say_by_now() {
    let separate = TitleCommand::Separate(Separate {
        from: other(),
        records: vec![record("shop", "b")],
        said: vec![(record("shop", "b"), name("Emma (novel)"))],
    });
    title()
        .given(vec![
            added(record("shop", "a"), vec![name("Emma, a novel"), year(1815)]),
            merged(other(), vec![record("shop", "a")]),
        ])
        .when(separate)
        .then_expect_events(vec![TitleEvent::TitleSeparated {
            from: other(),
            fields: vec![
                FieldStatements {
                    field: TitleField::Name,
                    said: vec![(record("shop", "b"), name("Emma (novel)"))],
                    lock: None,
                },
                FieldStatements {
                    field: TitleField::ReleaseYear,
                    said: vec![],
                    lock: None,
                },
            ],
            records: vec![record("shop", "b")],
        }]);
}

#[test]
fn what_a_title_offers_is_told_apart_by_where_it_came_from() {
    let state = state(vec![
        emma(),
        absorbed(taken(other(), vec![(record("shop", "a"), year(1815))])),
    ]);
    let offered = offered(third(), &state);
    assert_eq!(offered.len(), 2);
    assert_eq!(
        (offered[0].title_id, offered[0].said.clone()),
        (third(), vec![(curator("ann"), name("Emma"))])
    );
    assert_eq!(
        (offered[1].title_id, offered[1].said.clone()),
        (other(), vec![(record("shop", "a"), year(1815))])
    );
    assert_eq!(offered[1].records, [record("shop", "a")]);
}
