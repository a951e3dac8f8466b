//! Taking a library down: two steps, and nothing else after them.
//!
//! What the server does afterwards is tested with the reaction.

use serde_json::json;

use crate::app::{App, PASSWORD};

#[tokio::test]
async fn a_library_is_deleted_by_who_knows_the_password_and_its_name_and_only_once_confirmed() {
    let app = App::embedded().await;
    let ana = app.proven("ana").await;
    let library = app.library(&ana, "family").await;
    let bob = app.joins(&library, &ana, "bob", "admin").await;
    let path = format!("/api/v1/libraries/{library}");
    let confirm = |password: &str, name: &str| {
        app.post(format!("{path}/confirm-deletion"))
            .bearer(&ana.token)
            .json(&json!({ "current_password": password, "name": name }))
    };
    let wrong = confirm("not the password", "Longbourn").send().await;
    assert_eq!(wrong.problem(), (403, "wrong_password".into()));
    let other = confirm(PASSWORD, "Pemberley").send().await;
    let fault = |field: &str, code: &str| vec![(field.to_owned(), code.to_owned())];
    assert_eq!(other.faults(), fault("name", "other_name"));
    let unconfirmed = fault("confirmation", "not_confirmed");
    let confirmed = confirm(PASSWORD, "Longbourn").send().await.ok().json();
    let delete = |token: &str| {
        let body = json!({ "confirmation": confirmed["confirmation"], "reason": "we have moved" });
        app.delete(&path).bearer(token).json(&body)
    };
    // Of another admin it is no confirmation.
    assert_eq!(delete(&bob.token).send().await.faults(), unconfirmed);
    let deleted = delete(&ana.token).send().await;
    assert_eq!(deleted.status, 202, "{deleted:?}");
    let again = delete(&ana.token).send().await;
    assert_eq!(again.faults(), unconfirmed);
    let rename = app
        .patch(&path)
        .bearer(&ana.token)
        .json(&json!({ "name": "x" }));
    assert_eq!(
        rename.send().await.problem(),
        (409, "library_being_deleted".into())
    );
}

#[tokio::test]
async fn a_repeat_of_the_deletion_is_told_what_the_first_was_told() {
    for app in App::everywhere().await {
        let ana = app.proven("ana").await;
        let library = app.library(&ana, "family").await;
        let path = format!("/api/v1/libraries/{library}");
        let confirmed = app
            .post(format!("{path}/confirm-deletion"))
            .bearer(&ana.token)
            .json(&json!({ "current_password": PASSWORD, "name": "Longbourn" }))
            .send()
            .await
            .ok()
            .json();
        let delete = |reason: &str| {
            let body = json!({ "confirmation": confirmed["confirmation"], "reason": reason });
            let call = app.delete(&path).bearer(&ana.token).key("gone");
            call.json(&body)
        };
        let first = delete("we have moved").send().await;
        assert_eq!(first.status, 202, "{first:?}");
        let again = delete("we have moved").send().await;
        assert_eq!(again.status, 202, "{again:?}");
        assert_eq!(again.text, first.text);
        assert_eq!(again.header("idempotency-replayed"), "true");
        let other = delete("we have not").send().await;
        assert_eq!(other.problem(), (422, "idempotency_key_reused".into()));
    }
}
