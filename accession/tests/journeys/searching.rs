//! Searching a whole system: in several lanes, after a restart, and after its process was killed while it indexed.
//!
//! Never a test of how well something is found: that is measured over thousands of queries in `bench/`.

use std::time::{Duration, Instant};

use accession_testkit::eventually;
use serde_json::{Value, json as value};

use crate::documents::cards;
use crate::system::{
    Embedded, Process, SOON, client, contains, json, position_of, report, shared, spawn,
};

/// What health says of the search index.
async fn health(url: &str) -> Value {
    let status = json(&format!("{url}/health/status")).await;
    let parts = status["parts"].as_array().unwrap().iter();
    let part = parts.clone().find(|part| part["name"] == "search");
    part.unwrap().clone()
}

/// Asks in words, with everything up to a position.
async fn search(url: &str, words: &str, position: u64, more: &str) -> Value {
    let url = format!("{url}/api/read/search?min_position={position}&{more}");
    let asked = client().get(&url).query(&[("q", words)]);
    let answer = asked.send().await.unwrap();
    let (status, body) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{words}: {body}");
    serde_json::from_str(&body).unwrap()
}

/// Everything that a reader can learn from the index about these titles.
async fn answers(url: &str, cards: &[Value], position: u64) -> Vec<Value> {
    let facets = "facets=kind,genre,year,language,status,author&limit=1";
    let mut all = Vec::new();
    for sort in ["title", "newest", "year", "popular"] {
        all.push(search(url, "", position, &format!("sort={sort}&{facets}")).await);
    }
    for card in cards {
        let page = search(url, card["name"].as_str().unwrap(), position, "limit=20").await;
        let items = page["items"].as_array().unwrap();
        let ids: Vec<_> = items.iter().map(|item| &item["title"]["id"]).collect();
        assert!(ids.contains(&&card["id"]), "{} is not found", card["name"]);
        all.push(value!([page["total"], page["did_you_mean"], ids]));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_is_found_by_who_asks_for_its_position_in_one_lane_and_in_three() {
    for lanes in ["1", "3"] {
        let settings = vec![("ACCESSION_LANES".to_owned(), lanes.to_owned())];
        let system = Embedded::start_with(settings.clone()).await;
        let (url, token) = (system.server.url.clone(), system.token("curator"));
        let mut position = 0;
        for number in 0..30 {
            let name = format!("Harvest number{number}");
            let posted = client()
                .post(format!("{url}/api/v1/titles"))
                .bearer_auth(&token)
                .json(&value!({ "kind": "book", "name": name }))
                .send()
                .await
                .unwrap();
            position = position_of(&posted);
            let page = search(&url, &format!("number{number}"), position, "").await;
            assert_eq!(page["items"][0]["title"]["name"], name);
        }
        let all = search(&url, "harvest", position, "limit=1").await;
        assert_eq!(
            (&all["total"], &all["total_is_exact"]),
            (&value!(30), &value!(true))
        );
        let told = health(&url).await;
        assert_eq!(told["details"]["entries"], 30, "{told}");
        assert_eq!(told["details"]["kept"], "directory");
        drop(system.server);
        let again = Process::start("all", system.folder.path(), &settings).await;
        assert_eq!(health(&again.url).await["details"]["origin"], "resumed");
        let all = search(&again.url, "harvest", position, "limit=1").await;
        assert_eq!(all["total"], 30);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_is_found_within_a_quarter_of_a_second_by_who_asks_for_no_position() {
    let system = Embedded::start().await;
    let (url, token) = (system.server.url.clone(), system.token("curator"));
    let mut waited = Vec::new();
    for number in 0..15 {
        let body = value!({ "kind": "book", "name": format!("Fresh number{number}") });
        let posted = client()
            .post(format!("{url}/api/v1/titles"))
            .bearer_auth(&token)
            .json(&body)
            .send()
            .await
            .unwrap();
        let (acknowledged, position) = (Instant::now(), position_of(&posted));
        let asked = format!("{url}/api/read/search?q=number{number}");
        eventually(SOON, async || json(&asked).await["total"] == 1).await;
        waited.push(acknowledged.elapsed());
        // And at once by who asks for it.
        assert_eq!(
            search(&url, &format!("number{number}"), position, "").await["total"],
            1
        );
    }
    // Other tests run beside this one, so a single write may take longer.
    waited.sort_unstable();
    assert!(
        waited[waited.len() / 2] <= Duration::from_millis(250),
        "{waited:?}"
    );
}

mod faults {
    use reqwest::StatusCode;

    use super::*;

    const BOOKS: [&str; 4] = ["--limit", "1500", "--patience", "0"];

    /// Waits until the index holds more entries than before.
    async fn grows(url: &str, from: u64) {
        eventually(SOON, async || {
            let told = health(url).await;
            let entries = told["details"]["entries"].as_u64();
            if entries.is_some_and(|entries| entries > from) {
                Ok(())
            } else {
                Err(told.to_string())
            }
        })
        .await;
    }

    /// Gives some titles another name, and hides one.
    async fn change(url: &str, token: &str, cards: &[Value], round: usize) -> u64 {
        let mut position = 0;
        for card in cards.iter().skip(round).step_by(7).take(40) {
            let (id, name) = (card["id"].as_str().unwrap(), card["name"].as_str().unwrap());
            let title = format!("{url}/api/v1/titles/{id}");
            let body = value!({ "name": format!("{name} revisited{round}") });
            let sent = client().patch(&title).bearer_auth(token).json(&body);
            let answer = sent.send().await.unwrap();
            assert_eq!(
                answer.status(),
                StatusCode::OK,
                "{}",
                answer.text().await.unwrap()
            );
            position = position_of(&answer);
        }
        position
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_index_whose_server_was_killed_again_and_again_answers_like_a_fresh_one() {
        let Some(books) = shared("goodbooks/books.csv.gz") else {
            return;
        };
        let mut import = vec!["import", "goodbooks", "--books", books.to_str().unwrap()];
        import.extend(BOOKS);
        let mut system = Embedded::start().await;
        let mut entries = 0;
        for _ in 0..3 {
            let mut importer = spawn(system.data(), &import);
            grows(&system.server.url, entries).await;
            system.server.kill();
            importer.wait().unwrap();
            system.restart().await;
            let told = health(&system.server.url).await;
            assert_eq!(told["details"]["origin"], "resumed", "{told}");
            entries = told["details"]["entries"].as_u64().unwrap();
        }
        import.push("--json");
        let last = report(&system.run(&import));
        contains(&system.server.url, last["position"].as_u64().unwrap()).await;

        let token = system.token("curator");
        let mut position = 0;
        for round in 0..3 {
            let url = system.server.url.clone();
            let known = cards(&url, "book", "title").await;
            position = change(&url, &token, &known, round).await;
            // What was acknowledged is in the log; whether it is in the index is decided by chance.
            system.server.kill();
            system.restart().await;
            let told = health(&system.server.url).await;
            assert_eq!(told["details"]["origin"], "resumed", "{told}");
        }
        contains(&system.server.url, position).await;
        let all = cards(&system.server.url, "book", "title").await;
        assert_eq!(all.len(), 1500);
        let survived = answers(&system.server.url, &all, position).await;
        assert_eq!(survived[0]["total"], 1500);

        system.server.terminate();
        let in_memory = [("ACCESSION_SEARCH_DIR".to_owned(), String::new())];
        system.server = Process::start("all", system.folder.path(), &in_memory).await;
        let told = health(&system.server.url).await;
        assert_eq!(told["details"]["origin"], "filled", "{told}");
        assert_eq!(told["details"]["kept"], "memory", "{told}");
        let fresh = answers(&system.server.url, &all, position).await;
        assert_eq!(survived.len(), fresh.len());
        for (survived, fresh) in survived.iter().zip(&fresh) {
            assert_eq!(survived, fresh);
        }
    }
}
