//! What undoes which change of a copy, and what stands in the way.
//!
//! Never over a log: a past is made here, one position an event, one second a change.

use accession_events::Metadata;
use accession_events::holdings::Condition;
use jiff::Timestamp;
use uuid::Uuid;

use super::super::examples::{
    added, barcode, lent, library_id, lost, moved, removed, standing, title_id, withdrawn,
};
use super::*;

/// A past of these changes; each of them may undo positions.
fn past(changes: &[(&[CopyEvent], &[u64])]) -> Vec<Past> {
    let mut past = Vec::new();
    for (second, (events, undoes)) in changes.iter().enumerate() {
        let undoes: Vec<Position> = undoes.iter().copied().map(Position::new).collect();
        let metadata = Metadata {
            actor: Some("user:ana".to_owned()),
            ..Metadata::default()
        };
        let metadata = if undoes.is_empty() {
            metadata
        } else {
            metadata.undoing(&undoes)
        };
        for event in *events {
            let number = past.len() as u64 + 1;
            past.push(Past {
                event: event.clone(),
                position: Position::new(number),
                id: EventId::new(Uuid::from_u128(u128::from(number))),
                at: Timestamp::from_second(1_700_000_000 + i64::try_from(second).unwrap()).unwrap(),
                metadata: metadata.clone(),
            });
        }
    }
    past
}

fn said(condition: Option<Condition>, former: Option<Condition>) -> CopyEvent {
    CopyEvent::CopyDetailsChanged {
        library_id: library_id(),
        title_id: title_id(),
        details: vec![CopyDetail::Condition(condition)],
        former: vec![CopyDetail::Condition(former)],
    }
}

fn steps_of(changes: &[(&[CopyEvent], &[u64])], which: Which) -> Vec<Step> {
    plan(&past(changes), which).unwrap().steps
}

fn in_the_way(changes: &[(&[CopyEvent], &[u64])], position: u64) -> Vec<u64> {
    match plan(&past(changes), Which::Position(Position::new(position))) {
        Err(CopyUndoError::Depends(later)) => {
            later.iter().map(|later| later.position.get()).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_change_is_undone_by_what_was_before_it() {
    let shelved = moved(None, Some(standing(1, 3)));
    let on = [added(), shelved.clone()];
    let elsewhere = moved(Some(standing(1, 3)), Some(standing(2, 1)));
    let poor = said(Some(Condition::Poor), None);
    let left = moved(Some(standing(1, 3)), None);
    let given_up = [left, withdrawn()];
    for (last, expected) in [
        (&[elsewhere][..], vec![Step::Stand(Some(standing(1, 3)))]),
        (
            &[poor][..],
            vec![Step::Say(vec![CopyDetail::Condition(None)])],
        ),
        (&[lost(None)][..], vec![Step::Become(CopyState::Present)]),
        (&[removed()][..], vec![Step::BringBack]),
        (
            &given_up[..],
            vec![
                Step::Become(CopyState::Present),
                Step::Stand(Some(standing(1, 3))),
            ],
        ),
    ] {
        assert_eq!(steps_of(&[(&on, &[]), (last, &[])], Which::Last), expected);
    }
    assert_eq!(steps_of(&[(&on, &[])], Which::Last), [Step::Remove]);
}

#[test]
fn a_change_is_all_that_one_request_did_whichever_of_its_events_is_named() {
    let on = [added(), moved(None, Some(standing(1, 1)))];
    let past = past(&[(&on, &[])]);
    for which in [
        Which::Last,
        Which::Position(Position::new(1)),
        Which::Event(EventId::new(Uuid::from_u128(2))),
    ] {
        let undo = plan(&past, which).unwrap();
        assert_eq!(undo.undoes, [Position::new(1), Position::new(2)]);
        assert_eq!(undo.steps, [Step::Remove]);
    }
    for unknown in [
        Which::Position(Position::new(3)),
        Which::Event(EventId::new(Uuid::from_u128(9))),
    ] {
        assert_eq!(plan(&past, unknown), Err(CopyUndoError::NoSuchChange));
    }
}

#[test]
fn what_later_changes_depend_on_is_told_with_them_the_latest_first() {
    let first = [added()];
    let there = [moved(None, Some(standing(1, 1)))];
    let on = [moved(Some(standing(1, 1)), Some(standing(2, 1)))];
    let further = [moved(Some(standing(2, 1)), Some(standing(3, 1)))];
    let poor = [said(Some(Condition::Poor), None)];
    let story: [(&[CopyEvent], &[u64]); 5] = [
        (&first, &[]),
        (&there, &[]),
        (&poor, &[]),
        (&on, &[]),
        (&further, &[]),
    ];
    assert_eq!(in_the_way(&story, 2), [5, 4]);
    assert_eq!(in_the_way(&story, 1), [5, 4, 3, 2]);
    // What was said is no matter of where it stands.
    let which = Which::Position(Position::new(3));
    let expected = vec![Step::Say(vec![CopyDetail::Condition(None)])];
    assert_eq!(steps_of(&story, which), expected);
}

#[test]
fn of_a_copy_that_was_removed_since_nothing_is_undone_but_that() {
    let first = [added()];
    let poor = [said(Some(Condition::Poor), None)];
    let gone = [removed()];
    let story: [(&[CopyEvent], &[u64]); 3] = [(&first, &[]), (&poor, &[]), (&gone, &[])];
    assert_eq!(in_the_way(&story, 2), [3]);
}

#[test]
fn an_undo_is_a_change_that_can_be_undone_and_then_the_first_one_again() {
    let first = [added()];
    let poor = [said(Some(Condition::Poor), None)];
    let back = [said(None, Some(Condition::Poor))];
    let mut story: Vec<(&[CopyEvent], &[u64])> = vec![(&first, &[]), (&poor, &[]), (&back, &[2])];
    let second = Which::Position(Position::new(2));
    assert_eq!(
        plan(&past(&story), second),
        Err(CopyUndoError::AlreadyUndone)
    );
    let again = vec![Step::Say(vec![CopyDetail::Condition(Some(
        Condition::Poor,
    ))])];
    assert_eq!(steps_of(&story, Which::Last), again);
    story.push((&poor, &[3]));
    let none = vec![Step::Say(vec![CopyDetail::Condition(None)])];
    assert_eq!(steps_of(&story, second), none);
}

#[test]
fn a_loan_is_not_undone_but_returned() {
    let first = [added()];
    let out = [lent(1)];
    let story: [(&[CopyEvent], &[u64]); 2] = [(&first, &[]), (&out, &[])];
    let refused = plan(&past(&story), Which::Last);
    assert!(matches!(refused, Err(CopyUndoError::OfALoan(_))));
    // What was said before it went out is no matter of the loan.
    let labelled = [CopyEvent::CopyDetailsChanged {
        library_id: library_id(),
        title_id: title_id(),
        details: vec![barcode("2")],
        former: vec![barcode("1")],
    }];
    let story: [(&[CopyEvent], &[u64]); 3] = [(&first, &[]), (&labelled, &[]), (&out, &[])];
    let which = Which::Position(Position::new(2));
    assert_eq!(steps_of(&story, which), vec![Step::Say(vec![barcode("1")])]);
}
