//! What an operator types: tokens, credentials, the log, the doctor, and configuration that is refused.

use reqwest::StatusCode;
use serde_json::json as value;

use crate::system::{Embedded, client, run, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_what_its_role_may_and_nothing_more() {
    let system = Embedded::start().await;
    let url = format!("{}/api/v1/titles", system.server.url);
    let post = async |token: Option<String>| {
        let mut request = client()
            .post(&url)
            .json(&value!({ "kind": "book", "name": "Opened" }));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        request.send().await.unwrap().status()
    };
    assert_eq!(post(None).await, StatusCode::UNAUTHORIZED);
    assert_eq!(
        post(Some("nonsense".into())).await,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        post(Some(text(&system.run(&["token", "mint"])))).await,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        post(Some(system.token("curator"))).await,
        StatusCode::CREATED
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_opens_the_internal_endpoints_until_it_is_revoked() {
    let system = Embedded::start().await;
    let credential = text(&system.run(&[
        "credential",
        "issue",
        "--name",
        "nightly",
        "--scope",
        "import",
        "--quiet",
    ]));
    let url = format!("{}/api/v1/internal/import/runs", system.server.url);
    let open = async |credential: &str| {
        let body = value!({ "source": "test", "input": "x" });
        client()
            .post(&url)
            .bearer_auth(credential)
            .json(&body)
            .send()
            .await
            .unwrap()
            .status()
    };
    assert_eq!(open(&credential).await, StatusCode::CREATED);
    let list = text(&system.run(&["credential", "list"]));
    let line = list.lines().find(|line| line.contains("nightly")).unwrap();
    assert!(!list.contains(&credential), "the list shows a secret");
    text(&system.run(&[
        "credential",
        "revoke",
        line.split_whitespace().next().unwrap(),
    ]));
    accession_testkit::eventually(crate::system::SOON, async || {
        open(&credential).await == StatusCode::UNAUTHORIZED
    })
    .await;
    assert_eq!(open(&system.token("curator")).await, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_shows_who_did_what() {
    let system = Embedded::start().await;
    let sent = client()
        .post(format!("{}/api/v1/titles", system.server.url))
        .bearer_auth(system.token("curator"));
    sent.json(&value!({ "kind": "film", "name": "Сталкер" }))
        .send()
        .await
        .unwrap();
    let lines = text(&system.run(&["log", "show"]));
    assert!(
        lines.contains("TitleAdded") && lines.contains("curator:ana"),
        "{lines}"
    );
    let line = text(&system.run(&["log", "show", "--json"]));
    let event: serde_json::Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    assert_eq!(event["position"], 1);
    assert_eq!(event["payload"]["TitleAdded"]["slug"], "stalker");
    let stream = event["stream"].as_str().unwrap();
    assert_eq!(
        text(&system.run(&["log", "show", "--json", "--stream", stream])),
        line
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_a_running_server_and_names_what_is_away() {
    let system = Embedded::start().await;
    let said = text(&system.run(&["doctor"]));
    assert!(
        said.contains("a server announced") && !said.contains("[bad ]"),
        "{said}"
    );
    let away = vec![(
        "ACCESSION_LOG_URL".to_owned(),
        "postgres://me:secret@127.0.0.1:9/x".to_owned(),
    )];
    let output = run(system.data(), &away, &["doctor"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success());
    assert!(
        said.contains("[bad ] event log") && said.contains("what to do"),
        "{said}"
    );
    assert!(!said.contains("secret"), "{said}");
}

#[test]
fn a_setting_that_nobody_knows_is_refused_with_the_nearest_name() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = vec![("ACCESSION_LISTN".to_owned(), "127.0.0.1:0".to_owned())];
    let output = run(folder.path(), &wrong, &["serve"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(
        said.contains("listn") && said.contains("did you mean `listen`?"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_the_same_data_is_refused_with_a_reason() {
    let system = Embedded::start().await;
    let output = system.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("log.db"), "{said}");
}

#[test]
fn a_port_that_is_taken_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = run(folder.path(), &[], &["serve", "--listen", &address]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && said.contains(&address) && said.contains("--listen"),
        "{said}"
    );
}
