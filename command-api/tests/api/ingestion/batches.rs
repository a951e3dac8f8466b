//! `POST /api/v1/internal/import/{titles,editions,episodes,sources}:batch`.
//!
//! Every batch here is small; how fast large ones are is measured elsewhere.

use serde_json::{Value, json};

use crate::app::{App, NOBODY};

fn title(id: &str, name: &str) -> Value {
    json!({ "source": "goodbooks", "source_id": id, "kind": "book", "name": name })
}

fn edition(source: &str, id: &str, title: &str, isbn: &str) -> Value {
    json!({ "source": source, "source_id": id, "title_source_id": title, "isbn": isbn })
}

fn episode(source: &str, title: &str, number: u32) -> Value {
    json!({ "source": source, "title_source_id": title, "source_episode_id": format!("{title}:{number}"),
        "number": number, "name": format!("Episode {number}") })
}

fn statuses(results: &[Value]) -> Vec<String> {
    let told = |result: &Value| match result["code"].as_str() {
        Some(code) => code.to_owned(),
        None => result["status"].as_str().unwrap().to_owned(),
    };
    results.iter().map(told).collect()
}

#[tokio::test]
async fn a_batch_is_imported_and_the_same_again_makes_no_event() {
    for app in App::everywhere().await {
        let items = json!([title("1", "Emma"), title("2", "Persuasion")]);
        assert_eq!(
            statuses(&app.import("titles", items.clone()).await),
            ["accepted", "accepted"]
        );
        let position = app.events().await.len();
        let again = app.import("titles", items).await;
        assert_eq!(statuses(&again), ["unchanged", "unchanged"]);
        assert!(again[0]["id"].is_string());
        assert_eq!(app.events().await.len(), position);
        let changed = app
            .import(
                "titles",
                json!([title("1", "EMMA"), title("2", "Persuasion")]),
            )
            .await;
        assert_eq!(statuses(&changed), ["accepted", "unchanged"]);
    }
}

#[tokio::test]
async fn a_preview_tells_what_would_happen_and_writes_nothing() {
    for app in App::everywhere().await {
        app.import(
            "titles",
            json!([title("1", "Emma"), title("2", "Persuasion")]),
        )
        .await;
        let before = app.events().await.len();
        let nameless = json!({ "source": "goodbooks", "source_id": "4", "kind": "book" });
        let items = json!([
            title("1", "Emma"),
            title("2", "PERSUASION"),
            title("3", "Sanditon"),
            nameless
        ]);
        let preview = json!({ "preview": true, "items": items });
        for _ in 0..2 {
            let answer = app
                .post("/api/v1/internal/import/titles:batch")
                .by_importer()
                .key("the-same-key")
                .json(&preview)
                .send()
                .await
                .ok()
                .json();
            let results = answer["results"].as_array().unwrap();
            assert_eq!(
                statuses(results),
                ["unchanged", "accepted", "accepted", "missing"]
            );
            assert_eq!(answer["position"], before);
        }
        assert_eq!(app.events().await.len(), before);
        let real = app.import("titles", items).await;
        assert_eq!(
            statuses(&real),
            ["unchanged", "accepted", "accepted", "missing"]
        );
    }
}

#[tokio::test]
async fn one_bad_item_does_not_hold_up_the_others() {
    for app in App::everywhere().await {
        let results = app
            .import("titles", json!([
                title("1", "Emma"),
                { "source": "goodbooks", "source_id": "2", "kind": "book" },
                { "source": "goodbooks", "source_id": "3", "kind": "book", "name": "X", "yeer": 1 },
                { "source": "goodbooks", "source_id": "4", "kind": "book", "name": "" },
                { "source": "Good Books", "source_id": "5", "kind": "book", "name": "X" },
                { "source": "goodbooks", "source_id": "6", "name": "X" },
                5,
                title("8", "Persuasion"),
            ]))
            .await;
        let expected = [
            "accepted",
            "missing",
            "unknown_field",
            "empty",
            "bad_source",
            "missing",
            "wrong_type",
            "accepted",
        ];
        assert_eq!(statuses(&results), expected);
        assert_eq!(
            results
                .iter()
                .map(|result| result["index"].as_u64().unwrap())
                .collect::<Vec<_>>(),
            (0..8).collect::<Vec<_>>()
        );
        assert!(
            results[2]["detail"]
                .as_str()
                .unwrap()
                .contains("did you mean `year`?"),
            "{}",
            results[2]
        );
    }
}

#[tokio::test]
async fn two_items_of_one_batch_about_the_same_record_or_slug_meet() {
    for app in App::everywhere().await {
        let results = app
            .import(
                "titles",
                json!([
                    title("1", "Emma"),
                    title("1", "Emma"),
                    title("1", "EMMA"),
                    title("2", "Emma")
                ]),
            )
            .await;
        assert_eq!(
            statuses(&results),
            ["accepted", "unchanged", "accepted", "accepted"]
        );
        assert_eq!(
            (&results[0]["id"], &results[0]["id"]),
            (&results[1]["id"], &results[2]["id"])
        );
        let events = app.events().await;
        let slugs: Vec<Value> = events
            .iter()
            .filter(|event| &*event.event_type == "TitleAdded")
            .map(|event| {
                serde_json::from_str::<Value>(&event.payload).unwrap()["TitleAdded"]["slug"].clone()
            })
            .collect();
        assert_eq!(slugs, ["emma", "emma-1"]);
    }
}

#[tokio::test]
async fn more_than_eight_titles_of_one_name_still_get_slugs() {
    for app in App::everywhere().await {
        let items: Vec<_> = (0..12)
            .map(|number| title(&number.to_string(), "Poems"))
            .collect();
        assert!(
            statuses(&app.import("titles", items.into()).await)
                .iter()
                .all(|status| status == "accepted")
        );
        let more: Vec<_> = (12..15)
            .map(|number| title(&number.to_string(), "Poems"))
            .collect();
        assert!(
            statuses(&app.import("titles", more.into()).await)
                .iter()
                .all(|status| status == "accepted")
        );
    }
}

#[tokio::test]
async fn an_edition_joins_that_of_another_source_by_isbn_and_is_refused_within_its_own() {
    for app in App::everywhere().await {
        let other =
            json!({ "source": "openlib", "source_id": "OL1", "kind": "book", "name": "Emma" });
        app.import(
            "titles",
            json!([title("1", "Emma"), title("2", "Persuasion"), other]),
        )
        .await;
        let isbn = "9780439023481";
        let first = app
            .import("editions", json!([edition("goodbooks", "e1", "1", isbn)]))
            .await;
        assert_eq!(statuses(&first), ["accepted"]);
        let results = app
            .import(
                "editions",
                json!([
                    edition("openlib", "OLe1", "OL1", "0439023483"),
                    edition("goodbooks", "e2", "2", isbn),
                    edition("goodbooks", "e3", "99", "9780439023498"),
                    edition("goodbooks", "e4", "1", "9780439023482"),
                ]),
            )
            .await;
        assert_eq!(
            statuses(&results),
            ["accepted", "isbn_taken", "unknown_title", "bad_isbn"]
        );
        assert_eq!(results[0]["id"], first[0]["id"], "joined");
        let id = first[0]["id"].as_str().unwrap();
        assert!(
            results[1]["detail"].as_str().unwrap().contains(id),
            "{}",
            results[1]
        );
        let again = app
            .import(
                "editions",
                json!([edition("openlib", "OLe1", "OL1", "0439023483")]),
            )
            .await;
        assert_eq!(statuses(&again), ["unchanged"]);
    }
}

#[tokio::test]
async fn two_editions_of_one_batch_with_one_isbn_meet_too() {
    for app in App::everywhere().await {
        let other =
            json!({ "source": "openlib", "source_id": "OL1", "kind": "book", "name": "Emma" });
        app.import("titles", json!([title("1", "Emma"), other]))
            .await;
        let isbn = "9780439023481";
        let results = app
            .import(
                "editions",
                json!([
                    edition("goodbooks", "e1", "1", isbn),
                    edition("openlib", "OLe1", "OL1", isbn),
                    edition("goodbooks", "e2", "1", isbn),
                ]),
            )
            .await;
        assert_eq!(statuses(&results), ["accepted", "accepted", "isbn_taken"]);
        assert_eq!(results[0]["id"], results[1]["id"]);
    }
}

#[tokio::test]
async fn episodes_and_sources_find_their_parents() {
    for app in App::everywhere().await {
        app.import("titles", json!([title("1", "A"), title("2", "B")]))
            .await;
        let results = app
            .import("episodes", json!([
                episode("goodbooks", "1", 1),
                episode("goodbooks", "1", 2),
                episode("goodbooks", "9", 1),
                { "source": "goodbooks", "title_source_id": "2", "source_episode_id": "1:1", "number": 1 },
                { "source": "goodbooks", "title_source_id": "1", "source_episode_id": "other", "number": 1 },
            ]))
            .await;
        let expected = [
            "accepted",
            "accepted",
            "unknown_title",
            "episode_of_other_title",
            "episode_number_taken",
        ];
        assert_eq!(statuses(&results), expected);
        let source = |episode: &str, name: &str| {
            json!({ "source": "goodbooks", "title_source_id": "1",
            "source_episode_id": episode, "kind": "mp4", "url": "https://v.example/1.mp4", "name": name, "priority": 1 })
        };
        let items = json!([
            source("1:1", "a"),
            source("1:1", "b"),
            source("1:1", "a"),
            source("1:9", "a")
        ]);
        let results = app.import("sources", items.clone()).await;
        assert_eq!(
            statuses(&results),
            ["accepted", "accepted", "unchanged", "unknown_episode"]
        );
        let again = app.import("sources", items).await;
        assert_eq!(
            statuses(&again),
            ["unchanged", "unchanged", "unchanged", "unknown_episode"]
        );
    }
}

#[tokio::test]
async fn an_episode_of_another_source_joins_by_title_and_number() {
    for app in App::everywhere().await {
        app.import("titles", json!([title("1", "A")])).await;
        let series = app
            .import("episodes", json!([episode("goodbooks", "1", 1)]))
            .await;
        let id = series[0]["id"].as_str().unwrap();
        let title_id = {
            let added = app.events().await;
            added[0].stream.aggregate_id.to_string()
        };
        let by_curator = app.episode(&title_id, 2).await;
        let joined = app
            .import(
                "episodes",
                json!([episode("goodbooks", "1", 2), episode("goodbooks", "1", 1)]),
            )
            .await;
        assert_eq!(statuses(&joined), ["accepted", "unchanged"]);
        assert_eq!(
            (joined[0]["id"].as_str(), joined[1]["id"].as_str()),
            (Some(by_curator.as_str()), Some(id))
        );
    }
}

#[tokio::test]
async fn what_a_curator_said_is_still_said_after_an_import_and_locks_hold() {
    for app in App::everywhere().await {
        let first = app.import("titles", json!([title("1", "Emma")])).await;
        let id = first[0]["id"].as_str().unwrap();
        let path = format!("/api/v1/titles/{id}");
        app.patch(&path)
            .by_curator()
            .json(&json!({ "name": "Emma (1815)" }))
            .send()
            .await
            .ok();
        app.import("titles", json!([title("1", "EMMA")])).await;
        let events = app.events().await;
        let said: Vec<bool> = events
            .iter()
            .map(|event| event.payload.contains("\"authority\":\"curator\""))
            .collect();
        assert_eq!(
            said,
            [false, true, false],
            "both statements stand side by side; nobody's was taken back"
        );
    }
}

#[tokio::test]
async fn rejected_items_are_noted_on_the_run_once() {
    for app in App::everywhere().await {
        let new_run = json!({ "source": "goodbooks", "input": "f" });
        let run = app
            .post("/api/v1/internal/import/runs")
            .by_importer()
            .json(&new_run)
            .send()
            .await
            .created();
        let body =
            json!({ "run_id": run, "items": [title("1", "Emma"), title("2", ""), { "name": 5 }] });
        for _ in 0..2 {
            app.post("/api/v1/internal/import/titles:batch")
                .by_importer()
                .json(&body)
                .send()
                .await
                .ok();
        }
        assert_eq!(
            app.event_names().await,
            ["ImportRunOpened", "TitleAdded", "ImportItemsRejected"]
        );
        let events = app.events().await;
        assert_eq!(
            events[1].parsed_metadata().import_run.as_deref(),
            Some(run.as_str())
        );
        assert!(
            events[1].payload.contains(&run),
            "the provenance names the run"
        );
        let noted: Value = serde_json::from_str(&events[2].payload).unwrap();
        let items = &noted["ImportItemsRejected"]["items"];
        assert_eq!(
            (&items[0]["record"], &items[0]["code"]),
            (&json!("2"), &json!("empty"))
        );
        assert_eq!(items[1]["record"], "item 2");
    }
}

#[tokio::test]
async fn a_run_that_is_not_there_or_has_ended_takes_no_batch() {
    let app = App::embedded().await;
    let send = |run: &str| {
        let body = json!({ "run_id": run, "items": [title("1", "Emma")] });
        app.post("/api/v1/internal/import/titles:batch")
            .by_importer()
            .json(&body)
            .send()
    };
    assert_eq!(send(NOBODY).await.problem(), (422, "unknown_run".into()));
    assert_eq!(send("x").await.status.as_u16(), 422);
    let new_run = json!({ "source": "goodbooks", "input": "f" });
    let run = app
        .post("/api/v1/internal/import/runs")
        .by_importer()
        .json(&new_run)
        .send()
        .await
        .created();
    app.post(format!("/api/v1/internal/import/runs/{run}/complete"))
        .by_importer()
        .send()
        .await
        .ok();
    assert_eq!(send(&run).await.problem(), (422, "import_run_ended".into()));
    assert!(!app.event_names().await.contains(&"TitleAdded".to_owned()));
}

#[tokio::test]
async fn a_batch_holds_one_to_a_thousand_items() {
    let app = App::embedded().await;
    for (count, code) in [(0, "empty"), (1001, "too_many")] {
        let items: Vec<_> = (0..count)
            .map(|number| title(&number.to_string(), "A"))
            .collect();
        let body = json!({ "items": items });
        let answer = app
            .post("/api/v1/internal/import/titles:batch")
            .by_importer()
            .json(&body)
            .send()
            .await;
        assert_eq!(answer.faults(), [("items".into(), code.into())]);
    }
}

#[tokio::test]
async fn batches_at_the_same_time_about_the_same_records_end_with_one_title_each() {
    for app in App::everywhere().await {
        let items: Vec<_> = (0..50)
            .map(|number| title(&number.to_string(), "Poems"))
            .collect();
        let batches = (0..3).map(|_| app.import("titles", Value::from(items.clone())));
        let results = futures_util::future::join_all(batches).await;
        let mut ids: Vec<_> = results
            .iter()
            .flatten()
            .map(|result| result["id"].as_str().unwrap())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 50);
        let added = app
            .event_names()
            .await
            .iter()
            .filter(|name| *name == "TitleAdded")
            .count();
        assert_eq!(added, 50);
    }
}
