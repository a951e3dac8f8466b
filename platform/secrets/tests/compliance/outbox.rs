//! Messages on their way: queued once, one sender's at a time, kept as long as they may be tried and no longer.
//!
//! Never sends one.

use std::sync::Arc;

use accession_events::ids::SubjectId;
use accession_secrets::outbox::{
    self, MessageState, NewMessage, Outbox, OutboxCounts, Settled, TakenMessage,
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::room::{Room, over_both};

over_both!(
    a_message_is_queued_once_whatever_became_of_it,
    the_longest_due_is_taken_first_and_only_when_it_is_due,
    what_was_taken_is_due_again_when_its_sender_is_too_slow_who_then_settles_nothing,
    of_many_senders_each_gets_another_message,
    what_is_tried_again_keeps_its_letter_and_what_was_sent_is_forgotten,
    an_operator_has_it_tried_again_or_discards_it,
    what_is_on_its_way_to_somebody_who_was_erased_is_dropped,
    what_ended_long_ago_is_purged_but_for_one_kind,
    a_person_is_told_of_every_message_that_is_kept_the_newest_first,
);

/// With microseconds that a rounded number of seconds would lose.
fn at(second: i64) -> Timestamp {
    Timestamp::from_microsecond((1_800_000_000 + second) * 1_000_000 + 123_457).unwrap()
}

fn message(number: u128, queued: i64) -> NewMessage {
    NewMessage {
        id: Uuid::from_u128(number),
        subject: SubjectId::new(Uuid::from_u128(number % 10)),
        kind: "verify_email".into(),
        letter: format!("letter {number}"),
        state: MessageState::Queued,
        queued_at: at(queued),
        expires_at: (number == 1).then(|| at(3600)),
    }
}

async fn queued(room: &Room, messages: &[(u128, i64)]) -> Arc<dyn Outbox> {
    let outbox = outbox::open(&room.database);
    for (number, second) in messages {
        assert!(outbox.queue(&message(*number, *second)).await.unwrap());
    }
    outbox
}

async fn take(outbox: &Arc<dyn Outbox>, second: i64) -> Option<TakenMessage> {
    outbox.take(at(second), at(second + 180)).await.unwrap()
}

async fn settle(
    outbox: &Arc<dyn Outbox>,
    taken: &TakenMessage,
    state: MessageState,
    second: i64,
) -> bool {
    let problem = (state != MessageState::Sent).then(|| "the office is closed".to_owned());
    let settled = Settled {
        state,
        at: at(second),
        problem,
    };
    outbox.settle(taken, &settled).await.unwrap()
}

async fn a_message_is_queued_once_whatever_became_of_it(room: Room) {
    let outbox = queued(&room, &[(1, 0)]).await;
    assert!(!outbox.queue(&message(1, 5)).await.unwrap());
    let taken = take(&outbox, 0).await.unwrap();
    assert_eq!(
        taken,
        TakenMessage {
            id: Uuid::from_u128(1),
            kind: "verify_email".into(),
            letter: "letter 1".into(),
            attempts: 1,
            expires_at: Some(at(3600)),
        }
    );
    assert!(!outbox.queue(&message(1, 5)).await.unwrap());
    assert!(settle(&outbox, &taken, MessageState::Sent, 1).await);
    assert!(!outbox.queue(&message(1, 5)).await.unwrap());
    assert_eq!(outbox.counts().await.unwrap(), OutboxCounts::default());
    // One that is only noted is never due.
    let mut noted = message(2, 0);
    noted.state = MessageState::Dropped;
    assert!(outbox.queue(&noted).await.unwrap());
    assert!(!outbox.queue(&message(2, 0)).await.unwrap());
    assert_eq!(take(&outbox, 999).await, None);
}

async fn the_longest_due_is_taken_first_and_only_when_it_is_due(room: Room) {
    let outbox = queued(&room, &[(2, 20), (1, 10), (3, 30)]).await;
    let counts = outbox.counts().await.unwrap();
    let expected = OutboxCounts {
        waiting: 3,
        failed: 0,
        next_due: Some(at(10)),
    };
    assert_eq!(counts, expected);
    assert_eq!(take(&outbox, 9).await, None);
    for number in [1, 2] {
        let taken = take(&outbox, 20).await.unwrap();
        assert_eq!(taken.id, Uuid::from_u128(number));
    }
    assert_eq!(take(&outbox, 20).await, None);
    assert!(take(&outbox, 30).await.is_some());
}

async fn what_was_taken_is_due_again_when_its_sender_is_too_slow_who_then_settles_nothing(
    room: Room,
) {
    let outbox = queued(&room, &[(1, 0)]).await;
    let slow = take(&outbox, 0).await.unwrap();
    assert_eq!(take(&outbox, 179).await, None);
    let fast = take(&outbox, 180).await.unwrap();
    assert_eq!((fast.id, fast.attempts), (slow.id, 2));
    assert!(!settle(&outbox, &slow, MessageState::Failed, 181).await);
    assert!(settle(&outbox, &fast, MessageState::Sent, 182).await);
    assert!(!settle(&outbox, &fast, MessageState::Queued, 183).await);
    assert_eq!(outbox.list(9).await.unwrap(), []);
}

async fn of_many_senders_each_gets_another_message(room: Room) {
    let messages: Vec<_> = (1..=20).map(|number| (number, 0)).collect();
    let outbox = queued(&room, &messages).await;
    let senders: Vec<_> = (0..30)
        .map(|_| {
            let outbox = Arc::clone(&outbox);
            tokio::spawn(async move { take(&outbox, 1).await.map(|taken| taken.id) })
        })
        .collect();
    let mut got = Vec::new();
    for sender in senders {
        got.extend(sender.await.unwrap());
    }
    // One that finds a row taken under its eyes may go away empty; nobody gets what another has.
    while let Some(rest) = take(&outbox, 1).await {
        got.push(rest.id);
    }
    got.sort();
    assert_eq!(got, (1..=20).map(Uuid::from_u128).collect::<Vec<_>>());
}

async fn what_is_tried_again_keeps_its_letter_and_what_was_sent_is_forgotten(room: Room) {
    let outbox = queued(&room, &[(1, 0)]).await;
    let taken = take(&outbox, 0).await.unwrap();
    assert!(settle(&outbox, &taken, MessageState::Queued, 5).await);
    let line = outbox.list(9).await.unwrap().remove(0);
    assert_eq!((line.queued_at, line.due_at), (at(0), at(5)));
    assert_eq!((line.state, line.attempts), (MessageState::Queued, 1));
    assert_eq!(line.problem.as_deref(), Some("the office is closed"));
    assert_eq!(take(&outbox, 4).await, None);
    let taken = take(&outbox, 5).await.unwrap();
    assert_eq!(taken.letter, "letter 1");
    assert!(settle(&outbox, &taken, MessageState::Sent, 6).await);
    assert_eq!(outbox.list(9).await.unwrap(), []);
    assert!(!outbox.retry(taken.id, at(7)).await.unwrap());
    assert!(!outbox.discard(taken.id, at(7)).await.unwrap());
}

async fn an_operator_has_it_tried_again_or_discards_it(room: Room) {
    let outbox = queued(&room, &[(1, 0), (2, 1)]).await;
    let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
    assert!(!outbox.retry(one, at(0)).await.unwrap(), "it waits anyway");
    let taken = take(&outbox, 0).await.unwrap();
    assert!(settle(&outbox, &taken, MessageState::Failed, 0).await);
    let counts = outbox.counts().await.unwrap();
    assert_eq!((counts.waiting, counts.failed), (1, 1));
    let states: Vec<_> = outbox.list(9).await.unwrap();
    let states: Vec<_> = states.iter().map(|line| (line.id, line.state)).collect();
    let expected = [(one, MessageState::Failed), (two, MessageState::Queued)];
    assert_eq!(states, expected);
    assert_eq!(outbox.list(1).await.unwrap().len(), 1);

    assert!(outbox.retry(one, at(1)).await.unwrap());
    assert!(outbox.discard(two, at(1)).await.unwrap());
    assert!(!outbox.discard(two, at(1)).await.unwrap());
    let taken = take(&outbox, 1).await.unwrap();
    assert_eq!((taken.id, taken.attempts), (one, 1));
    assert_eq!(taken.letter, "letter 1");
    assert_eq!(take(&outbox, 1).await, None);
}

async fn what_is_on_its_way_to_somebody_who_was_erased_is_dropped(room: Room) {
    // 1, 11, 21 and 31 are for the same person.
    let outbox = queued(&room, &[(1, 0), (11, 1), (21, 2), (31, 3), (2, 4)]).await;
    let sent = take(&outbox, 0).await.unwrap();
    assert!(settle(&outbox, &sent, MessageState::Sent, 0).await);
    let failed = take(&outbox, 1).await.unwrap();
    assert!(settle(&outbox, &failed, MessageState::Failed, 1).await);
    let under_way = take(&outbox, 2).await.unwrap();
    let erased = SubjectId::new(Uuid::from_u128(1));
    assert_eq!(outbox.drop_of(erased, at(5)).await.unwrap(), 3);
    assert_eq!(outbox.drop_of(erased, at(5)).await.unwrap(), 0);
    assert!(!settle(&outbox, &under_way, MessageState::Queued, 6).await);
    assert!(!outbox.retry(failed.id, at(6)).await.unwrap());
    let rest = take(&outbox, 999).await.unwrap();
    assert_eq!(rest.id, Uuid::from_u128(2));
    assert_eq!(take(&outbox, 999).await, None);
}

async fn what_ended_long_ago_is_purged_but_for_one_kind(room: Room) {
    let outbox = queued(&room, &[(1, 0), (2, 1), (3, 2)]).await;
    let mut known = message(4, 0);
    known.kind = "new_sign_in".into();
    known.state = MessageState::Dropped;
    assert!(outbox.queue(&known).await.unwrap());
    for (state, second) in [(MessageState::Sent, 10), (MessageState::Failed, 11)] {
        let taken = take(&outbox, 10).await.unwrap();
        assert!(settle(&outbox, &taken, state, second).await);
    }
    assert_eq!(outbox.purge(at(10), "new_sign_in").await.unwrap(), 0);
    assert_eq!(outbox.purge(at(999), "new_sign_in").await.unwrap(), 1);
    assert!(outbox.queue(&message(1, 0)).await.unwrap(), "forgotten");
    assert!(!outbox.queue(&known).await.unwrap(), "known for ever");
    assert_eq!(outbox.counts().await.unwrap().failed, 1);
}

async fn a_person_is_told_of_every_message_that_is_kept_the_newest_first(room: Room) {
    let outbox = queued(&room, &[(1, 0), (2, 1), (11, 5)]).await;
    let taken = take(&outbox, 2).await.unwrap();
    settle(&outbox, &taken, MessageState::Sent, 3).await;
    let person = SubjectId::new(Uuid::from_u128(1));
    let of = outbox.of(person, 10).await.unwrap();
    let told: Vec<_> = of
        .iter()
        .map(|line| (line.id.as_u128(), line.state))
        .collect();
    assert_eq!(told, [(11, MessageState::Queued), (1, MessageState::Sent)]);
    assert_eq!(of[1].queued_at, at(0));
    assert_eq!(outbox.of(person, 1).await.unwrap().len(), 1);
}
