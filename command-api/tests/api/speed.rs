//! How much work an imported item is: a guard against a batch that looks things up item by item.
//!
//! Never an absolute time: it counts round trips to the store.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use accession_event_log::sqlite::SqliteLog;
use serde_json::json;

use crate::app::App;
use crate::trouble::Moody;

#[tokio::test]
async fn a_batch_needs_a_handful_of_round_trips_however_many_items_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteLog::open(folder.path().join("log.db")).await.unwrap();
    let (counting, _mood, asked) = Moody::over(store);
    let app = App::over(Arc::new(counting), folder, None).await;
    for count in [10, 500] {
        let items: Vec<_> = (0..count)
            .map(|number| json!({ "source": format!("s{count}"), "source_id": number.to_string(), "kind": "book", "name": format!("Book {number}") }))
            .collect();
        let before = asked.load(Ordering::SeqCst);
        app.import("titles", items.clone().into()).await;
        let first = asked.load(Ordering::SeqCst) - before;
        app.import("titles", items.into()).await;
        let again = asked.load(Ordering::SeqCst) - before - first;
        assert!(
            first <= 6 && again <= 6,
            "{count} items: {first} round trips at first, {again} again"
        );
    }
}
