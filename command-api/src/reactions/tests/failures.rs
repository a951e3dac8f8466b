//! What becomes of an event that cannot be done, and of one that cannot be done now.
//!
//! Never takes one for the other.

use super::*;

#[tokio::test]
async fn what_it_cannot_do_is_put_aside_others_go_on_and_an_operator_has_it_tried_again() {
    let room = room().await;
    let broken = append(&room.log, "Rang").await;
    append(&room.log, "Rang").await;
    let bell = Arc::new(Bell::new(Birth::LogStart, Policy::ParkAfter(3)));
    bell.fail(broken, Some(refused()));
    let ringing = start(&room, &bell);
    until_heard(&bell, &[1, 1, 1, 2]).await;
    let mut status = ringing.status.clone();
    status.wait_for(|status| status.parked == 1).await.unwrap();
    let parked = room.book.parked().await.unwrap();
    assert_eq!((parked.len(), &*parked[0].problem), (1, "the rope is torn"));
    let what = ParkedWhat::Event(broken);
    assert_eq!(parked[0].what, what);

    assert!(room.book.retry("bell", &what, clock()).await.unwrap());
    until_heard(&bell, &[1, 1, 1, 2, 1]).await;
    bell.fail(broken, None);
    eventually(LONG, || async {
        room.book.retry("bell", &what, clock()).await.unwrap()
    })
    .await;
    status.wait_for(|status| status.parked == 0).await.unwrap();
    assert_eq!(room.book.parked().await.unwrap(), []);
    ringing.stop().await;
}

#[tokio::test]
async fn what_is_only_away_is_waited_for_and_never_put_aside() {
    let room = room().await;
    let first = append(&room.log, "Rang").await;
    append(&room.log, "Rang").await;
    let bell = Arc::new(Bell::new(Birth::LogStart, Policy::ParkAfter(1)));
    bell.fail(
        first,
        Some(ReactionError::Away {
            reason: "the tower is locked".into(),
        }),
    );
    let ringing = start(&room, &bell);
    eventually(LONG, || async { bell.heard().len() >= 5 }).await;
    assert!(bell.heard().iter().all(|position| *position == 1));
    let interrupted = ringing.status.borrow().state.clone();
    assert!(
        matches!(interrupted, ReactionState::Interrupted { reason } if reason.contains("locked"))
    );
    bell.fail(first, None);
    eventually(LONG, || async { bell.heard().last() == Some(&2) }).await;
    assert_eq!(room.book.parked().await.unwrap(), []);
    ringing.stop().await;
}

#[tokio::test]
async fn one_that_stops_does_nothing_out_of_order() {
    let room = room().await;
    let broken = append(&room.log, "Rang").await;
    append(&room.log, "Rang").await;
    let bell = Arc::new(Bell::new(Birth::LogStart, Policy::Stop));
    bell.fail(broken, Some(refused()));
    let ringing = start(&room, &bell);
    let mut status = ringing.status.clone();
    let stopped = |status: &ReactionStatus| matches!(status.state, ReactionState::Stopped { .. });
    status.wait_for(stopped).await.unwrap();
    assert_eq!(bell.heard(), [1]);
    assert_eq!(
        room.book.checkpoint("bell").await.unwrap(),
        Some(Position::START)
    );
    ringing.stop().await;
}
