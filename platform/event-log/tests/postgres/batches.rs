//! Batches: each append accepted or refused for itself, whichever of the function's two ways it takes.

use accession_event_log::{Append, Committed, LogError, LogStore, Outcome};
use accession_events::{ClaimChange, Position, StreamName};

use crate::support::ground;
use crate::write::{claiming, id, keyed, notes, of, slug};

fn committed(first: u64, last: u64) -> Outcome {
    Outcome::Committed(Committed {
        first: Position::new(first),
        last: Position::new(last),
    })
}

#[tokio::test]
async fn one_conflict_in_a_batch_refuses_that_append_only_and_burns_no_position() {
    let ground = ground().await;
    let (a, b, c) = (id(), id(), id());
    ground.store.append(&[of(notes(&b, 0, 3))]).await.unwrap();
    let outcomes = ground
        .store
        .append(&[
            of(notes(&a, 0, 2)),
            of(notes(&b, 1, 1)),
            of(notes(&c, 0, 1)),
        ])
        .await
        .unwrap();
    let stream = StreamName::new("test.note", &b);
    assert_eq!(
        outcomes,
        [
            committed(4, 5),
            Outcome::Conflict {
                stream,
                expected: 1,
                actual: 3
            },
            committed(6, 6)
        ]
    );
    let feed = ground.store.read_feed(Position::START, 100).await.unwrap();
    assert_eq!(
        feed.iter()
            .map(|event| event.position.get())
            .collect::<Vec<_>>(),
        [1, 2, 3, 4, 5, 6]
    );
}

#[tokio::test]
async fn a_later_append_of_a_batch_sees_what_an_earlier_one_wrote_claimed_and_answered() {
    let ground = ground().await;
    let (a, b) = (id(), id());
    let outcomes = ground
        .store
        .append(&[
            of(claiming(notes(&a, 0, 2), "dune")),
            of(notes(&a, 2, 1)),
            of(notes(&a, 2, 1)),
            of(claiming(notes(&b, 0, 1), "dune")),
            keyed(of(notes(&b, 0, 1)), "k", "f", "first"),
            keyed(of(notes(&b, 1, 1)), "k", "f", "second"),
            keyed(of(notes(&b, 1, 1)), "k", "other", "third"),
        ])
        .await
        .unwrap();
    assert_eq!(outcomes[0], committed(1, 2));
    assert_eq!(outcomes[1], committed(3, 3));
    assert!(matches!(
        outcomes[2],
        Outcome::Conflict {
            expected: 2,
            actual: 3,
            ..
        }
    ));
    assert_eq!(
        outcomes[3],
        Outcome::Claimed {
            key: slug("dune"),
            owner: a
        }
    );
    assert_eq!(outcomes[4], committed(4, 4));
    assert!(matches!(&outcomes[5], Outcome::Replayed(answer)
        if answer.response == "first" && answer.position == Position::new(4) && answer.fingerprint == "f"));
    assert_eq!(outcomes[6], Outcome::KeyReused);
    assert_eq!(
        ground.store.claim_owners(&[slug("dune")]).await.unwrap(),
        [Some(outcomes_owner(&outcomes[3]))]
    );
}

fn outcomes_owner(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Claimed { owner, .. } => owner.clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_refused_append_leaves_no_trace_for_those_after_it() {
    let ground = ground().await;
    let (a, b, c) = (id(), id(), id());
    ground
        .store
        .append(&[of(claiming(notes(&c, 0, 1), "taken"))])
        .await
        .unwrap();
    // Writes stream a and claims `free`, then fails on `taken`.
    let mut refused = of(claiming(claiming(notes(&a, 0, 2), "free"), "taken"));
    refused.writes.push(notes(&b, 0, 1));
    let outcomes = ground
        .store
        .append(&[
            refused,
            of(claiming(notes(&a, 0, 1), "free")),
            of(notes(&b, 0, 1)),
        ])
        .await
        .unwrap();
    assert!(matches!(&outcomes[0], Outcome::Claimed { owner, .. } if *owner == c));
    assert_eq!(outcomes[1..], [committed(2, 2), committed(3, 3)]);
    assert_eq!(
        ground
            .store
            .claim_owners(&[slug("free"), slug("none")])
            .await
            .unwrap(),
        [Some(a), None]
    );
}

#[tokio::test]
async fn a_claim_moves_from_one_stream_to_another_within_one_append() {
    let ground = ground().await;
    let (old, new) = (id(), id());
    ground
        .store
        .append(&[of(claiming(notes(&old, 0, 1), "9780439023481"))])
        .await
        .unwrap();
    let mut release = notes(&old, 1, 1);
    release
        .claims
        .push(ClaimChange::Release(slug("9780439023481")));
    let make = claiming(notes(&new, 0, 1), "9780439023481");
    let merge = Append {
        writes: vec![release, make],
        ..Append::default()
    };
    assert_eq!(
        ground.store.append(&[merge]).await.unwrap(),
        [committed(2, 3)]
    );
    assert_eq!(
        ground
            .store
            .claim_owners(&[slug("9780439023481")])
            .await
            .unwrap(),
        [Some(new)]
    );
}

#[tokio::test]
async fn an_append_over_several_streams_is_all_or_nothing_and_may_only_check_some() {
    let ground = ground().await;
    let (a, b) = (id(), id());
    ground.store.append(&[of(notes(&a, 0, 1))]).await.unwrap();
    let both = |seen| Append {
        writes: vec![notes(&b, 0, 1), notes(&a, seen, 0)],
        ..Append::default()
    };
    assert!(matches!(
        ground.store.append(&[both(0)]).await.unwrap()[0],
        Outcome::Conflict { actual: 1, .. }
    ));
    assert_eq!(
        ground
            .store
            .read_stream(&StreamName::new("test.note", &b), 0, 9)
            .await
            .unwrap(),
        []
    );
    assert_eq!(
        ground.store.append(&[both(1)]).await.unwrap(),
        [committed(2, 2)]
    );
    assert_eq!(
        ground.store.append(&[of(notes(&a, 1, 0))]).await.unwrap(),
        [committed(2, 2)],
        "a mere check"
    );
}

#[tokio::test]
async fn what_can_never_be_written_fails_its_own_caller_only() {
    let ground = ground().await;
    let mut poisoned = notes(&id(), 0, 1);
    poisoned.events[0].payload = "not json".to_owned();
    let mut twice = notes(&id(), 0, 1);
    let (one, two) = (notes(&id(), 0, 1), notes(&id(), 0, 1));
    twice.events[0].id = one.events[0].id;
    let (first, bad, second) = tokio::join!(
        ground.log.append(of(one)),
        ground.log.append(of(poisoned)),
        ground.log.append(of(two))
    );
    assert!(matches!(first.unwrap(), Outcome::Committed(_)));
    assert!(matches!(bad.unwrap_err(), LogError::Permanent { .. }));
    assert!(matches!(second.unwrap(), Outcome::Committed(_)));
    let again = ground.log.append(of(twice)).await.unwrap_err();
    assert!(
        again.to_string().contains("event id is in the log already"),
        "{again}"
    );
    assert_eq!(ground.store.head().await.unwrap().get(), 2);
}

#[tokio::test]
async fn payload_and_metadata_come_back_byte_for_byte() {
    let ground = ground().await;
    let text = "{ \"b\" : 1.10, \"a\":\"\\u00e9 é\", \"a\": 12345678901234567890 }";
    let mut write = notes(&id(), 0, 1);
    write.events[0].payload = text.to_owned();
    let metadata = "{\"z\": \"1\",  \"actor\": \"x\"}";
    let append = Append {
        writes: vec![write],
        metadata: metadata.to_owned(),
        idempotency: None,
    };
    ground.log.append(append).await.unwrap();
    let event = ground
        .store
        .read_feed(Position::START, 1)
        .await
        .unwrap()
        .remove(0);
    assert_eq!(&*event.payload, text);
    assert_eq!(&*event.metadata, metadata);
}

#[tokio::test]
async fn recorded_times_never_go_backwards_and_name_the_position_at_any_time() {
    let ground = ground().await;
    for _ in 0..10 {
        ground.log.append(of(notes(&id(), 0, 2))).await.unwrap();
    }
    let feed = ground.store.read_feed(Position::START, 100).await.unwrap();
    assert!(
        feed.windows(2)
            .all(|pair| pair[0].recorded_at <= pair[1].recorded_at)
    );
    assert_eq!(
        ground.store.position_at(feed[5].recorded_at).await.unwrap(),
        feed[5].position
    );
    let before = feed[0].recorded_at - jiff::SignedDuration::from_micros(1);
    assert_eq!(
        ground.store.position_at(before).await.unwrap(),
        Position::START
    );
    let after = feed[19].recorded_at + jiff::SignedDuration::from_hours(1);
    assert_eq!(ground.store.position_at(after).await.unwrap().get(), 20);
}
