//! Rebuilding beside the live generation, promoting, going back, dropping; and every wish that cannot be fulfilled.
//!
//! What readers see is asked of the store, as the read API does.

use accession_testkit::eventually;
use serde_json::json;

use crate::site::{MODELS, SOON, Site, key};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_is_compared_and_readers_are_sent_to_it() {
    let site = Site::with(50).await;
    let begun = site.post("rebuild", json!({})).await;
    assert_eq!(begun.status, 202, "{begun:?}");
    let done = site.stage("done").await;
    assert_eq!(done["comparison"]["different"], 0, "{done}");
    assert_eq!(done["comparison"]["documents"], 10);
    let report = site.app.get(MODELS).await.json;
    assert_eq!(report["live"]["generation"], 2);
    assert_eq!(report["others"][0]["state"], "previous", "{report}");
    assert_eq!(site.shown(2, 3).await, site.shown(1, 3).await);

    // The projector itself keeps the new generation from now on.
    site.happen(10).await;
    site.settled(60).await;
    assert_eq!(site.shown(2, 0).await, json!([1, 11, 21, 31, 41, 51]));
    assert_eq!(site.shown(1, 0).await, json!([1, 11, 21, 31, 41]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_in_three_lanes_are_rebuilt_compared_and_rolled_back_alike() {
    let site = Site::in_lanes(50, 3).await;
    site.post("rebuild", json!({})).await;
    let done = site.stage("done").await;
    assert_eq!(done["comparison"]["documents"], 10, "{done}");
    assert_eq!(done["comparison"]["different"], 0, "{done}");
    site.happen(20).await;
    site.settled(70).await;
    site.post("rollback", json!({})).await;
    eventually(SOON, || async {
        site.app.get(MODELS).await.json["live"]["generation"] == 1
    })
    .await;
    for number in 0..10 {
        assert_eq!(site.shown(1, number).await, site.shown(2, number).await);
    }
    assert_eq!(site.shown(1, 0).await, json!([1, 11, 21, 31, 41, 51, 61]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_rebuilds_of_one_model_do_not_run_at_once() {
    let site = Site::with(20).await;
    assert_eq!(
        site.post("rebuild", json!({ "hold": true })).await.status,
        202
    );
    let second = site.post("rebuild", json!({})).await;
    assert_eq!(second.problem(), (409, "work_in_progress"));
    let text = second.json["detail"].as_str().unwrap();
    assert!(
        text.contains("generation 2") && text.contains("admin:ana"),
        "{text}"
    );
    site.stage("held").await;
    assert_eq!(
        site.post("rollback", json!({})).await.problem(),
        (409, "work_in_progress")
    );
    let asked = [0; 8].map(|_| site.post("promote", json!({})));
    let answers = futures_util::future::join_all(asked).await;
    let accepted = answers.iter().filter(|answer| answer.status == 202).count();
    assert_eq!(accepted, 1, "{answers:?}");
    site.stage("done").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_held_generation_is_kept_up_and_promoted_when_told() {
    let site = Site::with(20).await;
    site.post("rebuild", json!({ "hold": true })).await;
    site.stage("held").await;
    site.happen(10).await;
    let compared = site.post("compare", json!({})).await;
    assert_eq!(compared.json["different"], 0, "{compared:?}");
    assert_eq!(site.app.get(MODELS).await.json["live"]["generation"], 1);
    assert_eq!(site.post("promote", json!({})).await.status, 202);
    site.stage("done").await;
    assert_eq!(site.shown(2, 0).await, json!([1, 11, 21]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rollback_catches_up_before_readers_are_sent_back() {
    let site = Site::with(20).await;
    site.post("rebuild", json!({})).await;
    site.stage("done").await;
    site.happen(30).await;
    site.settled(50).await;
    assert_eq!(site.post("rollback", json!({})).await.status, 202);
    let done = eventually(SOON, || async {
        let report = site.app.get(MODELS).await.json;
        (report["live"]["generation"] == 1).then_some(report)
    })
    .await;
    assert_eq!(done["live"]["position"], 50, "{done}");
    assert_eq!(site.shown(1, 0).await, json!([1, 11, 21, 31, 41]));
    site.stage("done").await;
    site.happen(10).await;
    site.settled(60).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_rebuild_goes_on_where_it_stood() {
    let mut site = Site::with(400).await;
    site.kill().await;
    site.start_slowly(1);
    site.post("rebuild", json!({})).await;
    let stood = eventually(SOON, || async {
        let report = site.app.get(MODELS).await.json;
        let position = report["others"][0]["position"].as_u64()?;
        (position > 5).then_some(position)
    })
    .await;
    site.kill().await;
    assert!(stood < 400, "it was too fast to be killed: {stood}");
    let report = site.app.get(MODELS).await.json;
    assert_eq!(report["work"]["stage"], "building", "{report}");
    assert_eq!(report["live"]["generation"], 1);
    assert!(
        report["others"][0]["position"].as_u64() >= Some(stood),
        "{report}"
    );

    site.start();
    let done = site.stage("done").await;
    assert_eq!(
        (&done["generation"], &done["comparison"]["different"]),
        (&json!(2), &json!(0))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_needs_is_dropped_and_what_readers_use_is_not() {
    let site = Site::with(20).await;
    let live = site.post("drop-old", json!({ "generation": 1 })).await;
    assert_eq!(live.problem(), (409, "generation_live"));
    let unknown = site.post("drop-old", json!({ "generation": 7 })).await;
    assert_eq!(unknown.problem(), (404, "unknown_generation"));
    let nothing = site.post("drop-old", json!({})).await;
    assert_eq!(nothing.json["dropped"], json!([]));

    site.post("rebuild", json!({ "hold": true })).await;
    site.stage("held").await;
    assert_eq!(
        site.post("drop-old", json!({})).await.json["dropped"],
        json!([])
    );
    let given_up = site.post("drop-old", json!({ "generation": 2 })).await;
    assert_eq!(given_up.json["dropped"], json!([2]), "{given_up:?}");
    site.stage("cancelled").await;

    // The number is not used again.
    site.post("rebuild", json!({})).await;
    assert_eq!(site.stage("done").await["generation"], 3);
    assert_eq!(site.shown(3, 1).await, json!([2, 12]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_done_is_said_and_changes_nothing() {
    let site = Site::with(10).await;
    let before = site.app.get(MODELS).await.json;
    for (path, expected) in [
        ("promote", (409, "nothing_to_promote")),
        ("rollback", (409, "nothing_to_roll_back_to")),
        ("compare", (409, "nothing_to_compare")),
    ] {
        assert_eq!(site.post(path, json!({})).await.problem(), expected);
    }
    let unknown = site
        .app
        .post("/api/v1/admin/read-models/titel/rebuild", &json!({}))
        .await;
    assert_eq!(unknown.problem(), (404, "unknown_read_model"));
    assert!(unknown.json["detail"].as_str().unwrap().contains("fragile"));
    let malformed = site.post("rebuild", json!({ "hodl": true })).await;
    assert_eq!(malformed.problem(), (400, "malformed_request"));
    assert_eq!(site.app.get(MODELS).await.json, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_fold_is_outdated_until_it_is_built_beside() {
    let mut site = Site::with(30).await;
    site.kill().await;
    site.model.version = 2;
    site.start();
    eventually(SOON, || async {
        let info = site.store.model("fragile").await.unwrap();
        info.live.is_some_and(|live| live.0 == 2)
    })
    .await;
    // The operators' routes of this process are still of the old version, and say what they see.
    let report = site.app.get(MODELS).await.json;
    assert_eq!(report["condition"], "outdated", "{report}");
    let refused = site.post("rebuild", json!({})).await;
    assert_eq!(refused.problem(), (409, "read_model_outdated"));
    assert_eq!(site.shown(2, 4).await, site.shown(1, 4).await);
    assert!(
        site.store
            .document(&crate::site::reference(2), &key(4))
            .await
            .unwrap()
            .is_some()
    );
}
