//! Values that one stream holds at a time.

use accession_event_log::StreamWrite;
use accession_events::{ClaimChange, ClaimKey, ClaimKind, StreamName};

use crate::stories::*;
use crate::subject::Subject;

pub(crate) async fn a_claim_is_won_by_one_stream(subject: &dyn Subject) {
    let log = subject.log();
    must_append(&*log, claiming("a", vec![make("slug")])).await;
    let second = try_append(&*log, claiming("b", vec![make("slug")])).await;
    assert_eq!(second, claimed("slug", "a"));
    assert_eq!(owner(&*log, "slug").await.as_deref(), Some("a"));
    assert_eq!(head(&*log).await, 1);
}

pub(crate) async fn claiming_again_by_the_owner_is_fine(subject: &dyn Subject) {
    let log = subject.log();
    must_append(&*log, claiming("a", vec![make("slug"), make("slug")])).await;
    must_append(&*log, changing("a", 1, vec![make("slug")])).await;
    assert_eq!(owner(&*log, "slug").await.as_deref(), Some("a"));
}

pub(crate) async fn a_released_claim_can_be_made_by_another_stream(subject: &dyn Subject) {
    let log = subject.log();
    must_append(&*log, claiming("a", vec![make("slug")])).await;
    must_append(&*log, changing("a", 1, vec![release("slug")])).await;
    assert_eq!(owner(&*log, "slug").await, None);
    must_append(&*log, claiming("b", vec![make("slug")])).await;
    assert_eq!(owner(&*log, "slug").await.as_deref(), Some("b"));
}

pub(crate) async fn releasing_a_claim_of_another_stream_is_refused(subject: &dyn Subject) {
    let log = subject.log();
    must_append(&*log, claiming("a", vec![make("slug")])).await;
    let thief = try_append(&*log, claiming("b", vec![release("slug")])).await;
    assert_eq!(thief, claimed("slug", "a"));
    assert_eq!(owner(&*log, "slug").await.as_deref(), Some("a"));
    assert_eq!(version(&*log, "b").await, 0);
}

pub(crate) async fn releasing_a_free_claim_is_fine(subject: &dyn Subject) {
    let log = subject.log();
    must_append(&*log, claiming("a", vec![release("slug")])).await;
    assert_eq!(owner(&*log, "slug").await, None);
}

pub(crate) async fn claims_of_one_append_are_visible_to_the_next_of_the_batch(
    subject: &dyn Subject,
) {
    let log = subject.log();
    let batch = [
        claiming("a", vec![make("slug")]),
        claiming("b", vec![make("slug")]),
        changing("a", 1, vec![release("slug")]),
        claiming("c", vec![make("slug")]),
        claiming("d", vec![release("slug")]),
    ];
    assert_eq!(
        log.append(&batch).await.unwrap(),
        [
            committed(1, 1),
            claimed("slug", "a"),
            committed(1, 1),
            committed(2, 2),
            claimed("slug", "c"),
        ]
    );
    assert_eq!(owner(&*log, "slug").await.as_deref(), Some("c"));
}

pub(crate) async fn a_claim_can_move_between_streams_within_one_append(subject: &dyn Subject) {
    let log = subject.log();
    must_append(&*log, claiming("a", vec![make("slug")])).await;
    let giving = StreamWrite {
        claims: vec![release("slug")],
        ..write("a", 1, 1)
    };
    let taking = StreamWrite {
        claims: vec![make("slug")],
        ..write("b", 0, 1)
    };
    let too_early = append(vec![taking.clone(), giving.clone()]);
    assert_eq!(try_append(&*log, too_early).await, claimed("slug", "a"));
    must_append(&*log, append(vec![giving, taking])).await;
    assert_eq!(owner(&*log, "slug").await.as_deref(), Some("b"));
}

pub(crate) async fn an_owner_is_a_stream_and_not_only_its_id(subject: &dyn Subject) {
    let log = subject.log();
    must_append(&*log, claiming("same-id", vec![make("slug")])).await;
    let other_type = append(vec![StreamWrite {
        stream: StreamName::new("test.other", "same-id"),
        ..claiming("same-id", vec![make("slug")]).writes.remove(0)
    }]);
    assert_eq!(
        try_append(&*log, other_type).await,
        claimed("slug", "same-id")
    );
}

pub(crate) async fn claims_of_two_kinds_never_meet(subject: &dyn Subject) {
    let log = subject.log();
    must_append(&*log, claiming("a", vec![make("same")])).await;
    let isbn = ClaimKey::new(ClaimKind::Isbn, "same");
    must_append(&*log, claiming("b", vec![ClaimChange::Make(isbn.clone())])).await;
    let owners = log.claim_owners(&[isbn, key("same")]).await.unwrap();
    assert_eq!(owners, [Some("b".to_owned()), Some("a".to_owned())]);
}

pub(crate) async fn owners_are_answered_in_the_order_asked_for(subject: &dyn Subject) {
    let log = subject.log();
    must_append(&*log, claiming("a", vec![make("one"), make("two")])).await;
    must_append(&*log, claiming("b", vec![make("three")])).await;
    let asked = [key("three"), key("none"), key("two"), key("three")];
    let owners = log.claim_owners(&asked).await.unwrap();
    let owners: Vec<_> = owners.iter().map(Option::as_deref).collect();
    assert_eq!(owners, [Some("b"), None, Some("a"), Some("b")]);
    assert_eq!(log.claim_owners(&[]).await.unwrap(), []);
}
