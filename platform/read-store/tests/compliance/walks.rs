//! Walks find everything, and notes are replaced only by who knows what they say.

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::given::{Projector, document, model};
use crate::subject::{Subject, over_every_store};

over_every_store!(
    a_walk_finds_every_document_of_its_generation,
    a_note_is_replaced_only_by_who_knows_what_it_says,
);

async fn a_walk_finds_every_document_of_its_generation(store: Subject) {
    let page = model("page", 1);
    let mut projector = Projector::of(&**store, &page).await;
    for name in ["pag", "page", "page2"] {
        for generation in [1, 2] {
            let other = model(name, generation);
            if other != page {
                let mut other = Projector::of(&**store, &other).await;
                other.write(&**store, vec![document("other")]).await;
            }
        }
    }
    let documents = (0..500).map(|number| document(&format!("key {number}")));
    projector.write(&**store, documents.collect()).await;
    let mut hidden = document("nothing to show");
    hidden.body = None;
    projector.write(&**store, vec![hidden]).await;
    let mut found = BTreeMap::new();
    let mut after = None;
    loop {
        let page = store.walk(&page, 0, after.as_deref(), 20).await.unwrap();
        found.extend(page.documents);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found.len(), 500);
    assert_eq!(found["key 7"].body, "{\"key\":\"key 7\"}");
}

async fn a_note_is_replaced_only_by_who_knows_what_it_says(store: Subject) {
    let (one, two) = (Bytes::from("one"), Bytes::from("two"));
    assert_eq!(store.note("rebuild/page").await.unwrap(), None);
    assert!(
        !store
            .replace_note("rebuild/page", Some(&one), Some(&two))
            .await
            .unwrap()
    );
    assert!(
        store
            .replace_note("rebuild/page", None, Some(&one))
            .await
            .unwrap()
    );
    assert!(
        !store
            .replace_note("rebuild/page", None, Some(&two))
            .await
            .unwrap()
    );
    assert_eq!(store.note("rebuild/page").await.unwrap(), Some(one.clone()));
    assert!(
        store
            .replace_note("rebuild/page", Some(&one), Some(&two))
            .await
            .unwrap()
    );
    assert!(
        !store
            .replace_note("rebuild/page", Some(&one), None)
            .await
            .unwrap()
    );
    assert_eq!(store.note("rebuild/other").await.unwrap(), None);
    assert!(
        store
            .replace_note("rebuild/page", Some(&two), None)
            .await
            .unwrap()
    );
    assert_eq!(store.note("rebuild/page").await.unwrap(), None);
}
