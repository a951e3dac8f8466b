//! A member of one library tries everything with the ids of another.
//!
//! Never 403: for a stranger there is no such library, and no such copy in one's own.

use serde_json::json;

use super::Furnished;

#[tokio::test]
async fn what_another_library_has_is_nobodys_in_ones_own() {
    let it = Furnished::embedded().await;
    let emma = it.copy("Emma", Some(&it.shelf)).await;
    let eve = it.app.proven("eve").await;
    let own = it.app.library(&eve, "family").await;
    let room = it
        .app
        .post(format!("/api/v1/libraries/{own}/places"))
        .bearer(&eve.token)
        .json(&json!({ "kind": "room", "name": "Hall" }))
        .send()
        .await
        .created();
    let before = it.app.events().await.len();
    for library in [&it.library, &own] {
        let path = |rest: &str| format!("/api/v1/libraries/{library}/{rest}");
        let (copy, place) = (
            path(&format!("copies/{emma}")),
            path(&format!("places/{}", it.shelf)),
        );
        for call in [
            it.app.patch(&copy).json(&json!({ "notes": "mine" })),
            it.app.delete(&copy),
            it.app
                .post(format!("{copy}/move"))
                .json(&json!({ "place_id": room })),
            it.app
                .post(format!("{copy}/state"))
                .json(&json!({ "state": "lost" })),
            it.app.post(format!("{copy}/restore")),
            it.app
                .post(path("copies/bulk-remove"))
                .json(&json!({ "copies": [emma] })),
            it.app
                .post(path("copies"))
                .json(&json!({ "title": "Mine", "place_id": it.shelf })),
            it.app.patch(&place).json(&json!({ "name": "Mine" })),
            it.app.delete(&place),
            it.app
                .post(format!("{place}/merge"))
                .json(&json!({ "into": room })),
        ] {
            let answer = call.bearer(&eve.token).send().await;
            assert_eq!(answer.status, 404, "{answer:?}");
        }
    }
    assert_eq!(it.app.events().await.len(), before);
}

#[tokio::test]
async fn a_viewer_changes_nothing() {
    let it = Furnished::embedded().await;
    let bob = it.app.joins(&it.library, &it.ana, "bob", "viewer").await;
    let path = format!("/api/v1/libraries/{}/places", it.library);
    let call = it.app.post(path).bearer(&bob.token);
    let answer = call
        .json(&json!({ "kind": "room", "name": "Hall" }))
        .send()
        .await;
    assert_eq!(answer.status, 403, "{answer:?}");
}
