//! Coming in, being somebody, going.
//!
//! Never looks at a read model: what counts is what the next request may do.

use accession_secrets::challenges::ChallengePurpose;
use serde_json::json;

use crate::app::{App, PASSWORD};

#[tokio::test]
async fn a_library_is_made_renamed_and_left_by_its_members_but_not_by_its_last_admin() {
    for app in App::everywhere().await {
        let ana = app.proven("ana").await;
        let library = app.library(&ana, "family").await;
        let bob = app.joins(&library, &ana, "bob", "viewer").await;
        let path = format!("/api/v1/libraries/{library}");
        let renamed = json!({ "name": "Pemberley", "description": "At last.", "kids_mode": true });
        let by = |token: &str| app.patch(&path).bearer(token).json(&renamed);
        assert_eq!(
            by(&bob.token).send().await.problem(),
            (403, "forbidden".into())
        );
        by(&ana.token).send().await.ok();
        let leave = |token: &str| app.post(format!("{path}/leave")).bearer(token);
        let refused = leave(&ana.token).send().await;
        assert_eq!(refused.problem(), (409, "last_admin".into()));
        leave(&bob.token).send().await.ok();
        assert_eq!(by(&bob.token).send().await.problem().0, 404);
    }
}

#[tokio::test]
async fn a_role_counts_from_the_next_request_on() {
    let app = App::embedded().await;
    let ana = app.proven("ana").await;
    let library = app.library(&ana, "family").await;
    let bob = app.joins(&library, &ana, "bob", "admin").await;
    let path = format!("/api/v1/libraries/{library}");
    let rename = |name: &str| {
        app.patch(&path)
            .bearer(&bob.token)
            .json(&json!({ "name": name }))
    };
    rename("Netherfield").send().await.ok();
    let member = format!("{path}/members/{}", bob.account);
    let change = |body| app.patch(&member).bearer(&ana.token).json(&body);
    change(json!({ "role": "viewer" })).send().await.ok();
    assert_eq!(rename("Rosings").send().await.problem().0, 403);
    change(json!({ "status": "suspended" })).send().await.ok();
    assert_eq!(rename("Rosings").send().await.problem().0, 404);
    change(json!({ "status": "active", "role": "admin" }))
        .send()
        .await
        .ok();
    rename("Rosings").send().await.ok();
    app.delete(&member).bearer(&ana.token).send().await.ok();
    assert_eq!(rename("Hunsford").send().await.problem().0, 404);
}

#[tokio::test]
async fn whether_an_account_has_the_invited_address_is_not_told() {
    let app = App::embedded().await;
    let (ana, _) = (app.proven("ana").await, app.proven("bob").await);
    let library = app.library(&ana, "family").await;
    let mut answers = Vec::new();
    for email in ["bob@example.org", "nobody@example.org"] {
        let answer = app
            .post(format!("/api/v1/libraries/{library}/members"))
            .bearer(&ana.token)
            .json(&json!({ "email": email, "role": "viewer" }))
            .send()
            .await;
        let mut keys: Vec<String> = answer.json().as_object().unwrap().keys().cloned().collect();
        keys.sort();
        answers.push((answer.status, keys));
    }
    assert_eq!(answers[0], answers[1]);
    let events = app.events().await;
    assert!(
        events
            .iter()
            .all(|event| !event.payload.contains("example.org"))
    );
}

#[tokio::test]
async fn somebody_new_registers_and_joins_in_one_go_and_the_link_is_used_up() {
    let app = App::embedded().await;
    let ana = app.proven("ana").await;
    let library = app.library(&ana, "lending").await;
    app.post(format!("/api/v1/libraries/{library}/members"))
        .bearer(&ana.token)
        .json(&json!({ "email": "Jane@Example.org", "role": "patron" }))
        .send()
        .await;
    let challenge = app.last("MemberInvited").await["challenge"].clone();
    let token = app.token_of(ChallengePurpose::Invitation, challenge.as_str().unwrap());
    let accept = |email: &str| {
        app.post("/api/v1/auth/invitations/accept").json(&json!({
            "token": token, "email": email, "full_name": "Jane", "password": PASSWORD,
            "accepted_privacy_version": "1", "accepted_terms_version": "1"
        }))
    };
    let other = accept("lydia@example.org").send().await;
    assert_eq!(other.problem(), (404, "not_invited".into()));
    accept("jane@example.org").send().await.created();
    let again = accept("jane@example.org").send().await;
    assert_eq!(again.problem(), (404, "not_invited".into()));
    let jane = app.person("jane@example.org").await;
    let left = app
        .post(format!("/api/v1/libraries/{library}/leave"))
        .bearer(&jane.token);
    left.send().await.ok();
}

#[tokio::test]
async fn an_invitation_is_accepted_by_its_address_alone_declined_and_sent_again() {
    let app = App::embedded().await;
    let (ana, bob) = (app.proven("ana").await, app.proven("bob").await);
    let eve = app.proven("eve").await;
    let library = app.library(&ana, "family").await;
    let invite = || {
        app.post(format!("/api/v1/libraries/{library}/members"))
            .bearer(&ana.token)
            .json(&json!({ "email": "bob@example.org", "role": "editor" }))
    };
    let answer = |what: &str, token: &str| {
        app.post(format!("/api/v1/libraries/{library}/invitations/{what}"))
            .bearer(token)
    };
    invite().send().await;
    assert_eq!(answer("accept", &eve.token).send().await.problem().0, 404);
    assert_eq!(answer("decline", &eve.token).send().await.problem().0, 404);
    answer("decline", &bob.token).send().await.ok();
    assert_eq!(answer("accept", &bob.token).send().await.problem().0, 404);
    invite().send().await;
    let withdrawn = invite().send().await.json()["invitation_id"].clone();
    let path = format!(
        "/api/v1/libraries/{library}/members/{}",
        withdrawn.as_str().unwrap()
    );
    app.delete(path).bearer(&ana.token).send().await.ok();
    assert_eq!(answer("accept", &bob.token).send().await.problem().0, 404);
    invite().send().await;
    answer("accept", &bob.token).send().await.ok();
    answer("accept", &bob.token).send().await.ok();
    assert_eq!(
        invite().send().await.problem(),
        (409, "already_member".into())
    );
}

#[tokio::test]
async fn a_parent_adds_a_child_who_signs_in_with_an_address_that_gets_no_mail() {
    let app = App::embedded().await;
    let ana = app.proven("ana").await;
    let library = app.library(&ana, "family").await;
    let bob = app.joins(&library, &ana, "bob", "viewer").await;
    let path = format!("/api/v1/libraries/{library}/members/children");
    let child = json!({ "full_name": "Lydia", "password": PASSWORD, "birth_year": 2015,
        "accepted_privacy_version": "1", "accepted_terms_version": "1" });
    let add = |token: &str| app.post(&path).bearer(token).json(&child);
    assert_eq!(add(&bob.token).send().await.problem().0, 403);
    let added = add(&ana.token).send().await;
    assert_eq!(added.status, 201, "{added:?}");
    let email = added.json()["email"].as_str().unwrap().to_owned();
    assert!(email.ends_with("@children.invalid"), "{email}");
    assert_eq!(app.last("KidsModeSet").await["on"], true);
    let lydia = app.person(&email).await;
    let leave = app.post(format!("/api/v1/libraries/{library}/leave"));
    assert_eq!(leave.bearer(&lydia.token).send().await.problem().0, 403);
    let member = format!("/api/v1/libraries/{library}/members/{}", lydia.account);
    let grown = app
        .patch(&member)
        .bearer(&ana.token)
        .json(&json!({ "role": "viewer" }));
    let role = |code: &str| vec![("role".to_owned(), code.to_owned())];
    assert_eq!(grown.send().await.faults(), role("child_role"));
    let events = app.events().await;
    assert!(events.iter().all(|event| !event.payload.contains("Lydia")));
}

#[tokio::test]
async fn a_child_that_is_added_again_under_the_same_key_is_the_same_child_and_leaves_no_account_behind()
 {
    let app = App::embedded().await;
    let ana = app.proven("ana").await;
    let library = app.library(&ana, "family").await;
    let path = format!("/api/v1/libraries/{library}/members/children");
    let child = |name: &str| {
        json!({ "full_name": name, "password": PASSWORD,
            "accepted_privacy_version": "1", "accepted_terms_version": "1" })
    };
    let add = |key: &str, name: &str| {
        app.post(&path)
            .bearer(&ana.token)
            .header("idempotency-key", key)
            .json(&child(name))
            .send()
    };
    let first = add("k1", "Lydia").await;
    let again = add("k1", "Lydia").await;
    assert_eq!(
        (first.status, again.status),
        (201.try_into().unwrap(), 201.try_into().unwrap())
    );
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(first.json(), again.json());
    assert_eq!(
        add("k1", "Kitty").await.problem(),
        (422, "idempotency_key_reused".into())
    );
    let other = add("k2", "Kitty").await;
    assert_ne!(other.json()["account_id"], first.json()["account_id"]);
    let events = app.events().await;
    let registered = events
        .iter()
        .filter(|event| &*event.event_type == "AccountRegistered");
    assert_eq!(registered.count(), 3, "ana and two children");
}

#[tokio::test]
async fn of_a_child_added_many_times_at_once_under_one_key_there_is_one_and_it_can_sign_in() {
    for app in App::everywhere().await {
        let ana = app.proven("ana").await;
        let library = app.library(&ana, "family").await;
        let path = format!("/api/v1/libraries/{library}/members/children");
        let child = json!({ "full_name": "Lydia", "password": PASSWORD,
            "accepted_privacy_version": "1", "accepted_terms_version": "1" });
        let adding = (0..8).map(|_| {
            app.post(&path)
                .bearer(&ana.token)
                .header("idempotency-key", "k1")
                .json(&child)
                .send()
        });
        let answers = futures_util::future::join_all(adding).await;
        let made: Vec<_> = answers.iter().filter(|said| said.status == 201).collect();
        assert!(!made.is_empty(), "{answers:?}");
        let email = made[0].json()["email"].as_str().unwrap().to_owned();
        for said in &made {
            assert_eq!(said.json()["email"], email);
        }
        app.person(&email).await;
    }
}

#[tokio::test]
async fn only_a_lending_library_has_patrons_and_nobody_is_invited_as_a_child() {
    let app = App::embedded().await;
    let ana = app.proven("ana").await;
    let library = app.library(&ana, "shop").await;
    for (role, code) in [("patron", "role_unknown_here"), ("child", "child_role")] {
        let invited = app
            .post(format!("/api/v1/libraries/{library}/members"))
            .bearer(&ana.token)
            .json(&json!({ "email": "bob@example.org", "role": role }));
        let faults = vec![("role".to_owned(), code.to_owned())];
        assert_eq!(invited.send().await.faults(), faults);
    }
}
