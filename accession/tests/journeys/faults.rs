//! Processes killed in the middle: nothing acknowledged is lost, nothing is there twice, nothing is stuck.

use std::time::Duration;

use accession_testkit::eventually;
use reqwest::StatusCode;
use serde_json::json as value;

use crate::documents::pages;
use crate::system::{Embedded, SOON, client, contains, get, json, report, shared, spawn, text};

/// Enough books that a kill hits the middle, few enough that every page can be compared.
const BOOKS: &str = "1500";

async fn records_done(url: &str, token: &str) -> u64 {
    let Ok(answer) = client()
        .get(format!("{url}/api/read/imports?limit=1"))
        .bearer_auth(token)
        .send()
        .await
    else {
        return 0;
    };
    let page: serde_json::Value = answer.json().await.unwrap_or_default();
    let counts = &page["items"][0]["counts"];
    counts["accepted"].as_u64().unwrap_or(0) + counts["unchanged"].as_u64().unwrap_or(0)
}

async fn complete(system: &Embedded, books: &str) -> Vec<serde_json::Value> {
    let last = report(&system.run(&[
        "import",
        "goodbooks",
        "--books",
        books,
        "--limit",
        BOOKS,
        "--json",
    ]));
    assert_eq!(last["rejected"], 0, "{last}");
    let url = &system.server.url;
    let position = last["position"].as_u64().unwrap();
    contains(url, position).await;
    pages(url, "book").await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_whose_server_or_importer_is_killed_ends_with_the_same_documents() {
    let Some(books) = shared("goodbooks/books.csv.gz") else {
        return;
    };
    let books = books.to_str().unwrap();
    let undisturbed = complete(&Embedded::start().await, books).await;
    assert_eq!(undisturbed.len(), 1500);

    let mut system = Embedded::start().await;
    let arguments = [
        "import",
        "goodbooks",
        "--books",
        books,
        "--limit",
        BOOKS,
        "--patience",
        "0",
        "--json",
    ];
    let mut importer = spawn(system.data(), &arguments);
    let head = format!("{}/api/read/titles?kind=book&limit=1", system.server.url);
    eventually(SOON, async || {
        let body = get(&head).await.text().await.unwrap_or_default();
        body.contains("\"slug\"")
    })
    .await;
    system.server.kill();
    importer.wait().unwrap();
    system.restart().await;

    let mut importer = spawn(system.data(), &arguments);
    let token = system.token("admin");
    let url = system.server.url.clone();
    eventually(SOON, || {
        let ended = importer.try_wait().unwrap().is_some();
        let (url, token) = (url.clone(), token.clone());
        async move { ended || records_done(&url, &token).await > 0 }
    })
    .await;
    importer.kill().unwrap();
    importer.wait().unwrap();

    let resumed = complete(&system, books).await;
    assert_eq!(resumed.len(), undisturbed.len());
    for (resumed, undisturbed) in resumed.iter().zip(&undisturbed) {
        assert_eq!(resumed, undisturbed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_title_is_there_after_a_kill_and_its_repeat_is_recognised() {
    let mut system = Embedded::start().await;
    let token = system.token("curator");
    let (url, http) = (system.server.url.clone(), client());
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..8 {
        let (http, url, token) = (http.clone(), url.clone(), token.clone());
        writers.spawn(async move {
            let mut acknowledged = Vec::new();
            for number in 0.. {
                let key = format!("{writer}-{number}");
                let body = value!({ "kind": "book", "name": format!("Ledger {key}") });
                let sent = http
                    .post(format!("{url}/api/v1/titles"))
                    .bearer_auth(&token)
                    .header("Idempotency-Key", &key);
                let Ok(answer) = sent.json(&body).send().await else {
                    return acknowledged;
                };
                assert_eq!(answer.status(), StatusCode::CREATED);
                let Ok(answer) = answer.json::<serde_json::Value>().await else {
                    return acknowledged;
                };
                acknowledged.push((key, answer["id"].as_str().unwrap().to_owned()));
            }
            acknowledged
        });
    }
    let busy = format!("{url}/api/read/titles?kind=book&limit=200");
    eventually(SOON, async || json(&busy).await["next_cursor"].is_string()).await;
    system.server.kill();
    let mut acknowledged = Vec::new();
    while let Some(writer) = writers.join_next().await {
        acknowledged.extend(writer.unwrap());
    }
    assert!(
        acknowledged.len() > 100,
        "only {} were acknowledged",
        acknowledged.len()
    );
    system.restart().await;
    let url = system.server.url.clone();
    for (key, id) in &acknowledged {
        let body = value!({ "kind": "book", "name": format!("Ledger {key}") });
        let again = http
            .post(format!("{url}/api/v1/titles"))
            .bearer_auth(&token)
            .header("Idempotency-Key", key);
        let again = again.json(&body).send().await.unwrap();
        assert_eq!(again.status(), StatusCode::CREATED);
        let position = again.headers()["accession-position"]
            .to_str()
            .unwrap()
            .to_owned();
        assert_eq!(
            again.json::<serde_json::Value>().await.unwrap()["id"],
            id.as_str()
        );
        json(&format!(
            "{url}/api/read/titles/{id}?min_position={position}"
        ))
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_told_to_stop_finishes_what_it_has_begun() {
    let mut system = Embedded::start().await;
    let token = system.token("curator");
    let url = format!("{}/api/v1/titles", system.server.url);
    let answer = client()
        .post(url)
        .bearer_auth(&token)
        .json(&value!({ "kind": "book", "name": "Last" }))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    assert!(system.server.terminate().success());
    assert!(!system.data().join("server.json").exists());
    assert!(text(&system.run(&["log", "show"])).contains("TitleAdded"));
    system.restart().await;
    json(&format!(
        "{}/api/read/titles/last?min_position=1",
        system.server.url
    ))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_store_that_was_thrown_away_is_built_again() {
    let mut system = Embedded::start().await;
    let imported = report(&system.run(&["import", "sample", "--json"]));
    assert_eq!(imported["exit_code"], 0);
    contains(&system.server.url, imported["position"].as_u64().unwrap()).await;
    let before = pages(&system.server.url, "book").await;
    system.server.kill();
    std::fs::remove_dir_all(system.data().join("read-store")).unwrap();
    system.restart().await;
    let url = system.server.url.clone();
    eventually(Duration::from_secs(30), async || {
        get(&format!("{url}/api/read/titles/dune"))
            .await
            .status()
            .is_success()
    })
    .await;
    // The search index is filled from the documents, and is the last to be there again.
    eventually(Duration::from_secs(30), async || {
        let status = json(&format!("{url}/health/status")).await;
        (status["condition"] == "ok").then_some(()).ok_or(status)
    })
    .await;
    assert_eq!(pages(&url, "book").await, before);
}
