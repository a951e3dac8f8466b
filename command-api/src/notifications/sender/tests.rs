//! What the sender promises: once, again after a failure, not for ever, and to nobody who is gone.
//!
//! Time is handed in; no test waits for a pause to pass.

mod room;

use std::time::Duration;

use accession_secrets::challenges::ChallengePurpose;
use accession_secrets::outbox::MessageState;
use accession_testkit::eventually;
use uuid::Uuid;

use super::SenderOptions;
use room::{ANA, Answer, CHALLENGE, Room, at};

const LONG: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_letter_leaves_once_however_often_it_was_queued() {
    let room = Room::with([]).await;
    let sender = room.sender(SenderOptions::default());
    assert!(room.queue(1).await);
    assert!(!room.queue(1).await);
    assert!(sender.send_due(at(0)).await.unwrap());
    assert!(!sender.send_due(at(0)).await.unwrap());
    assert!(!room.queue(1).await, "nor after it was sent");
    assert!(!sender.send_due(at(3600)).await.unwrap());
    let taken = room.post.taken.lock().unwrap().clone();
    assert_eq!(taken.len(), 1);
    assert_eq!((&*taken[0].to, taken[0].at), ("ana@example.org", at(0)));
    let secret = Room::tokens().token(ChallengePurpose::VerifyEmail, CHALLENGE);
    let link = format!("http://127.0.0.1:8080/verify-email#token={secret}");
    assert_eq!(taken[0].link.as_ref(), Some(&link));
    assert!(taken[0].rendered.text.contains(&link));
}

#[tokio::test]
async fn what_is_not_taken_now_is_tried_again_after_longer_and_longer_pauses() {
    let room = Room::with([Answer::Later, Answer::Later, Answer::Later]).await;
    let sender = room.sender(SenderOptions::default());
    room.queue(1).await;
    let mut now = at(0);
    for shortest in [4_000, 12_000, 36_000] {
        assert!(sender.send_due(now).await.unwrap());
        let line = room.outbox.list(9).await.unwrap().remove(0);
        assert_eq!(line.state, MessageState::Queued);
        assert_eq!(line.problem.as_deref(), Some("the office is closed"));
        let pause = line.due_at.duration_since(now).as_millis();
        assert!((shortest..=shortest * 3 / 2).contains(&pause), "{pause} ms");
        let just_before = line.due_at - Duration::from_millis(1);
        assert!(!sender.send_due(just_before).await.unwrap());
        now = line.due_at;
    }
    assert!(sender.send_due(now).await.unwrap());
    assert_eq!(room.post.taken(), [Uuid::from_u128(1)]);
    assert_eq!(room.post.tried(), 4);
    assert_eq!(sender.status().borrow().problem, None);
}

#[tokio::test]
async fn what_never_works_is_put_aside_at_once_until_an_operator_wants_it_tried_again() {
    let room = Room::with([Answer::Never]).await;
    let sender = room.sender(SenderOptions::default());
    room.queue(1).await;
    assert!(sender.send_due(at(0)).await.unwrap());
    assert!(!sender.send_due(at(3599)).await.unwrap());
    let counts = room.outbox.counts().await.unwrap();
    assert_eq!((counts.waiting, counts.failed), (0, 1));
    let id = Uuid::from_u128(1);
    assert!(room.outbox.retry(id, at(10)).await.unwrap());
    assert!(sender.send_due(at(10)).await.unwrap());
    assert_eq!(room.post.taken(), [id]);
}

#[tokio::test]
async fn after_so_many_attempts_it_is_given_up() {
    let room = Room::with([Answer::Later, Answer::Later]).await;
    let sender = room.sender(SenderOptions {
        attempts: 2,
        ..SenderOptions::default()
    });
    room.queue(1).await;
    assert!(sender.send_due(at(0)).await.unwrap());
    assert!(sender.send_due(at(60)).await.unwrap());
    let line = room.outbox.list(9).await.unwrap().remove(0);
    assert_eq!((line.state, line.attempts), (MessageState::Failed, 2));
    assert!(line.problem.unwrap().contains("given up after 2 attempts"));
    assert!(!sender.send_due(at(3599)).await.unwrap());
}

#[tokio::test]
async fn nobody_writes_to_somebody_who_was_erased() {
    let room = Room::with([]).await;
    let sender = room.sender(SenderOptions::default());
    room.queue(1).await;
    room.queue(2).await;
    // The event was heard of before the one, the key was gone before the other.
    assert_eq!(room.outbox.drop_of(ANA, at(1)).await.unwrap(), 2);
    assert!(!sender.send_due(at(2)).await.unwrap());
    room.queue(3).await;
    room.keys.destroy(ANA, at(3)).await.unwrap();
    assert!(sender.send_due(at(4)).await.unwrap());
    assert_eq!(room.post.tried(), 0);
    assert_eq!(room.outbox.list(9).await.unwrap(), []);
    assert_eq!(
        sender.status().borrow().problem,
        None,
        "that is as it should be"
    );
}

#[tokio::test]
async fn a_link_that_is_good_no_longer_is_not_sent() {
    let room = Room::with([]).await;
    room.queue(1).await;
    let sender = room.sender(SenderOptions::default());
    assert!(sender.send_due(at(3600)).await.unwrap());
    assert_eq!(room.post.tried(), 0);
    assert_eq!(room.outbox.counts().await.unwrap().waiting, 0);
}

#[tokio::test]
async fn while_the_server_hangs_over_a_letter_another_sender_has_the_others_and_none_leaves_twice()
{
    let room = Room::with([Answer::WhenOpened]).await;
    for number in 1..=8 {
        room.queue(number).await;
    }
    let (first, second) = (
        room.sender(SenderOptions::default()),
        room.sender(SenderOptions::default()),
    );
    let hanging = tokio::spawn(async move { first.send_due(at(0)).await });
    eventually(LONG, || async { room.post.tried() == 1 }).await;
    // Until the lease of the first ends, the second gets whatever the first is not sending.
    for _ in 2..=8 {
        assert!(second.send_due(at(179)).await.unwrap());
    }
    assert!(!second.send_due(at(179)).await.unwrap());
    room.post.gate.add_permits(1);
    assert!(hanging.await.unwrap().unwrap());
    assert!(!second.send_due(at(3599)).await.unwrap());
    let mut taken = room.post.taken();
    taken.sort();
    assert_eq!(taken, (1..=8).map(Uuid::from_u128).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_letter_is_let_go_of_before_its_lease_ends() {
    let room = Room::with([Answer::WhenOpened]).await;
    room.queue(1).await;
    let sender = room.sender(SenderOptions {
        lease: Duration::from_millis(50),
        ..SenderOptions::default()
    });
    assert!(sender.send_due(at(0)).await.unwrap());
    let line = room.outbox.list(9).await.unwrap().remove(0);
    assert_eq!(line.state, MessageState::Queued);
    assert_eq!(line.problem.as_deref(), Some("it took too long"));
    assert!(room.post.taken().is_empty());
}
