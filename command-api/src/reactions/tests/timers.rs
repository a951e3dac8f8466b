//! Timers: rows that outlive the process, fire once, and are put aside when they are refused.
//!
//! No test waits for the hour that it sets.

use super::*;

#[tokio::test]
async fn a_timer_is_a_row_it_fires_once_and_survives_the_process() {
    let room = room().await;
    append(&room.log, "Rang").await;
    let mut bell = Bell::new(Birth::LogStart, Policy::Retry);
    bell.timer = Some(SignedDuration::from_hours(1));
    let bell = Arc::new(bell);
    let ringing = start(&room, &bell);
    let (book, later) = (
        &room.book,
        clock().checked_add(SignedDuration::from_hours(2)).unwrap(),
    );
    eventually(LONG, || async {
        book.upkeep("bell", clock(), 9)
            .await
            .unwrap()
            .next_due
            .is_some()
    })
    .await;
    assert_eq!(book.upkeep("bell", later, 9).await.unwrap().due.len(), 1);
    until_kept(&room, 1).await;
    ringing.stop().await;
    assert!(bell.fired.lock().unwrap().is_empty());

    // Set anew for a moment that has passed, as an hour later would be.
    let due = KeptTimer {
        name: "echo".into(),
        note: "1".into(),
        due_at: Timestamp::UNIX_EPOCH,
    };
    book.set_timer("bell", &due).await.unwrap();
    bell.fail_timers.store(2, Ordering::SeqCst);
    let ringing = start(&room, &bell);
    eventually(LONG, || async { bell.fired.lock().unwrap().len() == 3 }).await;
    eventually(LONG, || async {
        book.upkeep("bell", later, 9).await.unwrap().due.is_empty()
    })
    .await;
    ringing.stop().await;
    assert_eq!(
        *bell.fired.lock().unwrap(),
        ["1", "1", "1"],
        "twice refused, then done, then no more"
    );
}

#[tokio::test]
async fn a_timer_that_is_refused_is_put_aside_by_a_reaction_that_parks() {
    let room = room().await;
    let due = KeptTimer {
        name: "echo".into(),
        note: "1".into(),
        due_at: Timestamp::UNIX_EPOCH,
    };
    room.book.set_timer("bell", &due).await.unwrap();
    let bell = Arc::new(Bell::new(Birth::LogStart, Policy::ParkAfter(5)));
    bell.fail_timers.store(1, Ordering::SeqCst);
    let ringing = start(&room, &bell);
    let parked = eventually(LONG, || async { room.book.parked().await.unwrap().pop() }).await;
    assert_eq!(parked.what, ParkedWhat::Timer("echo".into()));
    assert!(
        room.book
            .retry("bell", &parked.what, clock())
            .await
            .unwrap()
    );
    eventually(LONG, || async { bell.fired.lock().unwrap().len() == 2 }).await;
    ringing.stop().await;
}
