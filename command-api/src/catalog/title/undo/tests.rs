//! What undoing a change of a title does and refuses, and what holds for any commands.
//!
//! Never used outside tests.

use accession_events::catalog::{TitleFact, TitleField, TitleKind};
use accession_events::values::{Fact, Provenance};
use proptest::prelude::*;

use super::super::examples::{curator, emma, genres, import, name, record, slug, title, year};
use super::super::{TitleCommand, change_slug, deactivate, reclassify};
use super::*;
use crate::catalog::statement::{Edit, Extent};
use crate::catalog::undo::examples::{Story, named};

fn said(by: Provenance, fact: TitleFact) -> TitleEvent {
    TitleEvent::TitleFactsAsserted {
        provenance: by,
        facts: vec![fact],
    }
}

fn story(later: &[TitleEvent]) -> Story<Title> {
    later.iter().fold(Story::of(&[emma()]), |story, event| {
        story.then(std::slice::from_ref(event))
    })
}

/// The events that undoing the last of these changes makes.
fn undoing(later: &[TitleEvent]) -> Vec<TitleEvent> {
    let story = story(later);
    let given: Vec<_> = story.past.iter().map(|past| past.event.clone()).collect();
    let undo = story.undo_of(None);
    let expected = undo.plan_alone::<Title>().unwrap().events;
    title()
        .given(given)
        .when(TitleCommand::Undo(undo))
        .then_expect_events(expected.clone());
    expected
}

#[test]
fn an_undone_statement_is_no_longer_said_and_the_order_of_authority_decides_again() {
    let events = undoing(&[said(curator("bob"), year(1814))]);
    let [TitleEvent::TitleFieldsRestored { fields }] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(fields[0].field, TitleField::ReleaseYear);
    assert!(fields[0].said.is_empty() && fields[0].lock.is_none());
}

#[test]
fn a_statement_that_replaced_another_gives_way_to_it() {
    let events = undoing(&[said(curator("ann"), name("Emma (novel)"))]);
    let [TitleEvent::TitleFieldsRestored { fields }] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(fields[0].said, [(curator("ann"), name("Emma"))]);
}

#[test]
fn hiding_showing_locking_kind_and_slug_are_undone_by_their_opposites() {
    let hidden = TitleEvent::TitleDeactivated { reason: None };
    let because = Some(ShortText::parse("by mistake").unwrap());
    let (lock, unlock) = (
        TitleEvent::TitleFieldLocked {
            field: TitleField::Name,
        },
        TitleEvent::TitleFieldUnlocked {
            field: TitleField::Name,
        },
    );
    let slugged = |from, to| TitleEvent::TitleSlugChanged {
        slug: slug(to),
        former: slug(from),
    };
    let became = |from, to| TitleEvent::TitleReclassified { from, to };
    let shown = TitleEvent::TitleActivated {};
    for (done, undone) in [
        (vec![hidden.clone()], shown.clone()),
        (
            vec![hidden, shown],
            TitleEvent::TitleDeactivated { reason: because },
        ),
        (vec![lock.clone()], unlock.clone()),
        (vec![lock.clone(), unlock], lock),
        (
            vec![slugged("emma", "emma-1815")],
            slugged("emma-1815", "emma"),
        ),
        (
            vec![became(TitleKind::Book, TitleKind::Film)],
            became(TitleKind::Film, TitleKind::Book),
        ),
    ] {
        assert_eq!(undoing(&done), [undone]);
    }
}

#[test]
fn undoing_the_creation_hides_the_title_and_undoing_that_shows_it() {
    let story = Story::<Title>::of(&[emma()]).undone(None).unwrap();
    assert!(!story.state().known().unwrap().active);
    let story = story.undone(None).unwrap();
    assert_eq!(story.state(), Story::<Title>::of(&[emma()]).state());
}

#[test]
fn a_change_that_a_later_one_replaced_is_refused_until_that_is_undone() {
    let story = story(&[
        said(curator("bob"), year(1814)),
        said(curator("bob"), year(1815)),
        said(curator("cid"), genres(&["novel"])),
    ]);
    assert_eq!(named(story.clone().undone(Some(11))), [12]);
    let story = story.undone(Some(12)).unwrap().undone(Some(11)).unwrap();
    let ledger = &story.state().known().unwrap().ledger.clone();
    assert!(ledger.said(TitleField::ReleaseYear).is_empty());
    assert_eq!(
        ledger.said(TitleField::Genres).len(),
        1,
        "another's word stands"
    );
}

#[test]
fn what_another_one_said_later_of_the_same_field_is_no_obstacle() {
    let story = story(&[
        said(curator("bob"), year(1814)),
        said(curator("cid"), year(1815)),
    ]);
    let story = story.undone(Some(11)).unwrap();
    let title = story.state();
    let said = title.known().unwrap().ledger.said(TitleField::ReleaseYear);
    assert_eq!(said.len(), 1);
    assert_eq!(said[0].by(), &curator("cid"));
}

#[test]
fn a_lock_that_pinned_the_value_has_to_be_undone_first() {
    let lock = TitleEvent::TitleFieldLocked {
        field: TitleField::ReleaseYear,
    };
    let story = story(&[said(record("goodbooks", "a"), year(1814)), lock]);
    assert_eq!(named(story.clone().undone(Some(11))), [12]);
    assert!(story.undone(Some(12)).unwrap().undone(Some(11)).is_ok());
}

#[test]
fn everything_later_that_stands_keeps_a_creation_from_being_undone() {
    let story = story(&[
        said(curator("bob"), year(1814)),
        said(curator("bob"), year(1815)),
    ]);
    assert_eq!(named(story.undone(Some(10))), [11, 12]);
}

#[test]
fn a_change_is_undone_only_once_and_an_unknown_one_not_at_all() {
    let story = story(&[said(curator("bob"), year(1814))])
        .undone(None)
        .unwrap();
    assert_eq!(
        story.clone().undone(Some(11)).unwrap_err(),
        UndoError::AlreadyUndone
    );
    assert_eq!(story.undone(Some(99)).unwrap_err(), UndoError::NoSuchChange);
}

#[test]
fn all_events_of_one_request_are_one_change() {
    let both = [
        said(curator("bob"), year(1814)),
        said(curator("bob"), genres(&["novel"])),
    ];
    let story = Story::<Title>::of(&[emma()]).then(&both);
    let undo = story.undo_of(Some(12)).plan_alone::<Title>().unwrap();
    let positions: Vec<u64> = undo.undoes.iter().map(|position| position.get()).collect();
    assert_eq!(positions, [11, 12]);
    let TitleEvent::TitleFieldsRestored { fields } = &undo.events[0] else {
        panic!("{undo:?}")
    };
    assert_eq!(fields.len(), 2);
}

#[test]
fn the_last_name_cannot_be_undone() {
    let gone = TitleEvent::TitleFactsWithdrawn {
        provenance: curator("ann"),
        fields: vec![TitleField::Name],
    };
    let story = story(&[said(record("goodbooks", "a"), name("Emma")), gone]);
    let state = story.state();
    let refused = story.undo_of(Some(11)).decide(&state).unwrap_err();
    assert_eq!(refused, TitleError::NameNeeded);
}

#[test]
fn a_past_that_is_not_the_whole_past_is_noticed() {
    let story = story(&[said(curator("bob"), year(1814))]);
    let undo = story.undo_of(None);
    let moved_on = story.then(&[said(curator("cid"), year(1815))]).state();
    let refused = undo.decide(&moved_on).unwrap_err();
    assert!(Title::overtaken(&refused), "{refused:?}");
}

fn commands() -> impl Strategy<Value = Vec<TitleCommand>> {
    let fact = prop_oneof![
        (0..3_u8).prop_map(|word| name(&format!("Emma {word}"))),
        (1810..1814_i64).prop_map(year),
        Just(genres(&["novel"])),
    ];
    let facts = proptest::collection::vec(fact, 1..3);
    let field = prop_oneof![Just(TitleField::Name), Just(TitleField::ReleaseYear)];
    let edit = (0..3_u8, facts.clone(), any::<bool>()).prop_map(|(who, facts, takes_back)| {
        let withdrawn = if takes_back {
            facts.iter().map(Fact::field).collect()
        } else {
            Vec::new()
        };
        let facts = if takes_back { Vec::new() } else { facts };
        let by = curator(["ann", "bob", "cid"][usize::from(who)]);
        TitleCommand::AssertFacts(Edit {
            by,
            facts,
            withdrawn,
        })
    });
    let imported = (0..2_u8, facts, any::<bool>()).prop_map(|(source, facts, full)| {
        let content = serde_json::to_string(&(&facts, full)).unwrap();
        let by = record(["goodbooks", "shop"][usize::from(source)], &content);
        let extent = if full { Extent::Full } else { Extent::Partial };
        TitleCommand::ImportRecord(import(by, facts, extent))
    });
    let command = prop_oneof![
        4 => edit,
        4 => imported,
        1 => field.clone().prop_map(TitleCommand::LockField),
        1 => field.prop_map(TitleCommand::UnlockField),
        1 => Just(TitleCommand::Activate),
        1 => Just(TitleCommand::Deactivate(deactivate::Deactivate { reason: None })),
        1 => (0..3_u8).prop_map(|word| TitleCommand::ChangeSlug(change_slug::ChangeSlug {
            slug: slug(&format!("emma-{word}")),
        })),
        1 => prop_oneof![Just(TitleKind::Book), Just(TitleKind::Film)]
            .prop_map(|kind| TitleCommand::Reclassify(reclassify::Reclassify { kind })),
    ];
    proptest::collection::vec(command, 1..25)
}

proptest! {
    #[test]
    fn undoing_any_command_leaves_what_was_there_before_it(commands in commands()) {
        let mut story = Story::<Title>::of(&[emma()]);
        for command in &commands {
            let before = story.state();
            let (next, changed) = story.give(command);
            story = next;
            if !changed {
                continue;
            }
            let undone = story.clone().undone(None).unwrap();
            prop_assert_eq!(undone.state().facets(), before.facets());
            let (now, was) = (undone.state(), before);
            for field in [TitleField::Name, TitleField::ReleaseYear, TitleField::Genres] {
                let standing = |title: &Title| title.known().unwrap().ledger.standing(field);
                prop_assert_eq!(standing(&now), standing(&was), "in another order");
            }
            let redone = undone.undone(None);
            if let Ok(redone) = redone {
                prop_assert_eq!(redone.state().facets(), story.state().facets());
            }
        }
    }

    #[test]
    fn undoing_everything_one_by_one_from_the_end_leads_back_to_the_beginning(commands in commands()) {
        let first = Story::<Title>::of(&[emma()]);
        let story = commands.iter().fold(first.clone(), |story, command| story.give(command).0);
        let changes: Vec<u64> = story.past.iter().skip(1).map(|past| past.position.get()).collect();
        let mut undone = story;
        for position in changes.into_iter().rev() {
            undone = match undone.clone().undone(Some(position)) {
                Ok(undone) => undone,
                Err(UndoError::AlreadyUndone) => undone,
                Err(error) => return Err(TestCaseError::fail(format!("{position}: {error}"))),
            };
        }
        prop_assert_eq!(undone.state().facets(), first.state().facets());
    }
}
