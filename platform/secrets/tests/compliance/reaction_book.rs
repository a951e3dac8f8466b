//! What reactions remember: how far they came, what they put aside, and their timers.
//!
//! Never runs a reaction.

use std::sync::Arc;

use accession_events::Position;
use accession_secrets::reaction_book::{
    self, KeptTimer, ParkedReaction, ParkedWhat, ReactionBook, Upkeep,
};
use jiff::Timestamp;

use crate::room::{Room, over_both};

over_both!(
    a_reaction_begins_once_and_moves_on_only_from_where_it_stands,
    of_many_that_move_on_from_one_place_one_does,
    timers_are_due_in_their_order_and_the_next_one_is_known,
    a_timer_that_was_set_anew_outlives_the_end_of_the_former,
    a_timer_that_failed_is_due_later_under_the_time_it_was_asked_for,
    an_event_that_was_put_aside_is_tried_again_and_forgotten,
    a_timer_that_was_put_aside_is_not_due_until_it_is_tried_again,
    what_is_put_aside_is_told_the_oldest_first_of_all_reactions,
);

/// With microseconds that a rounded number of seconds would lose.
fn at(second: i64) -> Timestamp {
    Timestamp::from_microsecond((1_800_000_000 + second) * 1_000_000 + 123_457).unwrap()
}

fn place(position: u64) -> Position {
    Position::new(position)
}

fn timer(name: &str, second: i64) -> KeptTimer {
    KeptTimer {
        name: name.into(),
        note: format!("note of {name}"),
        due_at: at(second),
    }
}

fn parked(reaction: &str, what: ParkedWhat, second: i64) -> ParkedReaction {
    ParkedReaction {
        reaction: reaction.into(),
        what,
        problem: "the rope is torn".into(),
        parked_at: at(second),
    }
}

async fn upkeep(book: &Arc<dyn ReactionBook>, second: i64) -> Upkeep {
    book.upkeep("bell", at(second), 9).await.unwrap()
}

async fn a_reaction_begins_once_and_moves_on_only_from_where_it_stands(room: Room) {
    let book = reaction_book::open(&room.database);
    assert_eq!(book.checkpoint("bell").await.unwrap(), None);
    assert!(!book.advance("bell", place(0), place(1)).await.unwrap());
    assert_eq!(book.begin("bell", place(5)).await.unwrap(), place(5));
    assert_eq!(book.begin("bell", place(9)).await.unwrap(), place(5));
    assert!(!book.advance("bell", place(4), place(6)).await.unwrap());
    assert!(book.advance("bell", place(5), place(7)).await.unwrap());
    assert!(!book.advance("bell", place(5), place(8)).await.unwrap());
    assert_eq!(book.checkpoint("bell").await.unwrap(), Some(place(7)));
    assert_eq!(book.checkpoint("gong").await.unwrap(), None);
}

async fn of_many_that_move_on_from_one_place_one_does(room: Room) {
    let book = reaction_book::open(&room.database);
    book.begin("bell", place(0)).await.unwrap();
    let tasks: Vec<_> = (1..=20)
        .map(|to| {
            let book = Arc::clone(&book);
            tokio::spawn(async move { book.advance("bell", place(0), place(to)).await.unwrap() })
        })
        .collect();
    let mut moved = 0;
    for task in tasks {
        moved += usize::from(task.await.unwrap());
    }
    assert_eq!(moved, 1);
}

async fn timers_are_due_in_their_order_and_the_next_one_is_known(room: Room) {
    let book = reaction_book::open(&room.database);
    for (name, second) in [("c", 30), ("a", 20), ("b", 10)] {
        book.set_timer("bell", &timer(name, second)).await.unwrap();
    }
    book.set_timer("gong", &timer("a", 1)).await.unwrap();
    let found = upkeep(&book, 9).await;
    assert_eq!((found.due, found.next_due), (vec![], Some(at(10))));
    let found = upkeep(&book, 20).await;
    assert_eq!(found.due, [timer("b", 10), timer("a", 20)]);
    assert_eq!(found.next_due, Some(at(30)));
    assert_eq!(book.upkeep("bell", at(99), 1).await.unwrap().due.len(), 1);
    book.cancel_timer("bell", "b").await.unwrap();
    book.cancel_timer("bell", "b").await.unwrap();
    assert_eq!(upkeep(&book, 20).await.due, [timer("a", 20)]);
}

async fn a_timer_that_was_set_anew_outlives_the_end_of_the_former(room: Room) {
    let book = reaction_book::open(&room.database);
    book.set_timer("bell", &timer("a", 10)).await.unwrap();
    book.set_timer("bell", &timer("a", 20)).await.unwrap();
    book.timer_done("bell", &timer("a", 10)).await.unwrap();
    assert_eq!(upkeep(&book, 20).await.due, [timer("a", 20)]);
    book.timer_done("bell", &timer("a", 20)).await.unwrap();
    assert_eq!(upkeep(&book, 99).await, Upkeep::default());
}

async fn a_timer_that_failed_is_due_later_under_the_time_it_was_asked_for(room: Room) {
    let book = reaction_book::open(&room.database);
    book.set_timer("bell", &timer("a", 10)).await.unwrap();
    book.timer_again("bell", &timer("a", 10), at(15))
        .await
        .unwrap();
    book.timer_again("bell", &timer("a", 9), at(99))
        .await
        .unwrap();
    let found = upkeep(&book, 14).await;
    assert_eq!((found.due, found.next_due), (vec![], Some(at(15))));
    assert_eq!(upkeep(&book, 15).await.due, [timer("a", 10)]);
}

async fn an_event_that_was_put_aside_is_tried_again_and_forgotten(room: Room) {
    let book = reaction_book::open(&room.database);
    let what = ParkedWhat::Event(place(3));
    assert!(!book.retry("bell", &what, at(0)).await.unwrap());
    let first = parked("bell", what.clone(), 1);
    book.park(&first).await.unwrap();
    assert_eq!(book.parked().await.unwrap(), [first]);
    assert_eq!(upkeep(&book, 1).await.parked, 1);
    assert_eq!(upkeep(&book, 1).await.retries, []);
    assert!(book.retry("bell", &what, at(2)).await.unwrap());
    assert_eq!(upkeep(&book, 2).await.retries, [place(3)]);
    // It failed again, for another reason: the operator is not asked for anything twice.
    let mut again = parked("bell", what.clone(), 3);
    again.problem = "the bell is gone".into();
    book.park(&again).await.unwrap();
    assert_eq!(upkeep(&book, 3).await.retries, []);
    assert_eq!(book.parked().await.unwrap(), [again]);
    assert!(book.unpark("bell", &what).await.unwrap());
    assert!(!book.unpark("bell", &what).await.unwrap());
    assert_eq!(upkeep(&book, 9).await, Upkeep::default());
}

async fn a_timer_that_was_put_aside_is_not_due_until_it_is_tried_again(room: Room) {
    let book = reaction_book::open(&room.database);
    let what = ParkedWhat::Timer("a".into());
    book.set_timer("bell", &timer("a", 10)).await.unwrap();
    assert!(!book.retry("bell", &what, at(0)).await.unwrap());
    assert!(!book.unpark("bell", &what).await.unwrap());
    book.park(&parked("bell", what.clone(), 11)).await.unwrap();
    let found = upkeep(&book, 99).await;
    assert_eq!((found.due, found.next_due, found.parked), (vec![], None, 1));
    assert!(book.retry("bell", &what, at(20)).await.unwrap());
    assert_eq!(upkeep(&book, 20).await.due, [timer("a", 10)]);
    assert_eq!(book.parked().await.unwrap(), []);
    // Set anew, it is a new one; given up, it is gone.
    book.park(&parked("bell", what.clone(), 21)).await.unwrap();
    book.set_timer("bell", &timer("a", 30)).await.unwrap();
    assert_eq!(upkeep(&book, 30).await.due, [timer("a", 30)]);
    book.park(&parked("bell", what.clone(), 31)).await.unwrap();
    assert!(book.unpark("bell", &what).await.unwrap());
    assert_eq!(upkeep(&book, 99).await, Upkeep::default());
}

async fn what_is_put_aside_is_told_the_oldest_first_of_all_reactions(room: Room) {
    let book = reaction_book::open(&room.database);
    book.set_timer("bell", &timer("a", 0)).await.unwrap();
    let expected = [
        parked("gong", ParkedWhat::Event(place(9)), 1),
        parked("bell", ParkedWhat::Timer("a".into()), 2),
        parked("bell", ParkedWhat::Event(place(4)), 3),
    ];
    for one in expected.iter().rev() {
        book.park(one).await.unwrap();
    }
    assert_eq!(book.parked().await.unwrap(), expected);
}
