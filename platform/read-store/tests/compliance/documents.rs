//! What is written is read back byte for byte; what was not written is not found.

use accession_events::Position;
use accession_read_store::{Document, DocumentWrite};
use bytes::Bytes;

use crate::given::{Projector, document, model};
use crate::subject::{Subject, over_every_store};

over_every_store!(
    body_position_and_visibility_come_back_as_written,
    binary_and_very_large_bodies_come_back_as_written,
    a_document_without_a_body_is_not_found_but_its_state_is,
    a_body_that_is_taken_away_is_found_no_more,
    a_later_step_replaces_a_document,
    an_empty_state_is_none_also_where_one_was,
    many_documents_come_in_the_order_asked_for,
    a_document_that_was_never_written_is_not_found,
    keys_may_hold_any_text,
);

async fn body_position_and_visibility_come_back_as_written(store: Subject) {
    let mut projector = Projector::of(&**store, &model("page", 1)).await;
    let shown = DocumentWrite {
        position: Position::new(u64::MAX),
        ..document("shown")
    };
    let hidden = DocumentWrite {
        hidden: true,
        position: Position::new(42),
        ..document("hidden")
    };
    projector.write(&**store, vec![shown, hidden]).await;
    let body = |key: &str| Bytes::from(format!("{{\"key\":\"{key}\"}}"));
    assert_eq!(
        store.document(&projector.model, "shown").await.unwrap(),
        Some(Document {
            body: body("shown"),
            position: Position::new(u64::MAX),
            hidden: false
        })
    );
    assert_eq!(
        store.document(&projector.model, "hidden").await.unwrap(),
        Some(Document {
            body: body("hidden"),
            position: Position::new(42),
            hidden: true
        })
    );
}

async fn binary_and_very_large_bodies_come_back_as_written(store: Subject) {
    let mut projector = Projector::of(&**store, &model("page", 1)).await;
    let binary: Bytes = (0..=255_u8).cycle().take(1024 * 1024).collect();
    let large = DocumentWrite {
        body: Some(binary.clone()),
        state: binary.clone(),
        ..document("large")
    };
    let empty = DocumentWrite {
        body: Some(Bytes::new()),
        state: Bytes::new(),
        ..document("empty")
    };
    projector.write(&**store, vec![large, empty]).await;
    let found = store
        .document(&projector.model, "large")
        .await
        .unwrap()
        .unwrap();
    assert!(found.body == binary);
    assert_eq!(
        store
            .document(&projector.model, "empty")
            .await
            .unwrap()
            .unwrap()
            .body,
        Bytes::new()
    );
    let states = store
        .states(
            &projector.model,
            0,
            &["large".to_owned(), "empty".to_owned()],
        )
        .await
        .unwrap();
    assert!(states == [Some(binary), None]);
}

async fn a_document_without_a_body_is_not_found_but_its_state_is(store: Subject) {
    let mut projector = Projector::of(&**store, &model("page", 1)).await;
    projector
        .write(
            &**store,
            vec![DocumentWrite {
                body: None,
                ..document("a")
            }],
        )
        .await;
    assert_eq!(store.document(&projector.model, "a").await.unwrap(), None);
    assert_eq!(
        store
            .documents(&projector.model, &["a".to_owned()])
            .await
            .unwrap(),
        [None]
    );
    let states = store
        .states(&projector.model, 0, &["a".to_owned()])
        .await
        .unwrap();
    assert_eq!(states, [Some(Bytes::from("state of a"))]);
}

async fn a_body_that_is_taken_away_is_found_no_more(store: Subject) {
    let mut projector = Projector::of(&**store, &model("page", 1)).await;
    projector
        .write(&**store, vec![document("a"), document("b")])
        .await;
    projector
        .write(
            &**store,
            vec![DocumentWrite {
                body: None,
                ..document("a")
            }],
        )
        .await;
    assert_eq!(store.document(&projector.model, "a").await.unwrap(), None);
    assert!(
        store
            .document(&projector.model, "b")
            .await
            .unwrap()
            .is_some()
    );
}

async fn a_later_step_replaces_a_document(store: Subject) {
    let mut projector = Projector::of(&**store, &model("page", 1)).await;
    projector.write(&**store, vec![document("a")]).await;
    let later = DocumentWrite {
        body: Some("later".into()),
        state: "later state".into(),
        position: Position::new(2),
        ..document("a")
    };
    projector.write(&**store, vec![later]).await;
    let found = store
        .document(&projector.model, "a")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (found.body, found.position),
        (Bytes::from("later"), Position::new(2))
    );
    let states = store
        .states(&projector.model, 0, &["a".to_owned()])
        .await
        .unwrap();
    assert_eq!(states, [Some(Bytes::from("later state"))]);
}

async fn an_empty_state_is_none_also_where_one_was(store: Subject) {
    let mut projector = Projector::of(&**store, &model("page", 1)).await;
    projector.write(&**store, vec![document("a")]).await;
    let without = |key: &str| DocumentWrite {
        state: Bytes::new(),
        ..document(key)
    };
    let step = vec![without("a"), without("a#1")];
    projector.write(&**store, step).await;
    let keys = ["a".to_owned(), "a#1".to_owned()];
    let states = store.states(&projector.model, 0, &keys).await.unwrap();
    assert_eq!(states, [None, None]);
    let shown = store.documents(&projector.model, &keys).await.unwrap();
    assert!(shown.iter().all(Option::is_some));
}

async fn many_documents_come_in_the_order_asked_for(store: Subject) {
    let mut projector = Projector::of(&**store, &model("page", 1)).await;
    projector
        .write(&**store, ["a", "b", "c"].map(document).to_vec())
        .await;
    let keys = ["c", "missing", "a", "c", "b"].map(String::from);
    let bodies: Vec<_> = store.documents(&projector.model, &keys).await.unwrap();
    let bodies: Vec<_> = bodies
        .into_iter()
        .map(|found| found.map(|document| document.body))
        .collect();
    let body = |key: &str| Some(Bytes::from(format!("{{\"key\":\"{key}\"}}")));
    assert_eq!(bodies, [body("c"), None, body("a"), body("c"), body("b")]);
    let states = store.states(&projector.model, 0, &keys).await.unwrap();
    assert_eq!(states[1], None);
    assert_eq!(states[4], Some(Bytes::from("state of b")));
    assert!(
        store
            .documents(&projector.model, &[])
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        store
            .states(&projector.model, 0, &[])
            .await
            .unwrap()
            .is_empty()
    );
}

async fn a_document_that_was_never_written_is_not_found(store: Subject) {
    let page = model("page", 1);
    assert_eq!(store.document(&page, "a").await.unwrap(), None);
    let long = "long".repeat(50_000);
    assert_eq!(store.document(&page, &long).await.unwrap(), None);
    assert_eq!(
        store
            .documents(&page, std::slice::from_ref(&long))
            .await
            .unwrap(),
        [None]
    );
    assert_eq!(store.states(&page, 0, &[long]).await.unwrap(), [None]);
    assert_eq!(
        store.states(&page, 0, &["a".to_owned()]).await.unwrap(),
        [None]
    );
}

async fn keys_may_hold_any_text(store: Subject) {
    let mut projector = Projector::of(&**store, &model("page", 1)).await;
    let keys = ["", " ", "a:b", "a\0b", "{0}", "九州 ✓", "a\nb"];
    projector.write(&**store, keys.map(document).to_vec()).await;
    for key in keys {
        let found = store.document(&projector.model, key).await.unwrap();
        assert_eq!(
            found.unwrap().body,
            format!("{{\"key\":\"{key}\"}}"),
            "{key:?}"
        );
    }
}
