//! `/api/v1/internal/import/runs` and `/checkpoints`.
//!
//! Never imports anything: that is the batches'.

use serde_json::{Value, json};

use crate::app::{Answered, App, NOBODY};

const RUNS: &str = "/api/v1/internal/import/runs";

async fn open(app: &App, input: &str) -> Answered {
    app.post(RUNS)
        .by_importer()
        .json(&json!({ "source": "goodbooks", "input": input }))
        .send()
        .await
}

#[tokio::test]
async fn a_run_is_opened_once_and_goes_on_at_its_cursor() {
    for app in App::everywhere().await {
        let first = open(&app, "books.csv").await;
        let id = first.clone().created();
        assert_eq!(
            first.json(),
            json!({ "id": id, "source": "goodbooks", "input": "books.csv", "status": "open",
            "cursor": null, "counts": { "accepted": 0, "unchanged": 0, "rejected": 0 }, "version": 1, "position": 1 })
        );
        let counts = json!({ "accepted": 990, "unchanged": 0, "rejected": 10 });
        let checkpoint = json!({ "cursor": "1000", "counts": counts });
        app.put(format!("{RUNS}/{id}/checkpoint"))
            .by_importer()
            .json(&checkpoint)
            .send()
            .await
            .ok();

        let again = open(&app, "books.csv").await.ok().json();
        assert_eq!(
            (&again["id"], &again["cursor"], &again["counts"]),
            (&json!(id), &json!("1000"), &counts)
        );
        assert_eq!(
            app.get(format!("{RUNS}/{id}"))
                .by_importer()
                .send()
                .await
                .ok()
                .json()["cursor"],
            "1000"
        );

        let back = json!({ "cursor": "2000", "counts": { "accepted": 1, "unchanged": 0, "rejected": 10 } });
        let refused = app
            .put(format!("{RUNS}/{id}/checkpoint"))
            .by_importer()
            .json(&back)
            .send()
            .await;
        assert_eq!(refused.problem(), (422, "counts_went_back".into()));

        app.post(format!("{RUNS}/{id}/complete"))
            .by_importer()
            .send()
            .await
            .ok();
        let ended = app
            .put(format!("{RUNS}/{id}/checkpoint"))
            .by_importer()
            .json(&checkpoint)
            .send()
            .await;
        assert_eq!(ended.problem(), (409, "import_run_ended".into()));
        assert_ne!(open(&app, "books.csv").await.created(), id);
    }
}

#[tokio::test]
async fn an_open_run_is_found_without_opening_one() {
    for app in App::everywhere().await {
        let find = |query: &'static str| {
            let call = app.get(format!("{RUNS}?{query}")).by_importer();
            async { call.send().await }
        };
        let wanted = "source=goodbooks&input=books.csv";
        assert_eq!(find(wanted).await.problem(), (404, "not_found".into()));
        let id = open(&app, "books.csv").await.created();
        let found = find(wanted).await.ok().json();
        assert_eq!((&found["id"], &found["cursor"]), (&json!(id), &Value::Null));
        assert_eq!(
            find("source=goodbooks&input=other.csv").await.problem(),
            (404, "not_found".into())
        );
        assert_eq!(find("source=goodbooks").await.problem().0, 400);
        assert_eq!(
            find("source=goodbooks&input=books.csv&kind=x")
                .await
                .problem()
                .0,
            400
        );
        app.post(format!("{RUNS}/{id}/complete"))
            .by_importer()
            .send()
            .await
            .ok();
        assert_eq!(find(wanted).await.problem(), (404, "not_found".into()));
        assert_eq!(app.events().await.len(), 2);
    }
}

#[tokio::test]
async fn many_who_open_the_same_input_at_once_get_one_run() {
    for app in App::everywhere().await {
        let opened = futures_util::future::join_all((0..10).map(|_| open(&app, "books.csv"))).await;
        let ids: std::collections::BTreeSet<String> = opened
            .iter()
            .map(|answer| answer.json()["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(ids.len(), 1);
        assert_eq!(
            opened
                .iter()
                .filter(|answer| answer.status.as_u16() == 201)
                .count(),
            1
        );
    }
}

#[tokio::test]
async fn an_abandoned_run_can_be_opened_anew() {
    let app = App::embedded().await;
    let id = open(&app, "books.csv").await.created();
    app.post(format!("{RUNS}/{id}/abandon"))
        .by_importer()
        .json(&json!({ "reason": "wrong file" }))
        .send()
        .await
        .ok();
    assert_eq!(
        app.get(format!("{RUNS}/{id}"))
            .by_importer()
            .send()
            .await
            .ok()
            .json()["status"],
        "abandoned"
    );
    open(&app, "books.csv").await.created();
}

#[tokio::test]
async fn an_unknown_run_is_not_found_and_bad_texts_are_refused() {
    let app = App::embedded().await;
    assert_eq!(
        app.get(format!("{RUNS}/{NOBODY}"))
            .by_importer()
            .send()
            .await
            .problem(),
        (404, "not_found".into())
    );
    let open = |body: Value| app.post(RUNS).by_importer().json(&body).send();
    assert_eq!(
        open(json!({ "source": "Good Books", "input": "x" }))
            .await
            .problem(),
        (422, "bad_source".into())
    );
    assert_eq!(
        open(json!({ "source": "s", "input": " " })).await.problem(),
        (422, "bad_text".into())
    );
    assert_eq!(
        open(json!({ "source": "s", "input": "x".repeat(501) }))
            .await
            .problem(),
        (422, "bad_text".into())
    );
}

#[tokio::test]
async fn a_source_keeps_one_cursor_for_importers_that_know_no_runs() {
    for app in App::everywhere().await {
        let path = "/api/v1/internal/import/checkpoints/rpc";
        assert_eq!(
            app.get(path).by_importer().send().await.problem(),
            (404, "not_found".into())
        );
        for cursor in ["page-1", "page-2"] {
            let written = app
                .put(path)
                .by_importer()
                .json(&json!({ "cursor": cursor }))
                .send()
                .await
                .ok()
                .json();
            let run = app.get(path).by_importer().send().await.ok().json();
            for (field, expected) in [
                ("cursor", json!(cursor)),
                ("source", json!("rpc")),
                ("input", json!("checkpoint")),
                ("status", json!("open")),
                ("id", written["id"].clone()),
                ("version", written["version"].clone()),
            ] {
                assert_eq!(run[field], expected, "{field}");
            }
            assert_eq!(written["cursor"], cursor);
        }
        assert_eq!(
            app.event_names().await,
            [
                "ImportRunOpened",
                "ImportRunCheckpointed",
                "ImportRunCheckpointed"
            ]
        );
        let run = app.get(path).by_importer().send().await.ok().json();
        let abandon = format!("{RUNS}/{}/abandon", run["id"].as_str().unwrap());
        app.post(abandon)
            .by_importer()
            .json(&json!({ "reason": "begin anew" }))
            .send()
            .await
            .ok();
        assert_eq!(
            app.get(path).by_importer().send().await.problem(),
            (404, "not_found".into())
        );
    }
}
