//! What holds for a title whatever is imported and in whatever order.
//!
//! Never used outside tests.

use accession_event_log::Decider;
use accession_events::catalog::{TitleFact, TitleField};
use accession_events::values::AuthorityOrder;
use cqrs_es::Aggregate;
use proptest::prelude::*;

use super::examples::{curator, emma, genres, import, name, record, year};
use super::{Title, TitleCommand};
use crate::catalog::statement::{Edit, Extent};

/// What one record of one of three sources says.
fn imports() -> impl Strategy<Value = Vec<(usize, Vec<TitleFact>, bool)>> {
    let facts = (
        0..4_u8,
        proptest::option::of(1800..1810_i64),
        proptest::option::of(0..3_u8),
    )
        .prop_map(|(called, year_of, genre)| {
            let mut facts = vec![name(&format!("Emma {called}"))];
            facts.extend(year_of.map(year));
            facts.extend(
                genre.map(|genre| genres(&[["novel", "satire", "comedy"][usize::from(genre)]])),
            );
            facts
        });
    proptest::collection::vec((0..3_usize, facts, any::<bool>()), 0..20)
}

fn after(events: impl IntoIterator<Item = accession_events::catalog::TitleEvent>) -> Title {
    let mut title = Title::default();
    for event in events {
        title.apply(event);
    }
    title
}

fn give(title: &mut Title, command: &TitleCommand) -> usize {
    let events = title.decide(command).unwrap();
    let count = events.len();
    for event in events {
        title.apply(event);
    }
    count
}

fn command((source, facts, full): &(usize, Vec<TitleFact>, bool)) -> TitleCommand {
    let content = serde_json::to_string(&(facts, full)).unwrap();
    let by = record(["goodbooks", "openlib", "shop"][*source], &content);
    TitleCommand::ImportRecord(import(
        by,
        facts.clone(),
        if *full { Extent::Full } else { Extent::Partial },
    ))
}

fn effective(title: &Title, field: TitleField) -> Option<TitleFact> {
    let order = AuthorityOrder::default();
    title
        .known()
        .unwrap()
        .ledger
        .effective(field, &order)
        .map(|said| said.fact().clone())
}

proptest! {
    #[test]
    fn what_a_curator_said_is_never_displaced_by_any_sequence_of_imports(
        before in imports(), later in imports(), curated in 1900..1910_i64,
    ) {
        let mut title = after([emma()]);
        for item in &before {
            give(&mut title, &command(item));
        }
        let edit = Edit { by: curator("bob"), facts: vec![year(curated)], withdrawn: vec![] };
        give(&mut title, &TitleCommand::AssertFacts(edit));
        for item in &later {
            give(&mut title, &command(item));
        }
        prop_assert_eq!(effective(&title, TitleField::ReleaseYear), Some(year(curated)));
        prop_assert_eq!(effective(&title, TitleField::Name), Some(name("Emma")));
    }

    #[test]
    fn a_locked_field_keeps_its_value_through_any_sequence_of_imports(before in imports(), later in imports()) {
        let mut title = after([emma()]);
        for item in &before {
            give(&mut title, &command(item));
        }
        let pinned = effective(&title, TitleField::Genres);
        give(&mut title, &TitleCommand::LockField(TitleField::Genres));
        for item in &later {
            give(&mut title, &command(item));
        }
        prop_assert_eq!(effective(&title, TitleField::Genres), pinned);
    }

    #[test]
    fn importing_the_same_again_makes_no_event(items in imports()) {
        let mut title = Title::default();
        for item in &items {
            give(&mut title, &command(item));
            prop_assert_eq!(give(&mut title, &command(item)), 0);
        }
    }

    #[test]
    fn a_hidden_title_stays_hidden_through_any_sequence_of_imports(items in imports()) {
        let mut title = after([emma(), accession_events::catalog::TitleEvent::TitleDeactivated { reason: None }]);
        for item in &items {
            give(&mut title, &command(item));
        }
        prop_assert!(!title.known().unwrap().active);
    }

    #[test]
    fn state_survives_its_json_form(items in imports()) {
        let mut title = after([emma()]);
        for item in &items {
            give(&mut title, &command(item));
        }
        let text = serde_json::to_string(&title).unwrap();
        prop_assert_eq!(serde_json::from_str::<Title>(&text).unwrap(), title);
    }
}
