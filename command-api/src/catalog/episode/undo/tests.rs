//! What undoing a change of an episode or of a source does and refuses, and what holds for any commands.
//!
//! Never used outside tests.

use accession_events::catalog::{EpisodeField, SourceFact};
use accession_events::ids::VideoSourceId;
use accession_events::values::WebUrl;
use proptest::prelude::*;
use uuid::Uuid;

use super::super::examples::{
    added, asserted, curator, detached, episode, mirror, name, other_title_id, record,
    source_added, source_id, source_removed, source_said, title_id, url,
};
use super::super::{
    EditEpisode, EpisodeCommand, add_source, assert_facts, attach, change_source, detach,
    import_record, import_source, remove_source, renumber,
};
use super::*;
use crate::catalog::statement::{Extent, Statement};
use crate::catalog::undo::examples::{Story, named};

/// The events that undoing the last of these changes makes.
fn undoing(events: &[EpisodeEvent]) -> Vec<EpisodeEvent> {
    let undo = Story::<Episode>::of(events).undo_of(None);
    let expected = undo.plan_alone::<Episode>().unwrap().events;
    episode()
        .given(events.to_vec())
        .when(EpisodeCommand::Undo(undo))
        .then_expect_events(expected.clone());
    expected
}

fn because() -> ShortText {
    ShortText::parse("by mistake").unwrap()
}

#[test]
fn a_detached_episode_is_attached_where_it_was_with_everything_it_has() {
    let story = Story::<Episode>::of(&[added(), source_added(record("rpc", "a"))]);
    let before = story.state();
    let undone = story.then(&[detached()]).undone(None).unwrap();
    assert_eq!(undone.state().facets(), before.facets());
    assert!(matches!(
        undone.past.last().unwrap().event,
        EpisodeEvent::EpisodeAttached { title_id: id, number: 1, .. } if id == title_id()
    ));
}

#[test]
fn an_attached_episode_is_taken_off_and_a_renumbered_one_gets_its_number_back() {
    let (story, _) = Story::<Episode>::of(&[added(), detached()]).give(&EpisodeCommand::Attach(
        attach::Attach {
            title_id: other_title_id(),
            number: Some(7),
        },
    ));
    let undone = story.undone(None).unwrap();
    assert_eq!(
        undone.past.last().unwrap().event,
        EpisodeEvent::EpisodeDetached {
            title_id: other_title_id(),
            number: 7,
            reason: Some(because())
        }
    );
    let renumbered = |from, to| EpisodeEvent::EpisodeRenumbered {
        title_id: title_id(),
        from,
        to,
    };
    assert_eq!(undoing(&[added(), renumbered(1, 3)]), [renumbered(3, 1)]);
}

#[test]
fn a_source_that_was_added_is_removed_and_one_that_was_removed_is_back_with_all_that_was_said() {
    let by = || record("rpc", "a");
    assert_eq!(
        undoing(&[added(), source_added(by())]),
        [EpisodeEvent::VideoSourceRemoved {
            title_id: Some(title_id()),
            source_id: source_id(),
            reason: Some(because())
        }]
    );
    let off = source_said(curator("bob"), vec![SourceFact::Active(false)]);
    let story = Story::<Episode>::of(&[added(), source_added(by()), off]);
    let before = story.state();
    let undone = story.then(&[source_removed()]).undone(None).unwrap();
    assert_eq!(undone.state().facets(), before.facets());
    let removed = undone.state().known().unwrap().removed.clone();
    assert!(removed.is_empty(), "an import knows it again: {removed:?}");
}

#[test]
fn what_was_said_about_a_source_depends_on_the_source() {
    let off = source_said(curator("bob"), vec![SourceFact::Active(false)]);
    let story = Story::<Episode>::of(&[added(), source_added(record("rpc", "a")), off]);
    assert_eq!(named(story.clone().undone(Some(11))), [12]);
    let story = story.undone(Some(12)).unwrap().undone(Some(11)).unwrap();
    assert!(story.state().known().unwrap().sources.is_empty());
}

#[test]
fn a_source_does_not_come_back_beside_one_of_the_same_address_and_name() {
    let story =
        Story::<Episode>::of(&[added(), source_added(record("rpc", "a")), source_removed()]);
    let again = EpisodeCommand::AddSource(add_source::AddSource {
        source_id: VideoSourceId::new(Uuid::from_u128(9)),
        url: url(),
        name: mirror(),
        by: curator("bob"),
        facts: vec![],
    });
    let (story, _) = story.give(&again);
    let refused = story.undone(Some(12)).unwrap_err();
    assert!(matches!(refused, UndoError::InTheWay(_)), "{refused:?}");
}

#[test]
fn a_move_keeps_an_earlier_number_from_being_undone() {
    let renumbered = EpisodeEvent::EpisodeRenumbered {
        title_id: title_id(),
        from: 1,
        to: 3,
    };
    let gone = EpisodeEvent::EpisodeDetached {
        title_id: title_id(),
        number: 3,
        reason: None,
    };
    let story = Story::<Episode>::of(&[added(), renumbered, gone]);
    assert_eq!(named(story.undone(Some(11))), [12]);
}

#[test]
fn undoing_the_creation_takes_the_episode_off_its_title() {
    let story = Story::<Episode>::of(&[added()]).undone(None).unwrap();
    assert_eq!(story.state().known().unwrap().title_id, None);
    let later = Story::<Episode>::of(&[added(), asserted(curator("bob"), vec![name("P")])]);
    assert_eq!(named(later.undone(Some(10))), [11]);
}

fn commands() -> impl Strategy<Value = Vec<EpisodeCommand>> {
    let curators = || (0..2_u8).prop_map(|who| curator(["ann", "bob"][usize::from(who)]));
    let word = || prop_oneof![Just("Pilot"), Just("Start"), Just("One")].prop_map(name);
    let source = || (1..3_u128).prop_map(|number| VideoSourceId::new(Uuid::from_u128(number)));
    let place =
        || (1..3_u8).prop_map(|n| WebUrl::parse(&format!("https://video.example/{n}")).unwrap());
    let edit = (
        curators(),
        word(),
        proptest::option::of(1..4_u32),
        any::<bool>(),
    )
        .prop_map(|(by, fact, number, takes_back)| {
            let (facts, withdrawn) = if takes_back {
                (vec![], vec![EpisodeField::Name])
            } else {
                (vec![fact], vec![])
            };
            let facts = assert_facts::AssertFacts {
                by,
                facts,
                withdrawn,
            };
            let renumber = number.map(|number| renumber::Renumber { number });
            EpisodeCommand::Edit(EditEpisode { renumber, facts })
        });
    let imported = word().prop_map(|fact| {
        let content = serde_json::to_string(&fact).unwrap();
        let statement = Statement {
            by: record("rpc", &content),
            facts: vec![fact],
            extent: Extent::Full,
        };
        EpisodeCommand::ImportRecord(import_record::ImportRecord {
            title_id: title_id(),
            number: 1,
            statement,
        })
    });
    let ranked = (source(), place(), 0..3_i32).prop_map(|(source_id, url, rank)| {
        let facts = vec![SourceFact::Priority(rank)];
        let statement = Statement {
            by: record("rpc", &rank.to_string()),
            facts,
            extent: Extent::Partial,
        };
        EpisodeCommand::ImportSource(import_source::ImportSource {
            source_id,
            url,
            name: mirror(),
            statement,
        })
    });
    let switched = (source(), curators(), any::<bool>()).prop_map(|(source_id, by, on)| {
        EpisodeCommand::ChangeSource(change_source::ChangeSource {
            source_id,
            by,
            facts: vec![SourceFact::Active(on)],
        })
    });
    let removed = source().prop_map(|source_id| {
        EpisodeCommand::RemoveSource(remove_source::RemoveSource {
            source_id,
            reason: None,
        })
    });
    let attached = (any::<bool>(), proptest::option::of(1..4_u32)).prop_map(|(other, number)| {
        let title_id = if other { other_title_id() } else { title_id() };
        EpisodeCommand::Attach(attach::Attach { title_id, number })
    });
    let command = prop_oneof![
        4 => edit,
        3 => imported,
        3 => ranked,
        2 => switched,
        2 => removed,
        2 => attached,
        2 => Just(EpisodeCommand::Detach(detach::Detach { reason: None })),
        1 => Just(EpisodeCommand::LockField(EpisodeField::Name)),
        1 => Just(EpisodeCommand::UnlockField(EpisodeField::Name)),
    ];
    proptest::collection::vec(command, 1..25)
}

/// One id is one source: a second place under the same id cannot happen, ids are drawn.
fn possible(story: &Story<Episode>, command: &EpisodeCommand) -> bool {
    match command {
        EpisodeCommand::ImportSource(source) => !story.past.iter().any(|past| {
            matches!(&past.event, EpisodeEvent::VideoSourceAdded { source_id, url, .. }
                if (*source_id == source.source_id) != (*url == source.url))
        }),
        _ => true,
    }
}

proptest! {
    #[test]
    fn undoing_any_command_leaves_what_was_there_before_it(commands in commands()) {
        let mut story = Story::<Episode>::of(&[added()]);
        for command in &commands {
            if !possible(&story, command) {
                continue;
            }
            let before = story.state();
            let (next, changed) = story.give(command);
            story = next;
            if changed {
                let undone = story.clone().undone(None).unwrap().state();
                prop_assert_eq!(undone.facets(), before.facets());
            }
        }
    }
}
