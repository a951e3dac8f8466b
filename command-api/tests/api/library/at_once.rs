//! The same asked many times at the same moment: it is done once, and nobody hears of a fault of ours.
//!
//! Never a matter of luck: each of them is allowed by itself.

use accession_secrets::challenges::ChallengePurpose;
use futures_util::future::join_all;
use serde_json::json;

use crate::app::{Answered, App, PASSWORD};

const MANY: usize = 20;

async fn count(app: &App, event: &str) -> usize {
    let names = app.event_names().await;
    names.iter().filter(|name| *name == event).count()
}

fn nobody_failed(answers: &[Answered]) {
    let failed = |answer: &&Answered| answer.status.is_server_error();
    assert_eq!(answers.iter().find(failed).map(|of| &of.text), None);
}

#[tokio::test]
async fn one_address_that_is_invited_many_times_at_once_is_invited_once() {
    for app in App::everywhere().await {
        let ana = app.proven("ana").await;
        let library = app.library(&ana, "family").await;
        let invite = || {
            app.post(format!("/api/v1/libraries/{library}/members"))
                .bearer(&ana.token)
                .json(&json!({ "email": "bob@example.org", "role": "viewer" }))
                .send()
        };
        nobody_failed(&join_all((0..MANY).map(|_| invite())).await);
        assert_eq!(count(&app, "MemberInvited").await, 1);
    }
}

#[tokio::test]
async fn of_many_who_come_with_one_invitation_at_once_one_comes_in() {
    for app in App::everywhere().await {
        let ana = app.proven("ana").await;
        let library = app.library(&ana, "family").await;
        let invited = app
            .post(format!("/api/v1/libraries/{library}/members"))
            .bearer(&ana.token)
            .json(&json!({ "email": "jane@example.org", "role": "viewer" }))
            .send()
            .await;
        let invitation = invited.json()["invitation_id"].as_str().unwrap().to_owned();
        let token = app.token_of(ChallengePurpose::Invitation, &invitation);
        let accept = || {
            app.post("/api/v1/auth/invitations/accept")
                .json(&json!({ "token": token, "email": "jane@example.org", "full_name": "Jane",
                    "password": PASSWORD, "accepted_privacy_version": "1", "accepted_terms_version": "1" }))
                .send()
        };
        let answers = join_all((0..MANY).map(|_| accept())).await;
        nobody_failed(&answers);
        let came = answers.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(came, 1, "{answers:?}");
        // The one who made the library, and Jane.
        assert_eq!(count(&app, "AccountRegistered").await, 2);
    }
}

#[tokio::test]
async fn one_command_under_one_key_many_times_at_once_is_carried_out_once() {
    for app in App::everywhere().await {
        let ana = app.proven("ana").await;
        let make = || {
            app.post("/api/v1/libraries")
                .bearer(&ana.token)
                .key("the same")
                .json(&json!({ "name": "Longbourn", "kind": "family" }))
                .send()
        };
        let answers = join_all((0..MANY).map(|_| make())).await;
        nobody_failed(&answers);
        assert_eq!(count(&app, "LibraryCreated").await, 1);
        let mut libraries: Vec<String> = answers
            .into_iter()
            .filter(|answer| answer.status == 201)
            .map(Answered::created)
            .collect();
        assert!(!libraries.is_empty());
        libraries.dedup();
        assert_eq!(libraries.len(), 1, "all are told of the one");
    }
}

#[tokio::test]
async fn a_change_of_address_that_is_confirmed_many_times_at_once_is_made_once() {
    for app in App::everywhere().await {
        let ana = app.proven("ana").await;
        let change = json!({ "new_email": "ana.new@example.org", "current_password": PASSWORD });
        let asked = app.post("/api/v1/users/me/email/change").bearer(&ana.token);
        let asked = asked.json(&change).send().await;
        assert!(asked.status.is_success(), "{asked:?}");
        let challenge = app.last("EmailChangeRequested").await["challenge"].clone();
        let token = app.token_of(ChallengePurpose::ChangeEmail, challenge.as_str().unwrap());
        let confirm = || {
            app.post("/api/v1/auth/confirm-email-change")
                .json(&json!({ "token": token }))
                .send()
        };
        let answers = join_all((0..MANY).map(|_| confirm())).await;
        nobody_failed(&answers);
        let good = |answer: &&Answered| answer.status.is_success();
        assert_eq!(answers.iter().filter(good).count(), 1, "{answers:?}");
        assert_eq!(count(&app, "EmailChanged").await, 1);
    }
}
