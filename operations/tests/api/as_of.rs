//! What a document said then, and the questions that have no answer.
//!
//! That the answer is what the read API said is proved where both are running, by the journeys of the binary.

use accession_event_log::{Append, NewEvent, Outcome, StreamWrite};
use accession_events::StreamName;
use accession_events::ids::EventId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::App;

const TITLE: &str = "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c";
const EDITION: &str = "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5d";

/// Writes one event; its type is the payload's only key.
async fn happened(app: &App, aggregate: &str, id: &str, expected_version: u64, event: Value) {
    let event_type = event.as_object().unwrap().keys().next().unwrap().clone();
    let version = if event_type == "TitleAdded" { 2 } else { 1 };
    let append = Append {
        writes: vec![StreamWrite {
            stream: StreamName::new(aggregate, id),
            expected_version,
            events: vec![NewEvent {
                id: EventId::new(Uuid::now_v7()),
                event_type: event_type.into(),
                event_version: version,
                payload: event.to_string(),
            }],
            claims: Vec::new(),
        }],
        metadata: json!({ "actor": "curator:ana" }).to_string(),
        idempotency: None,
    };
    let outcome = app.log.append(&[append]).await.unwrap().remove(0);
    assert!(matches!(outcome, Outcome::Committed(_)), "{outcome:?}");
}

fn named(name: &str) -> Value {
    json!({ "provenance": { "source": "curator:ana", "authority": "curator" },
        "facts": [{ "field": "name", "value": name }] })
}

/// Two names, an edition between them, and another title that has nothing to do with it.
async fn emma() -> App {
    let app = App::start().await;
    let mut added = named("Emma");
    added["kind"] = json!("book");
    added["slug"] = json!("emma");
    happened(
        &app,
        "catalog.title",
        TITLE,
        0,
        json!({ "TitleAdded": added }),
    )
    .await;
    added["slug"] = json!("other");
    let other = Uuid::from_u128(5).to_string();
    happened(
        &app,
        "catalog.title",
        &other,
        0,
        json!({ "TitleAdded": added }),
    )
    .await;
    let mut edition = named("Emma, illustrated");
    edition["title_id"] = json!(TITLE);
    happened(
        &app,
        "catalog.edition",
        EDITION,
        0,
        json!({ "EditionAdded": edition }),
    )
    .await;
    let renamed = json!({ "TitleFactsAsserted": named("Emma (novel)") });
    happened(&app, "catalog.title", TITLE, 1, renamed).await;
    app
}

async fn asked(app: &App, path: &str) -> Value {
    let answer = app.get(&format!("/api/v1/admin/as-of/{path}")).await;
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer.json
}

#[tokio::test]
async fn a_title_page_has_what_was_there_by_then_and_nothing_later() {
    let app = emma().await;
    for (position, name, editions) in [
        (1, "Emma", 0),
        (2, "Emma", 0),
        (3, "Emma", 1),
        (4, "Emma (novel)", 1),
    ] {
        let page = asked(&app, &format!("title/{TITLE}?position={position}")).await;
        assert_eq!(page["name"], name, "at {position}");
        assert_eq!(
            page["editions"].as_array().unwrap().len(),
            editions,
            "at {position}"
        );
    }
    let edition = asked(&app, &format!("edition/{EDITION}?position=4")).await;
    assert_eq!(edition["name"], "Emma, illustrated");
    let trail = asked(&app, &format!("provenance/{TITLE}?position=1")).await;
    assert_eq!(trail["entries"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_import_run_is_told_as_it_was_then_up_to_its_undo() {
    let app = App::start().await;
    let run = Uuid::from_u128(9).to_string();
    let input = json!({ "source": "goodbooks", "input": "books.csv" });
    let mut completed = input.clone();
    completed["counts"] = json!({ "accepted": 10, "unchanged": 1, "rejected": 0 });
    let events = [
        json!({ "ImportRunOpened": input }),
        json!({ "ImportRunCompleted": completed }),
        json!({ "ImportRunUndone": { "reason": "the wrong file" } }),
    ];
    for (version, event) in (0..).zip(events) {
        happened(&app, "ingestion.import_run", &run, version, event).await;
    }
    for (position, state, accepted) in [(1, "open", 0), (2, "completed", 10), (3, "undone", 10)] {
        let told = asked(&app, &format!("import-run/{run}?position={position}")).await;
        assert_eq!(
            (&told["state"], &told["position"]),
            (&json!(state), &json!(position))
        );
        assert_eq!(told["counts"]["accepted"], accepted, "at {position}");
    }
}

#[tokio::test]
async fn a_time_stands_for_the_last_event_recorded_by_then() {
    let app = emma().await;
    let feed = app
        .log
        .read_feed(accession_events::Position::START, 10)
        .await
        .unwrap();
    for event in &feed {
        let by_time = asked(&app, &format!("card/{TITLE}?time={}", event.recorded_at)).await;
        let position = app.log.position_at(event.recorded_at).await.unwrap();
        let by_position = asked(&app, &format!("card/{TITLE}?position={position}")).await;
        assert_eq!(by_time, by_position);
    }
    let long_ago = app
        .get(&format!(
            "/api/v1/admin/as-of/title/{TITLE}?time=2001-01-01T00:00:00Z"
        ))
        .await;
    assert_eq!(long_ago.problem(), (404, "before_the_first_event"));
    assert!(
        long_ago.json["detail"]
            .as_str()
            .unwrap()
            .contains("the first event is of")
    );
    let later = asked(&app, &format!("title/{TITLE}?time=2999-01-01T00:00:00Z")).await;
    assert_eq!(later["name"], "Emma (novel)");
}

#[tokio::test]
async fn a_history_is_a_page_of_changes_as_of_then() {
    let app = emma().await;
    let positions = |page: &Value| -> Vec<u64> {
        let items = page["items"].as_array().unwrap();
        items
            .iter()
            .map(|change| change["position"].as_u64().unwrap())
            .collect()
    };
    let all = asked(&app, &format!("history/{TITLE}?position=4")).await;
    assert_eq!(
        (positions(&all), &all["next_cursor"]),
        (vec![4, 3, 1], &Value::Null)
    );
    assert_eq!(
        positions(&asked(&app, &format!("history/{TITLE}?position=3")).await),
        [3, 1]
    );
    let page = asked(&app, &format!("history/{TITLE}?position=4&limit=2")).await;
    assert_eq!(
        (positions(&page), &page["next_cursor"]),
        (vec![4, 3], &json!("3"))
    );
    let rest = asked(
        &app,
        &format!("history/{TITLE}?position=4&limit=2&before=3"),
    )
    .await;
    assert_eq!(
        (positions(&rest), &rest["next_cursor"]),
        (vec![1], &Value::Null)
    );
    assert_eq!(
        positions(&asked(&app, &format!("history/{EDITION}?position=4")).await),
        [3]
    );
}

#[tokio::test]
async fn questions_without_an_answer_say_what_to_ask_instead() {
    let app = emma().await;
    let empty = App::start().await;
    let get = async |app: &App, path: &str| {
        let answer = app.get(&format!("/api/v1/admin/as-of/{path}")).await;
        let (status, code) = answer.problem();
        (status, code.to_owned())
    };
    for (path, status, code) in [
        (
            format!("title/{TITLE}?position=5"),
            409,
            "beyond_the_last_event",
        ),
        (
            format!("title/{TITLE}?position=0"),
            404,
            "before_the_first_event",
        ),
        (format!("edition/{EDITION}?position=2"), 404, "not_found"),
        (format!("edition/{TITLE}?position=4"), 404, "not_found"),
        (format!("import-run/{TITLE}?position=4"), 404, "not_found"),
        (format!("book/{TITLE}?position=4"), 404, "not_found"),
        ("title/no-such-slug?position=4".to_owned(), 404, "not_found"),
        (format!("title/{TITLE}"), 400, "malformed_request"),
        (
            format!("title/{TITLE}?position=1&time=2026-01-01T00:00:00Z"),
            400,
            "malformed_request",
        ),
        (
            format!("title/{TITLE}?time=yesterday"),
            400,
            "malformed_request",
        ),
        (
            format!("title/{TITLE}?position=soon"),
            400,
            "malformed_request",
        ),
        (
            format!("title/{TITLE}?position=1&nonsense=1"),
            400,
            "malformed_request",
        ),
        (
            format!("history/{TITLE}?position=4&limit=0"),
            400,
            "malformed_request",
        ),
    ] {
        assert_eq!(get(&app, &path).await, (status, code.to_owned()), "{path}");
    }
    let path = format!("title/{TITLE}?time=2026-01-01T00:00:00Z");
    assert_eq!(
        get(&empty, &path).await,
        (404, "before_the_first_event".to_owned())
    );
}

#[tokio::test]
async fn an_event_that_nobody_can_read_is_told_and_the_rest_is_shown() {
    let app = emma().await;
    happened(
        &app,
        "catalog.title",
        TITLE,
        2,
        json!({ "FromTheFuture": {} }),
    )
    .await;
    let renamed = json!({ "TitleFactsAsserted": named("Lost") });
    happened(&app, "catalog.title", TITLE, 3, renamed).await;
    let page = asked(&app, &format!("title/{TITLE}?position=6")).await;
    assert_eq!(page["name"], "Emma (novel)");
}

#[tokio::test]
async fn whose_past_an_operator_looks_at_is_written_down_and_a_titles_past_is_nobodys() {
    let app = emma().await;
    let person = Uuid::from_u128(77);
    let registered = json!({ "AccountRegistered": {
        "email": { "erased": person }, "email_index": "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE", "name": { "erased": person },
        "language": "en", "consents": { "privacy": "1", "terms": "1" },
    } });
    happened(&app, "identity.account", &person.to_string(), 0, registered).await;
    asked(&app, &format!("title/{TITLE}?position=4")).await;
    let missing = app.get("/api/v1/admin/as-of/account/none?position=5").await;
    assert_eq!(missing.status, 404);
    assert_eq!(app.views.of(person, None, 9).await.unwrap(), []);
    asked(&app, &format!("account/{person}?position=5")).await;
    let views = app.views.of(person, None, 9).await.unwrap();
    let told: Vec<_> = views
        .iter()
        .map(|view| (view.viewer, &*view.route))
        .collect();
    let by_operator = accession_service::views::OPERATOR;
    assert_eq!(told, [(by_operator, "/api/v1/admin/as-of/{kind}/{id}")]);
}
