//! Events that cannot be taken in: the others go on, order is kept, and nothing is given up without a name and a reason.
//!
//! The read model of these tests refuses what it is told to refuse.

use serde_json::{Value, json};

use crate::site::{MODELS, Site, key};

const PARKED: &str = "/api/v1/admin/parked";

/// Event 13 of the third stream is poison; 23 and 33 wait behind it.
async fn poisoned() -> Site {
    let site = Site::with(10).await;
    site.model.refused.lock().unwrap().insert(13);
    site.happen(30).await;
    site.settled(40).await;
    site
}

async fn parked(site: &Site) -> Value {
    site.app.get(&format!("{PARKED}?model=fragile")).await.json
}

async fn post(site: &Site, what: &str, body: Value) -> crate::app::Answered {
    site.app
        .post(&format!("{PARKED}/fragile/{what}"), &body)
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_keys_go_on_and_what_waits_is_listed_in_order() {
    let site = poisoned().await;
    assert_eq!(site.shown(1, 2).await, json!([3]));
    assert_eq!(site.shown(1, 3).await, json!([4, 14, 24, 34]));
    let list = parked(&site).await;
    let item = &list["items"][0];
    assert_eq!(item["key"], key(2));
    assert_eq!(item["positions"], json!([13, 23, 33]));
    assert_eq!(item["reason"], "event 13 is poison");
    assert_eq!(site.app.get(MODELS).await.json["live"]["parked"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retry_takes_them_in_in_order_once_the_cause_is_gone() {
    let site = poisoned().await;
    let again = post(&site, "retry", json!({ "key": key(2) })).await;
    assert_eq!(again.problem(), (409, "still_failing"));
    assert!(
        again.json["detail"]
            .as_str()
            .unwrap()
            .contains("event 13 is poison")
    );
    site.model.refused.lock().unwrap().clear();
    let done = post(&site, "retry", json!({ "key": key(2) })).await;
    assert_eq!(done.json["taken_in"], 3, "{done:?}");
    assert_eq!(site.shown(1, 2).await, json!([3, 13, 23, 33]));
    assert_eq!(parked(&site).await["items"], json!([]));
    let nothing = post(&site, "retry", json!({ "key": key(2) })).await;
    assert_eq!(nothing.problem(), (404, "not_found"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_discarded_event_stays_on_record_and_a_rebuild_gives_the_same_documents() {
    let site = poisoned().await;
    for reason in ["", "   "] {
        let body = json!({ "key": key(2), "reason": reason });
        assert_eq!(
            post(&site, "discard", body).await.problem(),
            (422, "invalid_request")
        );
    }
    assert_eq!(
        post(&site, "discard", json!({ "key": key(2) }))
            .await
            .status,
        400
    );
    let body = json!({ "key": key(2), "reason": "sent twice by the importer" });
    let done = post(&site, "discard", body).await;
    assert_eq!(
        (&done.json["discarded"], &done.json["taken_in"]),
        (&json!(13), &json!(2))
    );
    assert_eq!(site.shown(1, 2).await, json!([3, 23, 33]));
    let list = parked(&site).await;
    assert_eq!(list["items"], json!([]));
    let record = &list["discarded"][0];
    assert_eq!(
        (&record["position"], &record["by"]),
        (&json!(13), &json!("admin:ana"))
    );
    assert_eq!(record["reason"], "sent twice by the importer");
    assert_eq!(record["problem"], "event 13 is poison");

    site.app
        .post(&format!("{MODELS}/rebuild"), &json!({}))
        .await;
    let done = site.stage("done").await;
    assert_eq!(done["comparison"]["different"], 0, "{done}");
    assert_eq!(site.shown(2, 2).await, json!([3, 23, 33]));
    assert_eq!(parked(&site).await["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_that_parks_more_than_the_live_one_waits_for_somebody_to_look() {
    let site = Site::with(40).await;
    site.model.refused.lock().unwrap().insert(13);
    site.app
        .post(&format!("{MODELS}/rebuild"), &json!({}))
        .await;
    let held = site.stage("held").await;
    let problem = held["problem"].as_str().unwrap();
    assert!(problem.contains("1 more key(s) are parked"), "{problem}");
    assert!(held["comparison"]["different"].as_u64() > Some(0), "{held}");
    assert_eq!(site.app.get(MODELS).await.json["live"]["generation"], 1);
}
