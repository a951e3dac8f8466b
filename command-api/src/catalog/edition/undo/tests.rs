//! What undoing a change of an edition does and refuses, and what holds for any commands.
//!
//! Never used outside tests.

use accession_events::catalog::{EditionFact, EditionField};
use accession_events::values::Fact;
use proptest::prelude::*;

use super::super::examples::{
    FIRE, GAMES, asserted, curator, edition, games, isbn, publisher, record, released, title_id,
};
use super::super::{EditionCommand, import_record, withdraw};
use super::*;
use crate::catalog::statement::{Edit, Extent, Statement};
use crate::catalog::undo::examples::{Story, named};

/// The events that undoing the last of these changes makes.
fn undoing(story: &Story<Edition>) -> Vec<EditionEvent> {
    let given: Vec<_> = story.past.iter().map(|past| past.event.clone()).collect();
    let undo = story.undo_of(None);
    let expected = undo.plan_alone::<Edition>().unwrap().events;
    edition()
        .given(given)
        .when(EditionCommand::Undo(undo))
        .then_expect_events(expected.clone());
    expected
}

fn corrected() -> Story<Edition> {
    let edit = [asserted(curator("ann"), vec![isbn(FIRE)]), released(GAMES)];
    Story::of(&[games()]).then(&edit)
}

#[test]
fn undoing_a_correction_takes_the_isbn_back_and_frees_the_other() {
    let events = undoing(&corrected());
    assert!(matches!(
        events[0],
        EditionEvent::EditionFieldsRestored { .. }
    ));
    assert_eq!(events[1], released(FIRE));
    let claims = accession_events::LoggedEvent::claims(&events[0]);
    assert_eq!(claims.len(), 1, "it claims the ISBN anew: {claims:?}");
    let undone = corrected().undone(None).unwrap();
    assert_eq!(undone.state(), Story::<Edition>::of(&[games()]).state());
}

#[test]
fn a_withdrawn_edition_is_reinstated_and_the_other_way_round() {
    let withdrawn = EditionEvent::EditionWithdrawn {
        title_id: title_id(),
        reason: None,
    };
    let reinstated = EditionEvent::EditionReinstated {
        title_id: title_id(),
    };
    let story = Story::of(&[games(), withdrawn]);
    assert_eq!(undoing(&story), std::slice::from_ref(&reinstated));
    let because = Some(ShortText::parse("by mistake").unwrap());
    assert_eq!(
        undoing(&story.then(&[reinstated])),
        [EditionEvent::EditionWithdrawn {
            title_id: title_id(),
            reason: because
        }]
    );
}

#[test]
fn unlocking_an_isbn_that_only_the_lock_kept_is_undone_with_its_claim() {
    let title_id = title_id();
    let field = EditionField::Isbn;
    let story = Story::<Edition>::of(&[
        games(),
        EditionEvent::EditionFieldLocked { title_id, field },
        asserted(curator("ann"), vec![isbn(FIRE)]),
    ]);
    let before = story.state();
    let (story, changed) = story.give(&EditionCommand::UnlockField(field));
    assert!(changed);
    let undone = story.undone(None).unwrap();
    assert_eq!(undone.state().facets(), before.facets());
    let mut isbns = undone.state().known().unwrap().isbns.clone();
    isbns.sort_unstable();
    assert_eq!(isbns.len(), 2, "both are kept from others again");
}

#[test]
fn undoing_the_creation_withdraws_the_edition_unless_something_was_said_since() {
    let story = Story::<Edition>::of(&[games()]);
    assert!(
        story
            .clone()
            .undone(None)
            .unwrap()
            .state()
            .known()
            .unwrap()
            .withdrawn
    );
    let later = story.then(&[asserted(curator("bob"), vec![publisher("Scholastic")])]);
    assert_eq!(named(later.undone(Some(10))), [11]);
}

fn commands() -> impl Strategy<Value = Vec<EditionCommand>> {
    let fact = prop_oneof![
        prop_oneof![Just(GAMES), Just(FIRE)].prop_map(isbn),
        prop_oneof![Just("Scholastic"), Just("Virago")].prop_map(publisher),
    ];
    let facts = proptest::collection::vec(fact, 1..3);
    let field = prop_oneof![Just(EditionField::Isbn), Just(EditionField::Publisher)];
    let edit = (0..3_u8, facts.clone(), any::<bool>()).prop_map(|(who, facts, takes_back)| {
        let withdrawn = if takes_back {
            facts.iter().map(Fact::field).collect()
        } else {
            Vec::new()
        };
        let facts: Vec<EditionFact> = if takes_back { Vec::new() } else { facts };
        let by = curator(["ann", "bob", "cid"][usize::from(who)]);
        EditionCommand::AssertFacts(Edit {
            by,
            facts,
            withdrawn,
        })
    });
    let imported = (0..2_u8, facts).prop_map(|(source, facts)| {
        let content = serde_json::to_string(&facts).unwrap();
        let by = record(["goodbooks", "shop"][usize::from(source)], &content);
        let statement = Statement {
            by,
            facts,
            extent: Extent::Full,
        };
        EditionCommand::ImportRecord(import_record::ImportRecord {
            title_id: title_id(),
            statement,
        })
    });
    let command = prop_oneof![
        4 => edit,
        4 => imported,
        1 => field.clone().prop_map(EditionCommand::LockField),
        1 => field.prop_map(EditionCommand::UnlockField),
        1 => Just(EditionCommand::Reinstate),
        1 => Just(EditionCommand::Withdraw(withdraw::Withdraw { reason: None })),
    ];
    proptest::collection::vec(command, 1..25)
}

proptest! {
    #[test]
    fn undoing_any_command_leaves_what_was_there_before_it_with_the_isbns_it_keeps(commands in commands()) {
        let sorted = |edition: &Edition| {
            let mut isbns = edition.known().unwrap().isbns.clone();
            isbns.sort_unstable();
            isbns
        };
        let mut story = Story::<Edition>::of(&[games()]);
        for command in &commands {
            let before = story.state();
            let (next, changed) = story.give(command);
            story = next;
            if changed {
                let undone = story.clone().undone(None).unwrap().state();
                prop_assert_eq!(undone.facets(), before.facets());
                // While it is locked, what nobody says any longer may be kept from others, or not.
                let ledger = &undone.known().unwrap().ledger;
                let (kept, had) = (sorted(&undone), sorted(&before));
                let standing = ledger.standing(EditionField::Isbn);
                for (_, fact) in standing.statements() {
                    let EditionFact::Isbn(isbn) = fact else { continue };
                    prop_assert!(kept.contains(isbn), "{} is free", isbn);
                }
                prop_assert!(kept == had || ledger.is_locked(EditionField::Isbn));
            }
        }
    }
}
