//! A step is all or nothing, and only the projector that holds the lane may write it.

use accession_events::Position;
use accession_read_store::{Commit, FencingToken, ReadStoreError};

use crate::given::{Projector, all, document, listed, model};
use crate::subject::{Subject, over_every_store};

over_every_store!(
    who_gave_up_taking_over_does_not_fence_off_who_took_over_after_him,
    a_step_of_several_models_is_written_as_a_whole,
    a_wrong_expected_checkpoint_refuses_the_step_and_changes_nothing,
    one_refused_model_refuses_the_whole_step,
    a_step_under_an_older_fence_is_refused_and_changes_nothing,
    taking_over_keeps_the_checkpoint_and_grows_the_fence,
    of_two_takers_only_the_later_commits,
    lanes_and_generations_have_checkpoints_of_their_own,
    a_lane_that_was_never_taken_stands_at_the_start,
    a_step_without_documents_moves_the_checkpoint,
    a_commit_without_steps_does_nothing,
    repeating_a_committed_step_is_refused_with_where_the_store_stands,
    a_step_that_writes_a_document_twice_is_refused,
    a_commit_that_names_a_model_twice_is_refused,
    a_sort_with_a_zero_byte_is_refused,
    a_lane_that_is_not_there_is_refused,
    a_large_step_is_written_at_once,
    concurrent_steps_from_one_checkpoint_have_one_winner,
);

async fn a_step_of_several_models_is_written_as_a_whole(store: Subject) {
    let page = Projector::of(&**store, &model("page", 1)).await;
    let list = Projector::of(&**store, &model("list", 1)).await;
    let mut commit = page.step(vec![document("a"), listed("b", "by_title", "b")]);
    commit.steps.extend(list.step(vec![document("a")]).steps);
    store.commit(commit).await.unwrap();
    for name in ["page", "list"] {
        let model = model(name, 1);
        assert!(
            store.document(&model, "a").await.unwrap().is_some(),
            "{name}"
        );
        assert_eq!(
            store.checkpoint(&model, 0).await.unwrap().position,
            Position::new(1),
            "{name}"
        );
    }
    assert_eq!(
        store
            .scan(&page.model, &all("by_title"))
            .await
            .unwrap()
            .len(),
        1
    );
}

async fn a_wrong_expected_checkpoint_refuses_the_step_and_changes_nothing(store: Subject) {
    let mut projector = Projector::of(&**store, &model("page", 1)).await;
    projector.write(&**store, vec![document("a")]).await;
    let before = store.newest_change(0).await.unwrap();
    projector.at = Position::new(7);
    let error = projector
        .try_write(&**store, vec![listed("b", "by_title", "b")])
        .await
        .unwrap_err();
    match error {
        ReadStoreError::CheckpointMoved {
            expected, actual, ..
        } => {
            assert_eq!((expected, actual), (Position::new(7), Position::new(1)));
        }
        other => panic!("{other}"),
    }
    assert_nothing_of_b(&store, &before).await;
}

async fn one_refused_model_refuses_the_whole_step(store: Subject) {
    let mut good = Projector::of(&**store, &model("page", 1)).await;
    good.write(&**store, vec![document("a")]).await;
    let mut bad = Projector::of(&**store, &model("list", 1)).await;
    bad.at = Position::new(9);
    let before = store.newest_change(0).await.unwrap();
    let mut commit = good.step(vec![listed("b", "by_title", "b")]);
    commit.steps.extend(bad.step(vec![document("b")]).steps);
    let error = store.commit(commit).await.unwrap_err();
    assert!(
        matches!(&error, ReadStoreError::CheckpointMoved { model, .. } if model.contains("list")),
        "{error}"
    );
    assert_nothing_of_b(&store, &before).await;
}

async fn a_step_under_an_older_fence_is_refused_and_changes_nothing(store: Subject) {
    let mut old = Projector::of(&**store, &model("page", 1)).await;
    old.write(&**store, vec![document("a")]).await;
    let new = Projector::of(&**store, &model("page", 1)).await;
    let before = store.newest_change(0).await.unwrap();
    let error = old
        .try_write(&**store, vec![listed("b", "by_title", "b")])
        .await
        .unwrap_err();
    match error {
        ReadStoreError::Fenced { ours, actual, .. } => {
            assert_eq!((ours, actual), (old.fence.0, new.fence.0));
        }
        other => panic!("{other}"),
    }
    assert_nothing_of_b(&store, &before).await;
}

async fn assert_nothing_of_b(store: &Subject, before: &accession_read_store::ChangeCursor) {
    let page = model("page", 1);
    assert_eq!(store.document(&page, "b").await.unwrap(), None);
    assert_eq!(
        store.states(&page, 0, &["b".to_owned()]).await.unwrap(),
        [None]
    );
    assert!(
        store
            .scan(&page, &all("by_title"))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        store.checkpoint(&page, 0).await.unwrap().position,
        Position::new(1)
    );
    assert_eq!(&store.newest_change(0).await.unwrap(), before);
}

async fn taking_over_keeps_the_checkpoint_and_grows_the_fence(store: Subject) {
    let page = model("page", 1);
    let mut first = Projector::of(&**store, &page).await;
    first.write(&**store, vec![document("a")]).await;
    let mut newest = first.fence;
    for _ in 0..5 {
        let taken = store.take_over(&page, 0).await.unwrap();
        assert_eq!(taken.position, Position::new(1));
        assert!(taken.fence > newest);
        assert_eq!(store.checkpoint(&page, 0).await.unwrap(), taken);
        newest = taken.fence;
    }
}

async fn of_two_takers_only_the_later_commits(store: Subject) {
    let page = model("page", 1);
    let mut earlier = Projector::of(&**store, &page).await;
    let mut later = Projector::of(&**store, &page).await;
    let refused = earlier.try_write(&**store, vec![document("a")]).await;
    assert!(
        matches!(refused, Err(ReadStoreError::Fenced { .. })),
        "{refused:?}"
    );
    later.write(&**store, vec![document("a")]).await;
    let refused = earlier.try_write(&**store, vec![document("a")]).await;
    assert!(
        matches!(refused, Err(ReadStoreError::Fenced { .. })),
        "{refused:?}"
    );
}

async fn lanes_and_generations_have_checkpoints_of_their_own(store: Subject) {
    let mut first = Projector::of(&**store, &model("page", 1)).await;
    first.write(&**store, vec![document("a")]).await;
    for other in [model("page", 2), model("pag", 1), model("page2", 1)] {
        assert_eq!(
            store.checkpoint(&other, 0).await.unwrap().position,
            Position::START,
            "{other}"
        );
    }
}

async fn a_lane_that_was_never_taken_stands_at_the_start(store: Subject) {
    let stands = store.checkpoint(&model("page", 1), 0).await.unwrap();
    assert_eq!(
        (stands.position, stands.fence),
        (Position::START, FencingToken(0))
    );
}

async fn a_step_without_documents_moves_the_checkpoint(store: Subject) {
    let mut projector = Projector::of(&**store, &model("page", 1)).await;
    projector.write(&**store, Vec::new()).await;
    assert_eq!(
        store
            .checkpoint(&projector.model, 0)
            .await
            .unwrap()
            .position,
        Position::new(1)
    );
}

async fn a_commit_without_steps_does_nothing(store: Subject) {
    let before = store.newest_change(0).await.unwrap();
    store.commit(Commit::default()).await.unwrap();
    assert_eq!(store.newest_change(0).await.unwrap(), before);
}

async fn repeating_a_committed_step_is_refused_with_where_the_store_stands(store: Subject) {
    let projector = Projector::of(&**store, &model("page", 1)).await;
    let step = projector.step(vec![document("a")]);
    store.commit(step.clone()).await.unwrap();
    let error = store.commit(step).await.unwrap_err();
    assert!(
        matches!(error, ReadStoreError::CheckpointMoved { actual, .. } if actual == Position::new(1)),
        "{error}"
    );
}

async fn a_step_that_writes_a_document_twice_is_refused(store: Subject) {
    let mut projector = Projector::of(&**store, &model("page", 1)).await;
    assert_unusable(
        projector
            .try_write(&**store, vec![document("a"), document("a")])
            .await,
        "\"a\" twice",
    );
}

async fn a_commit_that_names_a_model_twice_is_refused(store: Subject) {
    let projector = Projector::of(&**store, &model("page", 1)).await;
    let mut commit = projector.step(vec![document("a")]);
    commit
        .steps
        .extend(projector.step(vec![document("b")]).steps);
    assert_unusable(store.commit(commit).await, "twice");
}

async fn a_sort_with_a_zero_byte_is_refused(store: Subject) {
    let mut projector = Projector::of(&**store, &model("page", 1)).await;
    assert_unusable(
        projector
            .try_write(&**store, vec![listed("a", "by_title", "a\0b")])
            .await,
        "zero byte",
    );
}

async fn a_lane_that_is_not_there_is_refused(store: Subject) {
    let page = model("page", 1);
    assert_unusable(store.take_over(&page, 1).await, "no lane 1");
    let commit = Commit {
        lane: 1,
        ..Projector::of(&**store, &page).await.step(Vec::new())
    };
    assert_unusable(store.commit(commit).await, "no lane 1");
}

fn assert_unusable<T: std::fmt::Debug>(result: Result<T, ReadStoreError>, part: &str) {
    match result {
        Err(ReadStoreError::Unusable { reason }) => assert!(reason.contains(part), "{reason}"),
        other => panic!("{other:?}"),
    }
}

async fn a_large_step_is_written_at_once(store: Subject) {
    let mut projector = Projector::of(&**store, &model("page", 1)).await;
    let text = "x".repeat(2_000);
    let documents = (0..3_000).map(|number| {
        let key = format!("{number:04}");
        let mut document = listed(&key, "by_title", &key);
        document.add.extend(
            (0..3).map(|other| crate::given::entry(&format!("other:{other}"), &text, &key)),
        );
        document.body = Some(text.clone().into());
        document.state = text.clone().into();
        document
    });
    projector.write(&**store, documents.collect()).await;
    let keys: Vec<String> = (0..3_000).map(|number| format!("{number:04}")).collect();
    let found = store.documents(&projector.model, &keys).await.unwrap();
    assert!(
        found
            .iter()
            .all(|found| found.as_ref().is_some_and(|document| document.body == text))
    );
    let states = store.states(&projector.model, 0, &keys).await.unwrap();
    assert!(
        states
            .iter()
            .all(|found| found.as_ref().is_some_and(|state| state == &text))
    );
    for index in ["by_title", "other:0", "other:1", "other:2"] {
        assert_eq!(
            store
                .scan(&projector.model, &all(index))
                .await
                .unwrap()
                .len(),
            3_000
        );
    }
}

async fn concurrent_steps_from_one_checkpoint_have_one_winner(store: Subject) {
    let projector = Projector::of(&**store, &model("page", 1)).await;
    let attempts = (0..8).map(|number| {
        let commit = projector.step(vec![document(&format!("by-{number}"))]);
        let store = store.store.clone();
        tokio::spawn(async move { (number, store.commit(commit).await) })
    });
    let mut winners = Vec::new();
    for attempt in attempts.collect::<Vec<_>>() {
        match attempt.await.unwrap() {
            (number, Ok(())) => winners.push(number),
            (_, Err(ReadStoreError::CheckpointMoved { .. })) => {}
            (_, Err(other)) => panic!("{other}"),
        }
    }
    assert_eq!(winners.len(), 1, "{winners:?}");
    for number in 0..8 {
        let found = store
            .document(&projector.model, &format!("by-{number}"))
            .await
            .unwrap();
        assert_eq!(found.is_some(), winners == [number]);
    }
}

async fn who_gave_up_taking_over_does_not_fence_off_who_took_over_after_him(store: Subject) {
    let page = model("page", 1);
    for _ in 0..200 {
        {
            let given_up = store.take_over(&page, 0);
            futures_util::pin_mut!(given_up);
            let _ = futures_util::poll!(&mut given_up);
        }
        let mut projector = Projector::of(&**store, &page).await;
        projector.write(&**store, vec![document("a")]).await;
    }
}
