//! `/api/v1/titles`.
//!
//! What a title decides is tested beside it; here is what a client sees of it.

use serde_json::json;

use crate::app::{App, NOBODY};

#[tokio::test]
async fn a_title_is_added_edited_hidden_and_shown() {
    for app in App::everywhere().await {
        let body = json!({ "kind": "book", "name": "Emma", "authors": ["Jane Austen"], "year": 1815, "language": "eng",
            "rating": { "hundredths": 401, "votes": 17 } });
        let added = app
            .post("/api/v1/titles")
            .by_curator()
            .json(&body)
            .send()
            .await;
        let id = added.clone().created();
        assert_eq!(
            added.json(),
            json!({ "id": id, "version": 1, "position": 1, "slug": "emma" })
        );
        assert_eq!(added.header("location"), format!("/api/read/titles/{id}"));
        assert_eq!(
            (added.header("etag"), added.header("accession-position")),
            ("\"1\"", "1")
        );

        let path = format!("/api/v1/titles/{id}");
        let edit = json!({ "year": 1816, "description": "Handsome, clever, and rich." });
        let edited = app
            .patch(&path)
            .by_curator()
            .json(&edit)
            .if_match("\"1\"")
            .send()
            .await
            .ok();
        assert_eq!(
            (edited.version(), edited.position(), edited.header("etag")),
            (2, 2, "\"2\"")
        );

        app.patch(&path)
            .by_curator()
            .json(&json!({ "description": null }))
            .send()
            .await
            .ok();
        app.post(format!("{path}/deactivate"))
            .by_curator()
            .json(&json!({ "reason": "a duplicate" }))
            .send()
            .await
            .ok();
        app.post(format!("{path}/activate"))
            .by_curator()
            .send()
            .await
            .ok();
        app.post(format!("{path}/reclassify"))
            .by_curator()
            .json(&json!({ "kind": "film" }))
            .send()
            .await
            .ok();
        app.put(format!("{path}/locks/release_year"))
            .by_admin()
            .send()
            .await
            .ok();
        let unlocked = app
            .delete(format!("{path}/locks/year"))
            .by_curator()
            .send()
            .await
            .ok();
        assert_eq!(unlocked.version(), 8);
        assert_eq!(
            app.event_names().await,
            [
                "TitleAdded",
                "TitleFactsAsserted",
                "TitleFactsWithdrawn",
                "TitleDeactivated",
                "TitleActivated",
                "TitleReclassified",
                "TitleFieldLocked",
                "TitleFieldUnlocked",
            ]
        );
        let metadata = app.events().await[0].parsed_metadata();
        assert_eq!(metadata.actor.as_deref(), Some("curator:ana"));
        assert_eq!(metadata.trace.map(|trace| trace.len()), Some(32));
    }
}

#[tokio::test]
async fn what_changes_nothing_is_answered_with_the_present_version() {
    for app in App::everywhere().await {
        let id = app.book("Emma").await;
        let path = format!("/api/v1/titles/{id}");
        let same = app
            .patch(&path)
            .by_curator()
            .json(&json!({ "name": "Emma" }))
            .send()
            .await
            .ok();
        assert_eq!((same.version(), same.position()), (1, 1));
        assert_eq!(
            app.post(format!("{path}/activate"))
                .by_curator()
                .send()
                .await
                .ok()
                .version(),
            1
        );
        assert_eq!(app.events().await.len(), 1);
    }
}

#[tokio::test]
async fn a_stale_version_is_refused_and_writes_nothing() {
    for app in App::everywhere().await {
        let path = format!("/api/v1/titles/{}", app.book("Emma").await);
        let edit = |year: u32| app.patch(&path).by_curator().json(&json!({ "year": year }));
        edit(1815).if_match("\"1\"").send().await.ok();
        let stale = edit(1816).if_match("\"1\"").send().await;
        assert_eq!(stale.problem(), (412, "stale_version".into()));
        edit(1816).if_match("*").send().await.ok();
        assert_eq!(
            edit(1817).if_match("W/\"3\"").send().await.problem(),
            (400, "bad_if_match".into())
        );
        assert_eq!(app.events().await.len(), 3);
    }
}

#[tokio::test]
async fn a_slug_derived_from_the_name_gets_a_number_and_an_asked_one_is_refused_when_taken() {
    for app in App::everywhere().await {
        let first = app.book("Emma").await;
        let add = |body| app.post("/api/v1/titles").by_curator().json(&body).send();
        for number in 1..=9 {
            let slug = add(json!({ "kind": "book", "name": "Emma" })).await.json()["slug"]
                .as_str()
                .unwrap()
                .to_owned();
            let expected = if number <= 8 {
                format!("emma-{number}")
            } else {
                slug.clone()
            };
            assert_eq!(slug, expected);
            assert!(slug.starts_with("emma-"), "{slug}");
        }
        let taken = add(json!({ "kind": "book", "name": "Emma", "slug": "emma" })).await;
        assert_eq!(taken.problem(), (409, "slug_taken".into()));
        assert!(
            taken.json()["detail"].as_str().unwrap().contains(&first),
            "{taken:?}"
        );
        assert_eq!(taken.faults(), [("slug".into(), "slug_taken".into())]);
    }
}

#[tokio::test]
async fn a_slug_changes_and_the_former_one_stays_taken() {
    for app in App::everywhere().await {
        let id = app.book("Emma").await;
        let other = app.book("Persuasion").await;
        let slug = |id: &str, slug: &str| {
            app.put(format!("/api/v1/titles/{id}/slug"))
                .by_curator()
                .json(&json!({ "slug": slug }))
                .send()
        };
        let changed = slug(&id, "emma-1815").await.ok();
        assert_eq!(changed.json()["slug"], "emma-1815");
        assert_eq!(
            slug(&other, "emma").await.problem(),
            (409, "slug_taken".into())
        );
        assert_eq!(
            slug(&other, "Emma!").await.faults(),
            [("slug".into(), "bad_slug".into())]
        );
        slug(&id, "emma").await.ok();
    }
}

#[tokio::test]
async fn titles_of_the_same_name_posted_at_once_all_get_slugs_of_their_own() {
    for app in App::everywhere().await {
        let body = json!({ "kind": "book", "name": "Poems" });
        let posts = (0..20).map(|_| app.post("/api/v1/titles").by_curator().json(&body).send());
        let answers = futures_util::future::join_all(posts).await;
        let mut slugs: Vec<_> = answers
            .iter()
            .map(|answer| answer.json()["slug"].as_str().unwrap().to_owned())
            .collect();
        slugs.sort();
        slugs.dedup();
        assert_eq!(slugs.len(), 20);
    }
}

#[tokio::test]
async fn fields_at_fault_are_all_named() {
    let app = App::embedded().await;
    let body = json!({ "kind": "book", "name": " ", "slug": "Not A Slug", "year": 9999, "language": "xx-xx-xx",
        "poster": "javascript:alert(1)", "authors": ["Jane Austen", ""], "rating": { "hundredths": 501, "votes": 1 } });
    let answer = app
        .post("/api/v1/titles")
        .by_curator()
        .json(&body)
        .send()
        .await;
    assert_eq!(answer.problem(), (422, "invalid_request".into()));
    let fields: Vec<_> = answer
        .faults()
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert_eq!(
        fields,
        [
            "slug", "name", "authors", "year", "language", "poster", "rating"
        ]
    );
    assert!(app.events().await.is_empty());
}

#[tokio::test]
async fn an_unknown_title_or_field_is_not_found() {
    for app in App::everywhere().await {
        for id in [NOBODY, "not-an-id", "%20"] {
            let answer = app
                .patch(format!("/api/v1/titles/{id}"))
                .by_curator()
                .json(&json!({ "year": 1 }))
                .send()
                .await;
            assert_eq!(answer.problem(), (404, "not_found".into()));
        }
        let id = app.book("Emma").await;
        let lock = app
            .put(format!("/api/v1/titles/{id}/locks/naem"))
            .by_curator()
            .send()
            .await;
        assert_eq!(lock.problem(), (404, "not_found".into()));
        assert!(
            lock.json()["detail"]
                .as_str()
                .unwrap()
                .contains("did you mean"),
            "{lock:?}"
        );
        let stale = app
            .post(format!("/api/v1/titles/{NOBODY}/activate"))
            .by_curator()
            .if_match("\"1\"")
            .send()
            .await;
        assert_eq!(stale.problem(), (404, "not_found".into()));
    }
}

#[tokio::test]
async fn the_last_name_cannot_be_taken_back() {
    let app = App::embedded().await;
    let path = format!("/api/v1/titles/{}", app.book("Emma").await);
    let answer = app
        .patch(path)
        .by_curator()
        .json(&json!({ "name": null }))
        .send()
        .await;
    assert_eq!(answer.problem(), (422, "name_needed".into()));
}

#[tokio::test]
async fn a_version_of_something_new_cannot_have_been_seen() {
    let app = App::embedded().await;
    let body = json!({ "kind": "book", "name": "Emma" });
    let answer = app
        .post("/api/v1/titles")
        .by_curator()
        .json(&body)
        .if_match("\"1\"")
        .send()
        .await;
    assert_eq!(answer.problem(), (412, "stale_version".into()));
    app.post("/api/v1/titles")
        .by_curator()
        .json(&body)
        .if_match("*")
        .send()
        .await
        .created();
}
