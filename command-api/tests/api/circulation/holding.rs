//! Those who wait for a copy get it in the order in which they came.
//!
//! Never does one take another out of the queue.

use serde_json::json;

use super::desk;
use crate::app::{App, Person, now};
use crate::holdings::Furnished;

#[tokio::test]
async fn a_copy_that_comes_back_is_kept_for_the_first_who_waits() {
    for app in App::everywhere().await {
        let (library, ana, [pia, paul], copy) = desk(&app).await;
        let carl = app.joins(&library, &ana, "carl", "patron").await;
        let in_vain = app.at_copy(&library, &paul, copy, "holds").await;
        assert_eq!(in_vain.problem(), (409, "not_on_loan".into()));
        let loan = format!("/api/v1/libraries/{library}/copies/{copy}/loan");
        assert_eq!(in_vain.json()["links"]["borrow"], loan);

        app.at_copy(&library, &pia, copy, "loan")
            .await
            .created_nothing();
        app.at_copy(&library, &paul, copy, "holds")
            .await
            .created_nothing();
        app.at_copy(&library, &carl, copy, "holds")
            .await
            .created_nothing();
        let twice = app.at_copy(&library, &paul, copy, "holds").await;
        assert_eq!(twice.problem(), (409, "already_waiting".into()));
        let renewed = app.at_copy(&library, &pia, copy, "loan/renewal").await;
        assert_eq!(renewed.problem(), (409, "hold_waiting".into()));

        let back = app.at_copy(&library, &ana, copy, "loan/return").await.ok();
        let first = app.last("HoldOffered").await;
        assert_eq!(back.json()["hold_id"], first["hold"]);
        assert_eq!(back.json()["kept_until"], first["until"]);
        assert_eq!(first["borrower"]["account"], paul.account.to_string());
        let early = app.at_copy(&library, &carl, copy, "loan").await;
        assert_eq!(early.problem(), (409, "kept_for_another".into()));
        app.at_copy(&library, &paul, copy, "loan")
            .await
            .created_nothing();
        assert_eq!(app.last("LoanOpened").await["hold"], first["hold"]);
    }
}

#[tokio::test]
async fn whoever_gives_up_makes_room_and_nobody_is_taken_out_by_another() {
    let app = App::embedded().await;
    let (library, ana, [pia, paul], copy) = desk(&app).await;
    app.at_copy(&library, &ana, copy, "loan")
        .await
        .created_nothing();
    let held = app.at_copy(&library, &pia, copy, "holds").await.created();
    app.at_copy(&library, &paul, copy, "holds")
        .await
        .created_nothing();
    app.at_copy(&library, &ana, copy, "loan/return").await.ok();
    let path = format!("/api/v1/libraries/{library}/copies/{copy}/holds/{held}");
    let others = app.delete(&path).bearer(&paul.token).send().await;
    assert_eq!(others.problem(), (404, "not_found".into()));
    app.delete(&path).bearer(&pia.token).send().await.ok();
    let next = app.last("HoldOffered").await;
    assert_eq!(next["borrower"]["account"], paul.account.to_string());
    let gone = app.delete(&path).bearer(&ana.token).send().await;
    assert_eq!(gone.status, 404);
}

#[tokio::test]
async fn the_staff_places_holds_for_others_and_others_do_not() {
    let app = App::embedded().await;
    let (library, ana, [pia, paul], copy) = desk(&app).await;
    app.at_copy(&library, &ana, copy, "loan")
        .await
        .created_nothing();
    let path = format!("/api/v1/libraries/{library}/copies/{copy}/holds");
    let body = serde_json::json!({ "account": pia.account.to_string() });
    let place = |token: &str| app.post(&path).bearer(token).json(&body);
    assert_eq!(
        place(&paul.token).send().await.problem(),
        (403, "forbidden".into())
    );
    place(&ana.token).send().await.created();
    let placed = app.last("HoldPlaced").await;
    assert_eq!(placed["borrower"]["account"], pia.account.to_string());
    assert_eq!(placed["by"], ana.account.to_string());
}

#[tokio::test]
async fn whoever_waits_for_a_title_waits_for_the_copy_that_they_get_first() {
    for app in App::everywhere().await {
        let it = Furnished::over(app).await;
        let first = it.copy("Emma", None).await;
        let again = json!({ "title": "Emma", "authors": ["Jane Austen"], "duplicate": true });
        let second = it.post("copies", &again).await.created();
        let title = it.app.last("CopyAdded").await["title_id"].clone();
        let title = title.as_str().unwrap().to_owned();
        let mut people = Vec::new();
        for name in ["pia", "paul", "carl"] {
            people.push(it.app.joins(&it.library, &it.ana, name, "viewer").await);
        }
        let waits = async |title: &str, by: &Person, key: &str| {
            let path = format!("/api/v1/libraries/{}/titles/{title}/holds", it.library);
            let call = it.app.post(path).bearer(&by.token);
            call.key(key).send().await
        };
        let in_vain = waits(&title, &people[0], "a").await;
        assert_eq!(in_vain.problem(), (409, "not_on_loan".into()));
        let borrow = in_vain.json()["links"]["borrow"].clone();
        assert!(borrow.as_str().unwrap().contains(&first), "{in_vain:?}");
        // The second copy is due sooner.
        for (copy, days) in [(&first, 9), (&second, 5)] {
            let due = jiff::SignedDuration::from_hours(24 * days);
            let due = now().checked_add(due).unwrap().to_string();
            let lent = json!({ "copy_id": copy, "name": "Aunt Philips", "due_at": due });
            it.post("loans", &lent).await.created();
        }
        let pias = waits(&title, &people[0], "a").await;
        assert_eq!(pias.json()["copy_id"], json!(second), "{pias:?}");
        let pauls = waits(&title, &people[1], "b").await;
        assert_eq!(pauls.json()["copy_id"], json!(first), "fewer wait for it");
        let repeated = waits(&title, &people[1], "b").await;
        assert_eq!(repeated.json(), pauls.json());
        let twice = waits(&title, &people[1], "c").await;
        assert_eq!(twice.problem(), (409, "already_waiting".into()));
        let carls = waits(&title, &people[2], "d").await;
        assert_eq!(carls.json()["copy_id"], json!(second));
        let unknown = waits(&it.library, &people[2], "e").await;
        assert_eq!(unknown.problem(), (404, "not_found".into()));
    }
}
