//! What one request did to a copy is taken back, by what is ordinarily done with copies.
//!
//! Never silently: what stands in the way is named, and the undo names what it undid.

use serde_json::{Value, json};

use super::Furnished;
use crate::app::{Answered, App};

impl Furnished {
    async fn undo(&self, copy: &str, which: &Value) -> Answered {
        let mut body = which.clone();
        body["reason"] = json!("a slip of the hand");
        self.post(&format!("copies/{copy}/undo"), &body).await
    }

    async fn last_position(&self) -> u64 {
        let events = self.app.events().await;
        events.last().unwrap().position.get()
    }
}

#[tokio::test]
async fn a_move_is_undone_into_its_slot_and_the_undo_is_undone_again_on_both_logs() {
    for app in App::everywhere().await {
        let it = Furnished::over(app).await;
        let mut copies = Vec::new();
        for name in ["Emma", "Persuasion", "Sanditon"] {
            copies.push(it.copy(name, Some(&it.shelf)).await);
        }
        let second = &copies[1];
        let away = json!({ "place_id": it.other });
        it.post(&format!("copies/{second}/move"), &away).await.ok();
        let undone = it.undo(second, &json!({})).await.ok();
        assert_eq!(it.order(&it.shelf).await, copies);
        let positions = undone.json()["undone"].as_array().unwrap().clone();
        assert_eq!(positions.len(), 1);
        let events = it.app.events().await;
        let last = events.last().unwrap().parsed_metadata();
        assert_eq!(last.undoes, Some(positions[0].to_string()));
        assert_eq!(last.reason.as_deref(), Some("a slip of the hand"));
        let twice = it.undo(second, &json!({ "position": positions[0] })).await;
        assert_eq!(twice.problem(), (409, "already_undone".into()));
        it.undo(second, &json!({})).await.ok();
        assert_eq!(it.order(&it.other).await, std::slice::from_ref(second));
    }
}

#[tokio::test]
async fn what_was_said_and_what_became_of_a_copy_is_undone() {
    let it = Furnished::embedded().await;
    let emma = it.copy("Emma", Some(&it.shelf)).await;
    let path = format!("/api/v1/libraries/{}/copies/{emma}", it.library);
    let say = async |body: Value| {
        let call = it.app.patch(&path).bearer(&it.ana.token);
        call.json(&body).send().await.ok()
    };
    say(json!({ "barcode": "PEM-1", "condition": "good" })).await;
    let first = it.last_position().await;
    say(json!({ "condition": "poor" })).await;
    let second = it.last_position().await;
    let refused = it.undo(&emma, &json!({ "position": first })).await;
    assert_eq!(refused.problem(), (409, "undo_conflict".into()));
    let expected = format!("position {second}");
    assert_eq!(refused.json()["errors"][0]["field"], expected);
    it.undo(&emma, &json!({})).await.ok();
    it.undo(&emma, &json!({ "position": first })).await.ok();
    // Its barcode is free again.
    let other = it.copy("Sanditon", None).await;
    let path = format!("/api/v1/libraries/{}/copies/{other}", it.library);
    let call = it.app.patch(path).bearer(&it.ana.token);
    call.json(&json!({ "barcode": "PEM-1" })).send().await.ok();
    // What was given up is there again, in its slot.
    let state = json!({ "state": "withdrawn" });
    it.post(&format!("copies/{emma}/state"), &state).await.ok();
    assert!(it.order(&it.shelf).await.is_empty());
    let undone = it.undo(&emma, &json!({})).await.ok();
    assert_eq!(undone.json()["undone"].as_array().unwrap().len(), 2);
    assert_eq!(it.order(&it.shelf).await, std::slice::from_ref(&emma));
    it.undo(&emma, &json!({})).await.ok();
    let names = it.app.event_names().await;
    assert!(
        names
            .iter()
            .rev()
            .take(3)
            .any(|name| name == "CopyWithdrawn")
    );
}

#[tokio::test]
async fn a_copys_coming_and_going_are_undone() {
    let it = Furnished::embedded().await;
    let emma = it.copy("Emma", Some(&it.shelf)).await;
    let undone = it.undo(&emma, &json!({})).await.ok();
    assert_eq!(undone.json()["undone"].as_array().unwrap().len(), 2);
    assert!(it.order(&it.shelf).await.is_empty());
    it.undo(&emma, &json!({})).await.ok();
    assert_eq!(it.order(&it.shelf).await, std::slice::from_ref(&emma));
    it.delete(&format!("copies/{emma}"), &json!({})).await.ok();
    it.undo(&emma, &json!({})).await.ok();
    assert_eq!(it.order(&it.shelf).await, std::slice::from_ref(&emma));
}

#[tokio::test]
async fn one_of_many_that_moved_together_is_undone_alone() {
    let it = Furnished::embedded().await;
    let (emma, sanditon) = (
        it.copy("Emma", Some(&it.shelf)).await,
        it.copy("Sanditon", Some(&it.shelf)).await,
    );
    let bulk = json!({ "copies": [emma, sanditon], "place_id": it.other });
    it.post("copies/bulk-move", &bulk).await.ok();
    it.undo(&emma, &json!({})).await.ok();
    assert_eq!(it.order(&it.shelf).await, std::slice::from_ref(&emma));
    assert_eq!(it.order(&it.other).await, std::slice::from_ref(&sanditon));
}

#[tokio::test]
async fn what_cannot_be_undone_is_told() {
    let it = Furnished::embedded().await;
    let emma = it.copy("Emma", Some(&it.shelf)).await;
    let nothing = it.undo(&emma, &json!({ "position": 1 })).await;
    assert_eq!(
        nothing.faults(),
        [("position".to_owned(), "no_such_change".to_owned())]
    );
    let event = "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5d";
    let both = json!({ "position": 1, "event_id": event });
    let both = it.undo(&emma, &both).await;
    assert_eq!(
        both.faults(),
        [("event_id".to_owned(), "contradiction".to_owned())]
    );
    let path = format!("copies/{emma}/undo");
    let silent = it.post(&path, &json!({ "reason": "" })).await;
    assert_eq!(silent.status, 422, "{silent:?}");
    // Out on a loan, it neither goes nor is its loan undone but by its return.
    let events = it.app.events().await;
    let moved = events
        .iter()
        .rfind(|event| &*event.event_type == "CopyMoved");
    let stood = moved.unwrap().position.get();
    let lent = json!({ "copy_id": emma, "name": "Aunt Philips" });
    it.post("loans", &lent).await.created();
    let loan = it.undo(&emma, &json!({})).await;
    assert_eq!(loan.problem(), (409, "change_of_a_loan".into()));
    let out = it.undo(&emma, &json!({ "position": stood })).await;
    assert_eq!(out.problem(), (409, "undo_conflict".into()), "{out:?}");
    let theirs = Furnished::embedded().await;
    let unknown = theirs.undo(&emma, &json!({})).await;
    assert_eq!(unknown.problem(), (404, "not_found".into()));
}

#[tokio::test]
async fn of_a_place_that_is_gone_nothing_is_undone() {
    let it = Furnished::embedded().await;
    let emma = it.copy("Emma", Some(&it.shelf)).await;
    let away = json!({ "place_id": it.other });
    it.post(&format!("copies/{emma}/move"), &away).await.ok();
    it.delete(&format!("places/{}", it.shelf), &json!({}))
        .await
        .ok();
    let refused = it.undo(&emma, &json!({})).await;
    assert_eq!(refused.problem(), (404, "not_found".into()));
    it.post(&format!("places/{}/restore", it.shelf), &json!({}))
        .await
        .ok();
    it.undo(&emma, &json!({})).await.ok();
    assert_eq!(it.order(&it.shelf).await, std::slice::from_ref(&emma));
}
