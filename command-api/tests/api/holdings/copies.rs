//! Copies are taken in, moved, swapped, given up, removed and brought back.
//!
//! All or nothing, and a barcode once in a library.

use serde_json::{Value, json};

use super::Furnished;
use crate::app::App;

#[tokio::test]
async fn a_copy_is_moved_to_a_slot_and_the_others_make_room_on_both_logs() {
    for app in App::everywhere().await {
        let it = Furnished::over(app).await;
        let mut copies = Vec::new();
        for name in ["Emma", "Persuasion", "Sanditon"] {
            copies.push(it.copy(name, Some(&it.shelf)).await);
        }
        let first = json!({ "place_id": it.shelf, "slot": 1 });
        it.post(&format!("copies/{}/move", copies[2]), &first)
            .await
            .ok();
        let expected = [&copies[2], &copies[0], &copies[1]].map(Clone::clone);
        assert_eq!(it.order(&it.shelf).await, expected);
        let before = it.app.events().await.len();
        it.post(&format!("copies/{}/move", copies[2]), &first)
            .await
            .ok();
        assert_eq!(it.app.events().await.len(), before, "it stood there");
        let out = json!({ "place_id": it.shelf, "slot": 4 });
        let refused = it.post(&format!("copies/{}/move", copies[2]), &out).await;
        assert_eq!(refused.status, 422, "{refused:?}");
        assert_eq!(refused.json()["errors"][0]["code"], "slot_out_of_range");
    }
}

#[tokio::test]
async fn many_copies_move_together_or_not_at_all() {
    let it = Furnished::embedded().await;
    let emma = it.copy("Emma", Some(&it.shelf)).await;
    let sanditon = it.copy("Sanditon", None).await;
    let unknown = it.library.clone();
    let before = it.app.events().await.len();
    let bulk = |copies: &[&String]| json!({ "copies": copies, "place_id": it.other });
    let refused = it
        .post("copies/bulk-move", &bulk(&[&emma, &unknown, &sanditon]))
        .await;
    assert_eq!(refused.status, 404, "{refused:?}");
    let twice = it.post("copies/bulk-move", &bulk(&[&emma, &emma])).await;
    assert_eq!(twice.json()["errors"][0]["code"], "named_twice");
    let many: Vec<String> = (0..201).map(|_| emma.clone()).collect();
    let many: Vec<&String> = many.iter().collect();
    let many = it.post("copies/bulk-move", &bulk(&many)).await;
    assert_eq!(many.json()["errors"][0]["code"], "too_many_copies");
    assert_eq!(it.app.events().await.len(), before);
    let moved = it
        .post("copies/bulk-move", &bulk(&[&sanditon, &emma]))
        .await;
    assert_eq!(moved.json()["moved"], 2, "{moved:?}");
    assert_eq!(it.order(&it.other).await, [sanditon, emma]);
}

#[tokio::test]
async fn two_copies_change_places_across_shelves() {
    let it = Furnished::embedded().await;
    let emma = it.copy("Emma", Some(&it.shelf)).await;
    let sanditon = it.copy("Sanditon", Some(&it.other)).await;
    it.post(&format!("copies/{emma}/swap"), &json!({ "with": sanditon }))
        .await
        .ok();
    assert_eq!(it.order(&it.shelf).await, std::slice::from_ref(&sanditon));
    assert_eq!(it.order(&it.other).await, std::slice::from_ref(&emma));
    let nowhere = it.copy("Persuasion", None).await;
    let refused = it
        .post(&format!("copies/{emma}/swap"), &json!({ "with": nowhere }))
        .await;
    assert_eq!(refused.problem(), (409, "stands_nowhere".into()));
}

#[tokio::test]
async fn a_second_copy_of_a_title_is_taken_in_only_by_who_knows_of_the_first() {
    let it = Furnished::embedded().await;
    let emma = it.copy("Emma", Some(&it.shelf)).await;
    let mut body = json!({ "title": "EMMA", "authors": ["Jane Austen"] });
    let refused = it.post("copies", &body).await;
    assert_eq!(refused.problem(), (409, "duplicate_copy".into()));
    assert!(refused.text.contains("room › shelf"), "{refused:?}");
    assert!(refused.text.contains(&emma), "{refused:?}");
    body["duplicate"] = json!(true);
    let second = it.post("copies", &body).await.created();
    assert_eq!(it.app.last("CopyAdded").await["besides"], json!(emma));
    // When neither is there any more, a third is no second.
    let both = json!({ "copies": [emma, second], "reason": "sold" });
    let removed = it.post("copies/bulk-remove", &both).await;
    assert_eq!(removed.json()["removed"], 2, "{removed:?}");
    body["duplicate"] = json!(false);
    it.post("copies", &body).await.created();
}

#[tokio::test]
async fn twenty_who_take_in_the_same_title_at_once_take_in_one() {
    let it = Furnished::embedded().await;
    let title = it.app.book("Emma").await;
    let body = json!({ "title_id": title });
    let answers = futures_util::future::join_all((0..20).map(|_| it.post("copies", &body))).await;
    let taken_in = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(taken_in, 1, "{answers:?}");
    let events = it.app.event_names().await;
    assert_eq!(events.iter().filter(|name| *name == "CopyAdded").count(), 1);
}

#[tokio::test]
async fn a_barcode_is_on_one_copy_of_a_library_and_free_when_that_is_removed() {
    let it = Furnished::embedded().await;
    let (emma, sanditon) = (it.copy("Emma", None).await, it.copy("Sanditon", None).await);
    let path = |copy: &str| format!("/api/v1/libraries/{}/copies/{copy}", it.library);
    let say = async |copy: &str, body: Value| {
        let call = it.app.patch(path(copy)).bearer(&it.ana.token);
        call.json(&body).send().await
    };
    say(&emma, json!({ "barcode": "pem-1" })).await.ok();
    let refused = say(&sanditon, json!({ "barcode": "PEM-1" })).await;
    assert_eq!(refused.problem(), (409, "barcode_taken".into()));
    assert!(
        refused.text.contains("`PEM-1`") && refused.text.contains(&emma),
        "{refused:?}"
    );
    it.delete(&format!("copies/{emma}"), &json!({})).await.ok();
    say(&sanditon, json!({ "barcode": "PEM-1" })).await.ok();
    let back = it.post(&format!("copies/{emma}/restore"), &json!({})).await;
    assert_eq!(back.problem(), (409, "barcode_taken".into()));
}

#[tokio::test]
async fn a_removed_copy_comes_back_into_its_slot() {
    let it = Furnished::embedded().await;
    let mut copies = Vec::new();
    for name in ["Emma", "Persuasion", "Sanditon"] {
        copies.push(it.copy(name, Some(&it.shelf)).await);
    }
    let second = format!("copies/{}", copies[1]);
    it.delete(&second, &json!({ "reason": "sold" })).await.ok();
    assert_eq!(it.order(&it.shelf).await.len(), 2);
    let again = it.delete(&second, &json!({})).await;
    assert_eq!(again.status, 404, "{again:?}");
    it.post(&format!("{second}/restore"), &json!({})).await.ok();
    assert_eq!(it.order(&it.shelf).await, copies);
}

#[tokio::test]
async fn a_copy_that_is_given_up_leaves_its_slot_and_is_not_shelved_again() {
    let it = Furnished::embedded().await;
    let emma = it.copy("Emma", Some(&it.shelf)).await;
    let state = |state: &str| json!({ "state": state });
    let path = format!("copies/{emma}/state");
    it.post(&path, &state("lost")).await.ok();
    assert_eq!(it.order(&it.shelf).await.len(), 1, "it belongs there");
    it.post(&path, &state("withdrawn")).await.ok();
    assert_eq!(it.order(&it.shelf).await.len(), 0);
    let shelve = json!({ "place_id": it.shelf });
    let refused = it.post(&format!("copies/{emma}/move"), &shelve).await;
    assert_eq!(refused.problem(), (409, "copy_withdrawn".into()));
    it.post(&path, &state("present")).await.ok();
    it.post(&format!("copies/{emma}/move"), &shelve).await.ok();
    assert_eq!(it.order(&it.shelf).await, [emma]);
}

#[tokio::test]
async fn what_a_copy_is_of_is_found_by_isbn_or_entered_with_it() {
    let it = Furnished::embedded().await;
    let isbn = "978-0-439-02348-1";
    let unknown = it.post("copies", &json!({ "isbn": isbn })).await;
    assert_eq!(unknown.json()["errors"][0]["code"], "unknown_isbn");
    let wrong = it
        .post("copies", &json!({ "isbn": "978-0-439-02348-2" }))
        .await;
    assert_eq!(wrong.json()["errors"][0]["code"], "bad_isbn");
    assert!(wrong.text.contains("the other digits give 1"), "{wrong:?}");
    let named =
        json!({ "isbn": isbn, "title": "The Hunger Games", "authors": ["Suzanne Collins"] });
    it.post("copies", &named).await.created();
    let again = it.post("copies", &json!({ "isbn": isbn })).await;
    assert_eq!(again.problem(), (409, "duplicate_copy".into()));
    let events = it.app.event_names().await;
    assert_eq!(
        events.iter().filter(|name| *name == "TitleAdded").count(),
        1
    );
}
