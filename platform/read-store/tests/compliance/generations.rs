//! Two builds of a model live side by side and never touch each other; one pointer says which is read.

use std::collections::BTreeSet;
use std::time::Duration;

use accession_events::Position;
use accession_read_store::{ChangeRead, Generation, ReadStoreError};

use crate::given::{Projector, all, document, listed, model};
use crate::subject::{Subject, over_every_store};

over_every_store!(
    a_model_that_was_never_built_has_no_generations,
    registering_is_idempotent_and_keeps_the_fold_version,
    a_generation_of_another_fold_version_is_refused,
    generations_hold_the_same_key_apart,
    promoting_sends_readers_to_a_generation_and_back,
    promoting_writes_an_entry_of_the_change_feed,
    what_was_live_before_is_remembered_until_it_is_dropped,
    readers_are_not_sent_to_older_documents_unless_that_is_said,
    a_generation_that_is_not_registered_cannot_go_live,
    dropping_removes_all_of_a_generation_and_nothing_else,
    the_live_generation_is_not_dropped,
    dropping_twice_is_dropping_once,
    a_generation_of_many_pieces_is_dropped_whole,
    a_dropped_generation_can_be_built_again,
    a_step_for_a_dropped_generation_is_refused,
);

async fn a_model_that_was_never_built_has_no_generations(store: Subject) {
    let info = store.model("page").await.unwrap();
    assert_eq!(
        (info.name.as_str(), info.live, info.generations),
        ("page", None, Vec::new())
    );
}

async fn registering_is_idempotent_and_keeps_the_fold_version(store: Subject) {
    for generation in [2, 1, 2, 10] {
        store
            .register(&model("page", generation), &format!("fold {generation}"))
            .await
            .unwrap();
    }
    store.register(&model("page2", 7), "other").await.unwrap();
    let info = store.model("page").await.unwrap();
    let expected = [1, 2, 10].map(|number| (Generation(number), format!("fold {number}")));
    assert_eq!(info.generations, expected);
    assert_eq!(info.live, None);
}

async fn a_generation_of_another_fold_version_is_refused(store: Subject) {
    store.register(&model("page", 1), "one").await.unwrap();
    let error = store.register(&model("page", 1), "two").await.unwrap_err();
    assert!(
        matches!(&error, ReadStoreError::Unusable { reason } if reason.contains("\"one\"")),
        "{error}"
    );
    assert_eq!(
        store.model("page").await.unwrap().generations,
        [(Generation(1), "one".to_owned())]
    );
}

async fn generations_hold_the_same_key_apart(store: Subject) {
    let mut old = Projector::of(&**store, &model("page", 1)).await;
    let mut new = Projector::of(&**store, &model("page", 2)).await;
    old.write(&**store, vec![listed("a", "by_title", "old")])
        .await;
    let mut document = listed("a", "by_title", "new");
    document.body = Some("new".into());
    new.write(&**store, vec![document]).await;
    assert_eq!(
        store.document(&old.model, "a").await.unwrap().unwrap().body,
        "{\"key\":\"a\"}"
    );
    assert_eq!(
        store.document(&new.model, "a").await.unwrap().unwrap().body,
        "new"
    );
    for (model, sort) in [(&old.model, "old"), (&new.model, "new")] {
        let found = store.scan(model, &all("by_title")).await.unwrap();
        assert_eq!(
            found
                .iter()
                .map(|entry| entry.sort.as_str())
                .collect::<Vec<_>>(),
            [sort]
        );
    }
}

async fn promoting_sends_readers_to_a_generation_and_back(store: Subject) {
    for generation in [1, 2, 1] {
        let model = model("page", generation);
        store.register(&model, "fold").await.unwrap();
        store.promote(&model).await.unwrap();
        assert_eq!(
            store.model("page").await.unwrap().live,
            Some(Generation(generation))
        );
    }
    assert_eq!(store.model("list").await.unwrap().live, None);
}

async fn what_was_live_before_is_remembered_until_it_is_dropped(store: Subject) {
    for generation in [1, 2, 3] {
        store
            .register(&model("page", generation), "fold")
            .await
            .unwrap();
    }
    for generation in [1, 3, 3, 2] {
        store.promote(&model("page", generation)).await.unwrap();
    }
    let info = store.model("page").await.unwrap();
    assert_eq!(
        (info.live, info.previous, info.newest_live),
        (
            Some(Generation(2)),
            Some(Generation(3)),
            Some(Generation(3))
        )
    );
    store.drop_generation(&model("page", 3)).await.unwrap();
    let info = store.model("page").await.unwrap();
    assert_eq!(
        (info.previous, info.newest_live),
        (None, Some(Generation(3)))
    );
}

async fn readers_are_not_sent_to_older_documents_unless_that_is_said(store: Subject) {
    let (old, new) = (model("page", 1), model("page", 2));
    for generation in [&old, &new] {
        store.register(generation, "fold").await.unwrap();
    }
    let mut ahead = Projector::of(&**store, &old).await;
    let mut behind = Projector::of(&**store, &new).await;
    ahead.write(&**store, vec![document("a")]).await;
    store.promote(&old).await.unwrap();
    let refused = store.promote(&new).await.unwrap_err();
    assert!(
        matches!(refused, ReadStoreError::Behind { live, .. } if live == Position::new(1)),
        "{refused}"
    );
    assert_eq!(store.model("page").await.unwrap().live, Some(Generation(1)));
    behind.write(&**store, vec![document("a")]).await;
    store.promote(&new).await.unwrap();
    behind.write(&**store, vec![document("b")]).await;
    assert!(store.promote(&old).await.is_err());
    store.promote_behind(&old).await.unwrap();
    assert_eq!(store.model("page").await.unwrap().live, Some(Generation(1)));
}

async fn promoting_writes_an_entry_of_the_change_feed(store: Subject) {
    let page = model("page", 3);
    store.register(&page, "fold").await.unwrap();
    let mut projector = Projector::of(&**store, &page).await;
    projector.write(&**store, vec![document("a")]).await;
    let before = store.newest_change(0).await.unwrap();
    store.promote(&page).await.unwrap();
    match store.changes(0, &before, 10, Duration::ZERO).await.unwrap() {
        ChangeRead::Changes(changes) => {
            assert_eq!(changes.len(), 1);
            assert_eq!(changes[0].models, [(page, Position::new(1), Vec::new())]);
        }
        lost @ ChangeRead::Lost { .. } => panic!("{lost:?}"),
    }
}

async fn a_generation_that_is_not_registered_cannot_go_live(store: Subject) {
    let error = store.promote(&model("page", 1)).await.unwrap_err();
    assert!(matches!(error, ReadStoreError::Unusable { .. }), "{error}");
    assert_eq!(store.model("page").await.unwrap().live, None);
}

async fn dropping_removes_all_of_a_generation_and_nothing_else(store: Subject) {
    let names = [("page", 1), ("page", 2), ("pag", 1), ("page2", 1)];
    for (name, generation) in names {
        let model = model(name, generation);
        store.register(&model, "fold").await.unwrap();
        let mut projector = Projector::of(&**store, &model).await;
        let documents = (0..50)
            .map(|number| listed(&number.to_string(), &format!("by:{}", number % 3), "same"));
        projector.write(&**store, documents.collect()).await;
    }
    let dropped = model("page", 1);
    store.drop_generation(&dropped).await.unwrap();
    for (name, generation) in names {
        let model = model(name, generation);
        let is_there = model != dropped;
        let found = store.document(&model, "7").await.unwrap();
        assert_eq!(found.is_some(), is_there, "{model}");
        assert_eq!(
            store.states(&model, 0, &["7".to_owned()]).await.unwrap()[0].is_some(),
            is_there,
            "{model}"
        );
        assert_eq!(
            store.scan(&model, &all("by:1")).await.unwrap().len(),
            if is_there { 17 } else { 0 },
            "{model}"
        );
        assert_eq!(
            store.checkpoint(&model, 0).await.unwrap().position != Position::START,
            is_there,
            "{model}"
        );
    }
    let left = store.model("page").await.unwrap().generations;
    assert_eq!(left, [(Generation(2), "fold".to_owned())]);
}

async fn the_live_generation_is_not_dropped(store: Subject) {
    let page = model("page", 1);
    store.register(&page, "fold").await.unwrap();
    let mut projector = Projector::of(&**store, &page).await;
    projector.write(&**store, vec![document("a")]).await;
    store.promote(&page).await.unwrap();
    let error = store.drop_generation(&page).await.unwrap_err();
    assert!(matches!(error, ReadStoreError::Unusable { .. }), "{error}");
    assert!(store.document(&page, "a").await.unwrap().is_some());
    assert_eq!(store.model("page").await.unwrap().generations.len(), 1);
}

async fn dropping_twice_is_dropping_once(store: Subject) {
    let page = model("page", 1);
    store.register(&page, "fold").await.unwrap();
    for _ in 0..2 {
        store.drop_generation(&page).await.unwrap();
        assert!(store.model("page").await.unwrap().generations.is_empty());
    }
}

/// More than either store removes in one piece, in one index and in many.
async fn a_generation_of_many_pieces_is_dropped_whole(store: Subject) {
    let page = model("page", 1);
    store.register(&page, "fold").await.unwrap();
    let mut projector = Projector::of(&**store, &page).await;
    for part in 0..5 {
        let listed = |number: usize| {
            let of_its_own = format!("of:{}", number % 1500);
            let index = if part == 0 { "all" } else { &of_its_own };
            listed(&format!("{part}-{number}"), index, "same")
        };
        projector
            .write(&**store, (0..900).map(listed).collect())
            .await;
    }
    store.drop_generation(&page).await.unwrap();
    // The same generation built anew finds nothing of the one before.
    store.register(&page, "fold").await.unwrap();
    let mut again = Projector::of(&**store, &page).await;
    again.write(&**store, vec![document("new")]).await;
    let (mut found, mut after) = (BTreeSet::new(), None);
    loop {
        let walked = store.walk(&page, 0, after.as_deref(), 1000).await.unwrap();
        found.extend(walked.documents.into_iter().map(|(key, _)| key));
        after = walked.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found, BTreeSet::from(["new".to_owned()]));
    assert_eq!(store.entries(&page, None, 5000).await.unwrap(), []);
}

async fn a_dropped_generation_can_be_built_again(store: Subject) {
    let page = model("page", 1);
    store.register(&page, "one").await.unwrap();
    Projector::of(&**store, &page)
        .await
        .write(&**store, vec![listed("a", "by_title", "a")])
        .await;
    store.drop_generation(&page).await.unwrap();
    store.register(&page, "two").await.unwrap();
    let mut again = Projector::of(&**store, &page).await;
    assert_eq!(again.at, Position::START);
    again
        .write(&**store, vec![listed("b", "by_title", "b")])
        .await;
    assert_eq!(store.scan(&page, &all("by_title")).await.unwrap().len(), 1);
    assert_eq!(store.document(&page, "a").await.unwrap(), None);
}

async fn a_step_for_a_dropped_generation_is_refused(store: Subject) {
    let page = model("page", 1);
    store.register(&page, "one").await.unwrap();
    let mut projector = Projector::of(&**store, &page).await;
    projector.write(&**store, vec![document("a")]).await;
    store.drop_generation(&page).await.unwrap();
    let refused = projector.try_write(&**store, vec![document("b")]).await;
    assert!(
        matches!(refused, Err(ReadStoreError::CheckpointMoved { .. })),
        "{refused:?}"
    );
}
