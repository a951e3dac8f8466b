//! `POST /api/v1/admin/import-runs/{id}/undo`.
//!
//! What an undo of one change decides is tested beside the aggregates; here is what a whole run comes to.

use serde_json::{Value, json};

use crate::app::{Answered, App, NOBODY};

const RUNS: &str = "/api/v1/internal/import/runs";

async fn undo(app: &App, run: &str, body: Value) -> Answered {
    let path = format!("/api/v1/admin/import-runs/{run}/undo");
    app.post(path).by_admin().json(&body).send().await
}

async fn import(app: &App, run: &str, what: &str, items: Value) -> Vec<Value> {
    let body = json!({ "run_id": run, "items": items });
    let path = format!("/api/v1/internal/import/{what}:batch");
    let answered = app.post(path).by_importer().json(&body).send().await.ok();
    answered.json()["results"].as_array().unwrap().clone()
}

async fn complete(app: &App, run: &str) {
    let call = app.post(format!("{RUNS}/{run}/complete")).by_importer();
    call.json(&json!({})).send().await.ok();
}

/// A run that has brought in two titles, an edition of the first and an episode of the second; the ids of the titles.
async fn imported(app: &App) -> (String, Vec<String>) {
    let opened = app.post(RUNS).by_importer();
    let opened = opened.json(&json!({ "source": "goodbooks", "input": "f" }));
    let run = opened.send().await.created();
    let title = |id: &str, kind: &str| json!({ "source": "goodbooks", "source_id": id, "kind": kind, "name": format!("Name {id}") });
    let titles = import(
        app,
        &run,
        "titles",
        json!([title("1", "book"), title("2", "series")]),
    )
    .await;
    let edition = json!({ "source": "goodbooks", "source_id": "1", "title_source_id": "1", "isbn": "9780439023481" });
    import(app, &run, "editions", json!([edition])).await;
    let episode = json!({ "source": "goodbooks", "title_source_id": "2", "source_episode_id": "2:1", "number": 1 });
    import(app, &run, "episodes", json!([episode])).await;
    let ids = titles
        .iter()
        .map(|title| title["id"].as_str().unwrap().to_owned());
    (run, ids.collect())
}

#[tokio::test]
async fn a_run_is_taken_back_once_the_latest_change_first_and_marked() {
    for app in App::everywhere().await {
        let (run, _) = imported(&app).await;
        complete(&app, &run).await;
        let before = app.event_names().await;
        let done = undo(&app, &run, json!({ "reason": "wrong file" }))
            .await
            .ok()
            .json();
        assert_eq!(
            done,
            json!({ "undone": 4, "settled": 0, "kept": [], "next_cursor": null })
        );
        let mut after: Vec<String> = app.event_names().await.split_off(before.len());
        assert_eq!(after.pop().unwrap(), "ImportRunUndone");
        assert_eq!(
            &after[..2],
            ["EditionWithdrawn", "EpisodeDetached"],
            "{after:?}"
        );
        assert!(
            after[2..].iter().any(|name| name == "TitleDeactivated"),
            "{after:?}"
        );
        let undone = app.events().await;
        let metadata = undone[before.len()].parsed_metadata();
        assert_eq!(metadata.reason.as_deref(), Some("wrong file"));
        assert_eq!(metadata.undone_positions().len(), 1);

        let count = undone.len();
        let again = undo(&app, &run, json!({ "reason": "wrong file" }))
            .await
            .ok()
            .json();
        assert_eq!(
            again,
            json!({ "undone": 0, "settled": 4, "kept": [], "next_cursor": null })
        );
        assert_eq!(app.events().await.len(), count);
        let told = app
            .get(format!("{RUNS}/{run}"))
            .by_importer()
            .send()
            .await
            .ok();
        assert_eq!(told.json()["status"], "undone");
    }
}

#[tokio::test]
async fn what_somebody_has_built_upon_stays_and_is_told() {
    let app = App::embedded().await;
    let (run, titles) = imported(&app).await;
    complete(&app, &run).await;
    let edition = json!({ "title_id": titles[0], "isbn": "9780439023511" });
    let edition = app.post("/api/v1/editions").by_curator().json(&edition);
    let edition = edition.send().await;
    let position = edition.position();
    let edition = edition.created();
    let renamed = app
        .patch(format!("/api/v1/titles/{}", titles[1]))
        .by_curator();
    renamed
        .json(&json!({ "name": "A curator's name" }))
        .send()
        .await
        .ok();

    let done = undo(&app, &run, json!({ "reason": "wrong file" }))
        .await
        .ok()
        .json();
    let kept = done["kept"].as_array().unwrap();
    let of = [&kept[0]["of"], &kept[1]["of"]];
    assert_eq!(
        of,
        [
            &json!(format!("title {}", titles[1])),
            &json!(format!("title {}", titles[0]))
        ],
        "the latest first"
    );
    assert_eq!((kept.len(), &kept[1]["code"]), (2, &json!("undo_conflict")));
    let renamed = kept[0]["detail"].as_str().unwrap();
    assert!(renamed.contains("name"), "{renamed}");
    let detail = kept[1]["detail"].as_str().unwrap();
    assert!(
        detail.contains(&edition) && detail.contains(&position.to_string()),
        "{detail}"
    );
    // Nothing that the curator said was said anew, or taken back.
    let events = app.events().await;
    let later = events
        .iter()
        .filter(|event| event.position.get() > position + 1);
    for event in later {
        assert!(!event.payload.contains("A curator's name"), "{event:?}");
        assert!(event.stream.aggregate_id.as_ref() != edition, "{event:?}");
    }
}

#[tokio::test]
async fn a_run_is_taken_back_page_by_page_and_marked_when_all_of_it_was_looked_at() {
    let app = App::embedded().await;
    let (run, _) = imported(&app).await;
    complete(&app, &run).await;
    let (mut cursor, mut undone, mut pages) = (json!(null), 0, 0);
    loop {
        let page = json!({ "reason": "wrong file", "limit": 2, "cursor": cursor });
        let page = undo(&app, &run, page).await.ok().json();
        undone += page["undone"].as_u64().unwrap();
        assert_eq!(page["kept"], json!([]), "{page}");
        pages += 1;
        let names = app.event_names().await;
        let is_marked = names.iter().any(|name| name == "ImportRunUndone");
        cursor = page["next_cursor"].clone();
        assert_eq!(is_marked, cursor.is_null(), "after page {pages}");
        if cursor.is_null() {
            break;
        }
    }
    assert!(undone == 4 && pages > 2, "{undone} in {pages} pages");
}

#[tokio::test]
async fn a_place_that_nobody_handed_out_is_refused_and_nothing_is_taken_back() {
    let app = App::embedded().await;
    let (run, _) = imported(&app).await;
    complete(&app, &run).await;
    let count = app.events().await.len();
    for cursor in ["2", "", "AAAAAAAAAAIAAAAAAAAAAA"] {
        let chosen = undo(&app, &run, json!({ "reason": "r", "cursor": cursor })).await;
        assert_eq!(chosen.status.as_u16(), 422, "{cursor}");
        assert_eq!(chosen.json()["errors"][0]["code"], "invalid_cursor");
    }
    let none = undo(&app, &run, json!({ "reason": "r", "limit": 0 })).await;
    assert_eq!(none.status.as_u16(), 422);
    assert_eq!(app.events().await.len(), count);
}

#[tokio::test]
async fn a_run_that_goes_on_or_is_not_there_is_not_taken_back() {
    let app = App::embedded().await;
    let (run, _) = imported(&app).await;
    let count = app.events().await.len();
    let reason = || json!({ "reason": "wrong file" });
    let open = undo(&app, &run, reason()).await;
    assert_eq!(open.problem(), (409, "import_run_open".into()));
    let unknown = undo(&app, NOBODY, reason()).await;
    assert_eq!(unknown.problem(), (404, "not_found".into()));
    let nonsense = undo(&app, "nonsense", reason()).await;
    assert_eq!(nonsense.problem(), (404, "not_found".into()));
    complete(&app, &run).await;
    let silent = undo(&app, &run, json!({ "reason": "" })).await;
    assert_eq!(silent.status.as_u16(), 422);
    assert_eq!(app.events().await.len(), count + 1);
}
