//! Runs of the importer from the command line: told beforehand, one at a time, taken back, and with figures for a chart.
//!
//! Never waits for a lease to run out: that is tested where time is an argument.

use std::time::Duration;

use serde_json::{Value, json};

use crate::documents::cards;
use crate::system::{Embedded, client, contains, json as asked, report};

const HEADER: &str = "title,authors,isbn\n";

impl Embedded {
    /// What the import of a small CSV file answers; the arguments come behind it.
    fn imports(&self, rows: &str, more: &[&str]) -> (Option<i32>, Value) {
        let file = self.data().join("shelf.csv");
        std::fs::write(&file, format!("{HEADER}{rows}")).unwrap();
        let arguments = ["import", "csv", "--json", "--file", file.to_str().unwrap()];
        let output = self.run(&[&arguments, more].concat());
        (output.status.code(), report(&output))
    }
}

/// The position of the newest event in the log.
async fn head(url: &str) -> Value {
    let status = asked(&format!("{url}/health/status")).await;
    let parts = status["parts"].as_array().unwrap();
    let log = parts.iter().find(|part| part["name"] == "event_log");
    log.unwrap()["details"]["position"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_tells_what_the_import_then_does_and_writes_nothing() {
    let system = Embedded::start().await;
    let url = &system.server.url;
    let rows = "Emma,Jane Austen,9780141439587\n,Nobody,\nSanditon,Jane Austen,\n";
    let before = head(url).await;
    let (code, told) = system.imports(rows, &["--dry-run"]);
    assert_eq!(code, Some(3), "{told}");
    assert_eq!(
        (&told["dry_run"], &told["records"]),
        (&json!(true), &json!(3))
    );
    assert_eq!(
        told["kinds"]["title"],
        json!({ "added": 2, "changed": 0, "unchanged": 0, "rejected": 0 })
    );
    assert_eq!(told["kinds"]["record"]["rejected"], 1);
    assert_eq!(head(url).await, before, "a dry run wrote an event");
    assert!(!system.data().join("shelf.rejected.csv").exists());

    let (code, done) = system.imports(rows, &[]);
    assert_eq!((code, &done["accepted"]), (Some(3), &json!(2)));
    let other = rows.replace("Jane Austen,9780141439587", "J. Austen,9780141439587");
    let after = head(url).await;
    let (_, told) = system.imports(&other, &["--dry-run"]);
    let items = told["items"].as_array().unwrap();
    let title = items.iter().find(|item| item["kind"] == "title");
    let change = &title.unwrap()["changes"][0];
    assert_eq!(
        change,
        &json!({ "field": "authors", "from": ["Jane Austen"], "to": ["J. Austen"] }),
        "{told}"
    );
    assert_eq!(told["fields"], json!({ "title.authors": 1 }));
    assert_eq!(head(url).await, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_import_of_a_source_does_not_begin_while_the_first_has_its_lease() {
    let system = Embedded::start().await;
    let credential = std::fs::read_to_string(system.data().join("keys/import.credential")).unwrap();
    let holder = "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c";
    let lease = format!(
        "{}/api/v1/internal/import/leases/csv/{holder}",
        system.server.url
    );
    let take = client()
        .put(&lease)
        .bearer_auth(credential.trim())
        .json(&json!({ "input": "another shelf" }));
    let taken = take.try_clone().unwrap().send().await;
    assert_eq!(taken.unwrap().status(), 200);
    let renewal = tokio::spawn(async move {
        let mut every = tokio::time::interval(Duration::from_secs(1));
        loop {
            every.tick().await;
            let _ = take.try_clone().unwrap().send().await;
        }
    });
    let figures = system.data().join("csv.prom");
    let with_figures = ["--metrics-file", figures.to_str().unwrap()];
    let row = "Emma,Jane Austen,\n";
    let (code, told) = system.imports(row, &with_figures);
    assert_eq!(code, Some(6), "{told}");
    assert!(
        told["error"].as_str().unwrap().contains("another shelf"),
        "{told}"
    );
    let code_of = |code: u8| format!("accession_import_exit_code{{source=\"csv\"}} {code}\n");
    assert!(
        std::fs::read_to_string(&figures)
            .unwrap()
            .contains(&code_of(6))
    );
    renewal.abort();
    let _ = renewal.await;
    let give_back = client().delete(&lease).bearer_auth(credential.trim());
    assert_eq!(give_back.send().await.unwrap().status(), 204);

    let (code, done) = system.imports(row, &with_figures);
    assert_eq!(code, Some(0), "{done}");
    let told = std::fs::read_to_string(&figures).unwrap();
    assert!(told.contains(&code_of(0)), "{told}");
    let accepted = "accession_import_records{source=\"csv\",outcome=\"accepted\"} 1\n";
    assert!(told.contains(accepted), "{told}");
    let (code, again) = system.imports(row, &["--full"]);
    assert_eq!(
        (code, &again["unchanged"]),
        (Some(0), &json!(1)),
        "the lease was given back"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_reverted_by_its_id_and_what_was_built_upon_it_is_named_and_stays() {
    let system = Embedded::start().await;
    let url = &system.server.url;
    let (_, done) = system.imports("Emma,Jane Austen,\nSanditon,Jane Austen,\n", &[]);
    let run = done["run_id"].as_str().unwrap();
    contains(url, done["position"].as_u64().unwrap()).await;
    let emma = asked(&format!("{url}/api/read/titles/emma")).await;
    let path = format!("{url}/api/v1/titles/{}", emma["id"].as_str().unwrap());
    let described = client().patch(path).bearer_auth(system.token("curator"));
    let described = described.json(&json!({ "description": "A matchmaker learns." }));
    assert_eq!(described.send().await.unwrap().status(), 200);

    let output = system.run(&["import", "revert", run, "--reason", "the wrong shelf"]);
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("stays"),
        "{output:?}"
    );
    contains(url, head(url).await.as_u64().unwrap()).await;
    let left = cards(url, "book", "title").await;
    assert_eq!(left.len(), 1, "{left:?}");
    let unknown = system.run(&["import", "revert", "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c"]);
    assert_eq!(unknown.status.code(), Some(2), "{unknown:?}");
}
