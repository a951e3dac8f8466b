//! What administrators do with other people's accounts.
//!
//! Never with their own.

use accession_service::access::Role;
use serde_json::json;

use crate::app::{App, NOBODY, PASSWORD, Person};

#[tokio::test]
async fn whoever_is_disabled_is_out_at_once_and_back_when_enabled() {
    for app in App::everywhere().await {
        let ana = app.sign_up("ana").await;
        let admin = |what: &str| {
            app.post(format!("/api/v1/admin/accounts/{}/{what}", ana.account))
                .by_admin()
        };
        admin("disable")
            .json(&json!({ "reason": "spam" }))
            .send()
            .await
            .ok();
        let tour = || {
            app.post("/api/v1/users/me/tour/complete")
                .bearer(&ana.token)
                .send()
        };
        assert_eq!(tour().await.status.as_u16(), 401);
        let log = format!("{:?}", app.events().await);
        assert!(!log.contains("spam"), "a reason is about a person");
        admin("enable").send().await.ok();
        assert_eq!(
            tour().await.status.as_u16(),
            401,
            "former sessions stay over"
        );
        let again = app.person("ana@example.org").await;
        app.post("/api/v1/users/me/tour/complete")
            .bearer(&again.token)
            .send()
            .await
            .ok();
    }
}

#[tokio::test]
async fn a_role_counts_from_the_next_request_on_and_no_longer_when_it_is_taken_away() {
    let app = App::embedded().await;
    let ana = app.sign_up("ana").await;
    let role = async |role: Option<&str>| {
        let path = format!("/api/v1/admin/accounts/{}/role", ana.account);
        app.post(path)
            .by_admin()
            .json(&json!({ "role": role }))
            .send()
            .await
            .ok()
    };
    let book = || {
        let body = json!({ "kind": "book", "name": "Emma" });
        app.post("/api/v1/titles")
            .bearer(&ana.token)
            .json(&body)
            .send()
    };
    assert_eq!(book().await.status.as_u16(), 403);
    role(Some("curator")).await;
    assert_eq!(book().await.status.as_u16(), 201);
    role(None).await;
    assert_eq!(book().await.status.as_u16(), 403);
}

/// Two administrators, and no other.
async fn two(app: &App, round: usize) -> [Person; 2] {
    let mut made = Vec::new();
    for name in ["ana", "bo"] {
        let person = app.sign_up(&format!("{name}{round}")).await;
        let path = format!("/api/v1/admin/accounts/{}/role", person.account);
        let role = json!({ "role": "admin" });
        app.post(path).by_admin().json(&role).send().await.ok();
        made.push(person);
    }
    made.try_into().ok().unwrap()
}

#[tokio::test]
async fn of_two_administrators_who_take_each_other_away_at_the_same_moment_one_is_left() {
    let ways = [
        ("role", json!({ "role": null })),
        ("role", json!({ "role": "curator" })),
        ("disable", json!({ "reason": "a quarrel" })),
        ("erase", json!({ "reason": "asked" })),
    ];
    for app in App::everywhere().await {
        let mut left: Option<Person> = None;
        for (round, (what, body)) in ways.iter().enumerate() {
            let [ana, bo] = two(&app, round).await;
            if let Some(former) = left.take() {
                // Whoever was left before may go: two others are there.
                let path = format!("/api/v1/admin/accounts/{}/role", former.account);
                let none = json!({ "role": null });
                app.post(path).by_admin().json(&none).send().await.ok();
            }
            let takes = |by: &Person, whom: &Person| {
                let path = format!("/api/v1/admin/accounts/{}/{what}", whom.account);
                app.post(path).bearer(&by.token).json(body).send()
            };
            let (first, second) = tokio::join!(takes(&ana, &bo), takes(&bo, &ana));
            let done = [&first, &second].map(|answer| answer.status.as_u16());
            assert_eq!(
                done.iter().filter(|status| **status == 200).count(),
                1,
                "{what} {done:?}"
            );
            let stays = if done[0] == 200 { ana } else { bo };
            let refused = if done[0] == 200 { second } else { first };
            // Slower than the other's word, or still an administrator and too late.
            assert!(
                [401, 403, 409].contains(&refused.status.as_u16()),
                "{what} {done:?}"
            );
            let path = format!("/api/v1/admin/accounts/{}/{what}", stays.account);
            let last = app.post(path).by_admin().json(body).send().await;
            assert_eq!(last.problem(), (409, "last_administrator".into()), "{what}");
            left = Some(stays);
        }
    }
}

#[tokio::test]
async fn the_last_administrator_does_not_end_their_own_account_either() {
    let app = App::embedded().await;
    let [ana, bo] = two(&app, 0).await;
    let proof = json!({ "current_password": PASSWORD });
    let leave = |who: &Person| {
        app.delete("/api/v1/users/me")
            .bearer(&who.token)
            .json(&proof)
            .send()
    };
    leave(&ana).await.ok();
    assert_eq!(
        leave(&bo).await.problem(),
        (409, "last_administrator".into())
    );
}

#[tokio::test]
async fn nobody_changes_their_own_account_or_one_that_is_not_there() {
    let app = App::embedded().await;
    let ana = app.sign_up("ana").await;
    let own = app.token(Some(Role::Admin), |claims| {
        claims.sub = ana.account.to_string();
    });
    for (what, body) in [
        ("disable", json!({ "reason": "x" })),
        ("role", json!({ "role": null })),
    ] {
        let path = format!("/api/v1/admin/accounts/{}/{what}", ana.account);
        let answered = app.post(path).bearer(&own).json(&body).send().await;
        assert_eq!(answered.problem(), (409, "own_account".into()), "{what}");
        let path = format!("/api/v1/admin/accounts/{NOBODY}/{what}");
        let answered = app.post(path).by_admin().json(&body).send().await;
        assert_eq!(answered.problem(), (404, "not_found".into()), "{what}");
    }
    let unknown = json!({ "role": "emperor" });
    let path = format!("/api/v1/admin/accounts/{}/role", ana.account);
    let answered = app.post(path).by_admin().json(&unknown).send().await;
    assert_eq!(answered.faults(), [("role".into(), "unknown_value".into())]);
}
