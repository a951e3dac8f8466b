//! Places are set up, moved, merged, taken down and brought back.
//!
//! Never one with copies unless it is said what becomes of them.

use serde_json::json;

use super::Furnished;
use crate::app::App;

#[tokio::test]
async fn a_place_that_is_taken_down_comes_back_with_everything_in_its_slot_on_both_logs() {
    for app in App::everywhere().await {
        let it = Furnished::over(app).await;
        let mut copies = Vec::new();
        for name in ["Emma", "Persuasion", "Sanditon"] {
            copies.push(it.copy(name, Some(&it.shelf)).await);
        }
        let refused = it.delete(&format!("places/{}", it.room), &json!({})).await;
        assert_eq!(refused.problem(), (409, "place_not_empty".into()));
        let gone = it
            .delete(
                &format!("places/{}", it.room),
                &json!({ "copies": "unshelve" }),
            )
            .await;
        assert_eq!(gone.json()["copies"], 3, "{gone:?}");
        assert_eq!(it.order(&it.shelf).await, Vec::<String>::new());
        let back = it
            .post(&format!("places/{}/restore", it.room), &json!({}))
            .await;
        assert_eq!(
            (&back.json()["copies"], &back.json()["kept"]),
            (&json!(3), &json!(0)),
            "{back:?}"
        );
        assert_eq!(it.order(&it.shelf).await, copies);
    }
}

#[tokio::test]
async fn what_was_moved_on_meanwhile_stays_where_it_is() {
    let it = Furnished::embedded().await;
    let mut copies = Vec::new();
    for name in ["Emma", "Persuasion", "Sanditon"] {
        copies.push(it.copy(name, Some(&it.shelf)).await);
    }
    let down = json!({ "copies": "move", "move_to": it.other });
    it.delete(&format!("places/{}", it.shelf), &down).await.ok();
    assert_eq!(it.order(&it.other).await, copies);
    let away = json!({ "place_id": null });
    it.post(&format!("copies/{}/move", copies[1]), &away)
        .await
        .ok();
    let back = it
        .post(&format!("places/{}/restore", it.shelf), &json!({}))
        .await;
    assert_eq!(back.json()["kept"], 1, "{back:?}");
    assert_eq!(
        it.order(&it.shelf).await,
        [copies[0].clone(), copies[2].clone()]
    );
    assert_eq!(it.order(&it.other).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_merged_shelf_hands_its_copies_on_and_takes_them_back() {
    let it = Furnished::embedded().await;
    let emma = it.copy("Emma", Some(&it.shelf)).await;
    let sanditon = it.copy("Sanditon", Some(&it.other)).await;
    it.post(
        &format!("places/{}/merge", it.shelf),
        &json!({ "into": it.other }),
    )
    .await
    .ok();
    assert_eq!(it.order(&it.other).await, [sanditon.clone(), emma.clone()]);
    it.post(&format!("places/{}/restore", it.shelf), &json!({}))
        .await
        .ok();
    assert_eq!(it.order(&it.other).await, [sanditon]);
    assert_eq!(it.order(&it.shelf).await, [emma]);
}

#[tokio::test]
async fn bad_moves_of_places_are_told_apart() {
    let it = Furnished::embedded().await;
    let bookcase = it.place("bookcase", Some(&it.room)).await;
    let moved = |under: &str, position: u32| json!({ "under": under, "position": position });
    let into = |place: &str| format!("places/{place}/move");
    for (place, body, expected) in [
        (&it.room, moved(&bookcase, 1), (422, "place_in_itself")),
        (&bookcase, moved(&it.shelf, 1), (422, "does_not_fit")),
        (
            &bookcase,
            moved(&it.room, 9),
            (422, "position_out_of_range"),
        ),
        (&bookcase, moved(&it.library, 1), (404, "not_found")),
    ] {
        let answer = it.post(&into(place), &body).await;
        let (status, code) = answer.problem();
        let told = answer.json()["errors"][0]["code"].clone();
        assert_eq!(status, expected.0, "{answer:?}");
        assert!(code == expected.1 || told == expected.1, "{answer:?}");
    }
}

#[tokio::test]
async fn a_repeat_under_the_same_key_and_an_old_version_do_nothing_twice() {
    let it = Furnished::embedded().await;
    let path = format!("/api/v1/libraries/{}/places/{}", it.library, it.other);
    let call = || it.app.delete(&path).bearer(&it.ana.token).key("k1");
    let first = call().send().await;
    let again = call().send().await;
    assert_eq!(first.text, again.text);
    assert_eq!(again.header("idempotency-replayed"), "true");
    let shelf = format!("/api/v1/libraries/{}/places/{}", it.library, it.shelf);
    let stale = it
        .app
        .delete(&shelf)
        .bearer(&it.ana.token)
        .if_match("\"1\"");
    assert_eq!(stale.send().await.problem(), (412, "stale_version".into()));
}
