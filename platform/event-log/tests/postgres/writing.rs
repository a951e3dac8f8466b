//! Group commit and its bounds. The append lock, held by the test, stands for a server that is busy.

use accession_event_log::{LogError, LogStore, Outcome, WriterOptions};
use accession_events::Position;
use futures_util::FutureExt;
use futures_util::future::join_all;

use crate::support::{APPEND_LOCK, ground_with};
use crate::write::{id, notes, of};

#[tokio::test]
async fn what_waits_is_written_in_one_transaction_and_each_caller_gets_its_own_positions() {
    let ground = ground_with(WriterOptions::default()).await;
    ground.log.append(of(notes(&id(), 0, 1))).await.unwrap();
    let raw = ground.raw().await;
    let mut holder = raw.begin().await.unwrap();
    sqlx::query(APPEND_LOCK)
        .execute(&mut *holder)
        .await
        .unwrap();
    let mut waiting: Vec<_> = (0..20)
        .map(|_| Box::pin(ground.log.append(of(notes(&id(), 0, 2)))))
        .collect();
    for append in &mut waiting {
        assert!(append.now_or_never().is_none());
    }
    holder.rollback().await.unwrap();
    let mut positions: Vec<u64> = join_all(waiting)
        .await
        .into_iter()
        .map(|outcome| match outcome.unwrap() {
            Outcome::Committed(at) => at.last.get(),
            other => panic!("{other:?}"),
        })
        .collect();
    positions.sort_unstable();
    assert_eq!(positions, (1..=20).map(|n| 1 + 2 * n).collect::<Vec<_>>());
    let transactions: i64 = sqlx::query_scalar("SELECT count(DISTINCT xmin::text) FROM events")
        .fetch_one(&raw)
        .await
        .unwrap();
    assert!(
        transactions <= 3,
        "{transactions} transactions for 21 appends"
    );
    assert_eq!(*ground.log.head().borrow(), Position::new(41));
}

#[tokio::test]
async fn appends_submitted_together_stay_together_and_in_order() {
    let ground = ground_with(WriterOptions {
        max_batch_appends: 3,
        ..WriterOptions::default()
    })
    .await;
    let stream = id();
    let together = (0..10).map(|n| of(notes(&stream, n, 1))).collect();
    let outcomes = ground.log.append_all(together).await.unwrap();
    assert!(
        outcomes
            .iter()
            .all(|outcome| matches!(outcome, Outcome::Committed(_))),
        "{outcomes:?}"
    );
    let transactions: i64 = sqlx::query_scalar("SELECT count(DISTINCT xmin::text) FROM events")
        .fetch_one(&ground.raw().await)
        .await
        .unwrap();
    assert_eq!(transactions, 1);
}

#[tokio::test]
async fn a_full_queue_answers_overloaded_at_once_and_takes_appends_again_when_it_has_drained() {
    let ground = ground_with(WriterOptions {
        queue: 3,
        ..WriterOptions::default()
    })
    .await;
    let raw = ground.raw().await;
    let mut holder = raw.begin().await.unwrap();
    sqlx::query(APPEND_LOCK)
        .execute(&mut *holder)
        .await
        .unwrap();
    let mut waiting: Vec<_> = (0..3)
        .map(|_| Box::pin(ground.log.append(of(notes(&id(), 0, 1)))))
        .collect();
    for append in &mut waiting {
        assert!(append.now_or_never().is_none());
    }
    let turned_away = ground
        .log
        .append(of(notes(&id(), 0, 1)))
        .now_or_never()
        .unwrap()
        .unwrap_err();
    assert!(
        matches!(turned_away, LogError::Overloaded { retry_after } if retry_after.as_secs() >= 1)
    );
    holder.rollback().await.unwrap();
    for outcome in join_all(waiting).await {
        assert!(matches!(outcome.unwrap(), Outcome::Committed(_)));
    }
    ground.log.append(of(notes(&id(), 0, 1))).await.unwrap();
    let larger_than_the_queue = (0..9).map(|_| of(notes(&id(), 0, 1))).collect();
    assert_eq!(
        ground
            .log
            .append_all(larger_than_the_queue)
            .await
            .unwrap()
            .len(),
        9
    );
    assert_eq!(ground.store.head().await.unwrap(), Position::new(13));
}

#[tokio::test]
async fn closing_writes_what_waits_and_refuses_what_comes_later() {
    let ground = ground_with(WriterOptions {
        max_batch_appends: 2,
        ..WriterOptions::default()
    })
    .await;
    let raw = ground.raw().await;
    let mut holder = raw.begin().await.unwrap();
    sqlx::query(APPEND_LOCK)
        .execute(&mut *holder)
        .await
        .unwrap();
    let mut waiting: Vec<_> = (0..7)
        .map(|_| Box::pin(ground.log.append(of(notes(&id(), 0, 1)))))
        .collect();
    for append in &mut waiting {
        assert!(append.now_or_never().is_none());
    }
    let mut closing = Box::pin(ground.log.close());
    assert!((&mut closing).now_or_never().is_none());
    let late = ground.log.append(of(notes(&id(), 0, 1))).await.unwrap_err();
    assert!(matches!(late, LogError::Closed), "{late}");
    holder.rollback().await.unwrap();
    closing.await;
    for outcome in join_all(waiting).await {
        assert!(matches!(outcome.unwrap(), Outcome::Committed(_)));
    }
    assert_eq!(ground.store.head().await.unwrap(), Position::new(7));
    ground.log.close().await;
}

#[tokio::test]
async fn the_head_wakes_its_watchers_after_each_commit() {
    let ground = ground_with(WriterOptions::default()).await;
    let mut head = ground.log.head();
    for position in [2, 4, 6] {
        let woken = head.wait_for(|head| head.get() >= position);
        let (appended, _) = tokio::join!(ground.log.append(of(notes(&id(), 0, 2))), woken);
        appended.unwrap();
        assert_eq!(head.borrow().get(), position);
    }
}
