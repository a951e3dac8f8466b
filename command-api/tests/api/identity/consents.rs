//! What one has agreed to: asked, told at log-in, agreed to anew.
//!
//! Never refuses anybody for an old agreement.

use serde_json::json;

use crate::app::{App, PASSWORD};

const PATH: &str = "/api/v1/users/me/consents";

#[tokio::test]
async fn what_one_agreed_to_is_told_and_agreeing_again_is_one_event() {
    for app in App::everywhere().await {
        let ana = app.sign_up("ana").await;
        let told = app.get(PATH).bearer(&ana.token).send().await.ok().json();
        let accepted = &told["privacy"]["accepted_version"];
        assert_eq!(told["privacy"]["outdated"], false, "{told}");
        assert_eq!(told["terms"]["current_version"], json!(null));
        assert_ne!(accepted, "2027-01");
        let agree =
            json!({ "accepted_privacy_version": "2027-01", "accepted_terms_version": "2027-02" });
        for _ in 0..2 {
            let post = app.post(PATH).bearer(&ana.token).json(&agree);
            post.send().await.ok();
        }
        assert_eq!(
            app.last("ConsentGiven").await["consents"]["terms"],
            "2027-02"
        );
        let events = app.events().await;
        let given = events
            .iter()
            .filter(|event| &*event.event_type == "ConsentGiven");
        assert_eq!(given.count(), 1);
        let told = app.get(PATH).bearer(&ana.token).send().await.ok().json();
        assert_eq!(told["privacy"]["accepted_version"], "2027-01");
    }
}

#[tokio::test]
async fn an_agreement_without_a_version_is_refused_and_log_in_tells_what_is_outdated() {
    let app = App::embedded().await;
    let ana = app.sign_up("ana").await;
    let nothing = json!({ "accepted_privacy_version": "", "accepted_terms_version": "2" });
    let post = app.post(PATH).bearer(&ana.token).json(&nothing);
    let faults = vec![("accepted_privacy_version".to_owned(), "bad_text".to_owned())];
    assert_eq!(post.send().await.faults(), faults);
    let body = json!({ "email": "ana@example.org", "password": PASSWORD });
    let handed = app.post("/api/v1/auth/login").json(&body).send().await.ok();
    assert_eq!(handed.json()["consents_outdated"], json!([]));
}

#[tokio::test]
async fn whoever_asks_for_an_account_agrees_to_the_versions_of_now() {
    let app = App::asking_for("2027-01", "1").await;
    let stale = vec![(
        "accepted_privacy_version".to_owned(),
        "not_the_current_version".to_owned(),
    )];
    let register = |privacy: &str| {
        app.post("/api/v1/auth/register")
            .json(&json!({ "email": "ana@example.org", "password": PASSWORD,
            "name": "Ana", "accepted_privacy_version": privacy, "accepted_terms_version": "1" }))
    };
    let refused = register("1").send().await;
    assert_eq!(refused.faults(), stale);
    assert!(refused.text.contains("2027-01"), "{refused:?}");
    assert!(app.events().await.is_empty());
    register("2027-01").send().await.created_nothing();
    let ana = app.person("ana@example.org").await;
    let library = app.library(&ana, "family").await;
    let child = |privacy: &str| {
        let call = app.post(format!("/api/v1/libraries/{library}/members/children"));
        call.bearer(&ana.token)
            .json(&json!({ "full_name": "Lydia", "password": PASSWORD,
            "accepted_privacy_version": privacy, "accepted_terms_version": "1" }))
    };
    assert_eq!(child("1").send().await.faults(), stale);
    child("2027-01").send().await.created();
    for (path, field) in [
        ("invitations/accept", "token"),
        ("oauth/work/consent", "continuation"),
    ] {
        let mut body = json!({ "accepted_privacy_version": "1", "accepted_terms_version": "1" });
        body[field] = json!("nobody has this");
        if field == "token" {
            (body["email"], body["full_name"]) = (json!("jane@example.org"), json!("Jane"));
            body["password"] = json!(PASSWORD);
        } else {
            body["name"] = json!("Jane");
        }
        let call = app.post(format!("/api/v1/auth/{path}")).json(&body);
        assert_eq!(call.send().await.faults(), stale, "{path}");
    }
}
