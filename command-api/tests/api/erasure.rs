//! `POST /api/v1/admin/accounts/{id}/erase`: who may, whom, and what is told of somebody unknown.
//!
//! What an erasure does is tested beside the use case.

use accession_command_api::identity::erasure::retention::USUAL_KEEPING;
use accession_events::StreamName;
use accession_events::values::{PersonName, Personal};
use jiff::SignedDuration;
use serde_json::json;

use crate::app::{App, NOBODY, PASSWORD, Person};

fn path(id: &str) -> String {
    format!("/api/v1/admin/accounts/{id}/erase")
}

#[tokio::test]
async fn an_administrator_says_why_and_nobody_unknown_is_erased() {
    for app in App::everywhere().await {
        let erase = async |id: &str, body| app.post(path(id)).by_admin().json(&body).send().await;
        let unknown = erase(NOBODY, json!({ "reason": "asked" })).await;
        assert_eq!(unknown.problem(), (404, "not_found".to_owned()));
        let no_id = erase("nobody", json!({ "reason": "asked" })).await;
        assert_eq!(no_id.problem().0, 404);
        let free_text = erase(NOBODY, json!({ "reason": "Ana was rude to Ben" })).await;
        assert!(free_text.status.is_client_error(), "{free_text:?}");
        let curator = app.post(path(NOBODY)).by_curator();
        let curator = curator.json(&json!({ "reason": "asked" })).send().await;
        assert_eq!(curator.problem().0, 403);
        assert_eq!(app.event_names().await, Vec::<String>::new());
    }
}

fn proof() -> serde_json::Value {
    json!({ "current_password": PASSWORD })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_admins_who_delete_their_accounts_at_the_same_moment_leave_one_of_them() {
    for app in App::everywhere().await {
        let ada = app.proven("ada").await;
        let library = app.library(&ada, "family").await;
        let ben = app.joins(&library, &ada, "ben", "admin").await;
        let delete = async |person: &Person| {
            let call = app.delete("/api/v1/users/me").bearer(&person.token);
            call.json(&proof()).send().await
        };
        let (one, two) = tokio::join!(delete(&ada), delete(&ben));
        let (gone, held) = if one.status == 200 {
            (one, two)
        } else {
            (two, one)
        };
        gone.ok();
        assert_eq!(held.problem(), (409, "last_admin".into()));
        assert!(held.text.contains(&library) && held.text.contains("Longbourn"));
        let names = app.event_names().await;
        let count = |name: &str| names.iter().filter(|found| *found == name).count();
        assert_eq!((count("AccountDeleted"), count("MemberRemoved")), (1, 1));
    }
}

#[tokio::test]
async fn an_erasure_that_would_orphan_a_library_says_which_and_takes_it_down_when_told_to() {
    for app in App::everywhere().await {
        let ada = app.proven("ada").await;
        let library = app.library(&ada, "family").await;
        app.joins(&library, &ada, "ben", "editor").await;
        let erase = async |body| {
            let call = app.post(path(&ada.account.to_string())).by_admin();
            call.json(&body).send().await
        };
        let before = app.event_names().await;
        let held = erase(json!({ "reason": "legal_duty" })).await;
        assert_eq!(held.problem(), (409, "last_admin".into()));
        assert_eq!(held.json()["errors"][0]["code"], "last_admin");
        assert!(held.text.contains(&library));
        assert_eq!(app.event_names().await, before);
        let all = json!({ "reason": "legal_duty", "libraries": "delete" });
        erase(all.clone()).await.ok();
        let after = app.event_names().await;
        let end = [
            "LibraryDeletionStarted",
            "MemberRemoved",
            "SubjectErased",
            "SessionsRevoked",
            "AccountDeleted",
        ];
        assert!(after.ends_with(&end.map(str::to_owned)), "{after:?}");
        erase(all).await.ok();
        assert_eq!(app.event_names().await, after, "once more");
    }
}

#[tokio::test]
async fn what_a_library_keeps_of_a_removed_member_goes_after_a_year_and_not_with_nothing_else() {
    for app in App::everywhere().await {
        let ada = app.proven("ada").await;
        let library = app.library(&ada, "family").await;
        let ben = app.joins(&library, &ada, "ben", "viewer").await;
        app.delete(format!(
            "/api/v1/libraries/{library}/members/{}",
            ben.account
        ))
        .bearer(&ada.token)
        .send()
        .await
        .ok();
        let removed = app.last("MemberRemoved").await;
        assert_eq!(removed["name"]["subject"], removed["record"]);
        assert_ne!(removed["record"], json!(ben.account));
        let name: Personal<PersonName> = serde_json::from_value(removed["name"].clone()).unwrap();
        let stream = StreamName::new("library.library", &library);
        let accounts = &app.accounts;
        let open = async || {
            accounts
                .sealer()
                .open(&stream, "name", &name)
                .await
                .unwrap()
        };
        assert!(open().await.is_some());
        let removed_at = app.events().await.last().unwrap().recorded_at;
        let purge = async |days: i64| {
            let now = removed_at + SignedDuration::from_hours(24 * days);
            let purged = accounts.erasure().purge_removed_members(now, USUAL_KEEPING);
            purged.await.unwrap()
        };
        assert_eq!((purge(364).await, open().await.is_some()), (0, true));
        assert_eq!((purge(366).await, open().await.is_some()), (1, false));
        let erased = app.last("SubjectErased").await;
        assert_eq!(
            (&erased["account"], &erased["libraries"]),
            (&json!(ben.account), &json!([library]))
        );
        // Ben himself is as he was.
        let me = app.get("/api/v1/users/me/sessions").bearer(&ben.token);
        assert_eq!(me.send().await.status, 200);
    }
}
