//! Order, checkpoints, the ids of commands, and two processes.
//!
//! Never looks into a follower: only at what its reaction hears.

use super::*;

#[tokio::test]
async fn it_hears_of_its_own_events_in_order_and_goes_on_where_it_was_after_a_restart() {
    let room = room().await;
    for event_type in ["Rang", "Other", "Rang"] {
        append(&room.log, event_type).await;
    }
    let bell = Arc::new(Bell::new(Birth::LogStart, Policy::Retry));
    let ringing = start(&room, &bell);
    until_heard(&bell, &[1, 3]).await;
    append(&room.log, "Rang").await;
    until_heard(&bell, &[1, 3, 4]).await;
    until_kept(&room, 4).await;
    ringing.stop().await;
    append(&room.log, "Rang").await;
    let ringing = start(&room, &bell);
    until_heard(&bell, &[1, 3, 4, 5]).await;
    ringing.stop().await;
}

#[tokio::test]
async fn one_that_is_born_now_never_hears_of_history() {
    let room = room().await;
    append(&room.log, "Rang").await;
    let bell = Arc::new(Bell::new(Birth::Now, Policy::Retry));
    let ringing = start(&room, &bell);
    eventually(LONG, || async {
        room.book.checkpoint("bell").await.unwrap()
    })
    .await;
    append(&room.log, "Rang").await;
    until_heard(&bell, &[2]).await;
    ringing.stop().await;
}

#[tokio::test]
async fn a_second_delivery_gets_the_same_command_id_and_another_event_another() {
    let room = room().await;
    append(&room.log, "Rang").await;
    append(&room.log, "Rang").await;
    let bell = Arc::new(Bell::new(Birth::LogStart, Policy::Retry));
    bell.fail(Position::new(1), Some(refused()));
    let ringing = start(&room, &bell);
    eventually(LONG, || async { bell.heard().len() > 3 }).await;
    bell.fail(Position::new(1), None);
    eventually(LONG, || async { bell.heard().contains(&2) }).await;
    ringing.stop().await;
    let heard = bell.heard.lock().unwrap().clone();
    let (first, last) = (&heard[0].1, &heard[heard.len() - 1].1);
    for (position, key) in &heard {
        let expected = if position.get() == 1 { first } else { last };
        assert_eq!(key, expected);
    }
    assert_ne!(first, last);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_processes_one_reacts_and_the_other_takes_over() {
    let stores = accession_testkit::Stores::shared();
    let fresh = accession_testkit::fresh_database(&stores.postgres_url).await;
    migrate::migrate(fresh.url()).await.unwrap();
    let log = PostgresLog::connect(fresh.url(), PostgresOptions::default())
        .await
        .unwrap();
    let database = PrivateDatabase::postgres(fresh.url(), 4).unwrap();
    let room = Room {
        log: EventLog::start(Arc::new(log), WriterOptions::default()),
        book: reaction_book::open(&database),
        database,
        _folder: tempfile::tempdir().unwrap(),
    };
    let lease = || Box::new(PostgresLease::new(fresh.url(), "reactions").unwrap());
    let bell = Arc::new(Bell::new(Birth::LogStart, Policy::Retry));
    let first = start_with(&room, &bell, lease());
    let mut status = first.status.clone();
    status
        .wait_for(|status| status.state == ReactionState::Following)
        .await
        .unwrap();
    let second = start_with(&room, &bell, lease());
    for _ in 0..20 {
        append(&room.log, "Rang").await;
    }
    until_heard(&bell, &(1..=20).collect::<Vec<_>>()).await;
    until_kept(&room, 20).await;
    first.stop().await;
    append(&room.log, "Rang").await;
    until_heard(&bell, &(1..=21).collect::<Vec<_>>()).await;
    second.stop().await;
    room.database.close().await;
}
