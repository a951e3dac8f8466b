//! Read models rebuilt, compared, switched and rolled back by an operator while readers and writers go on.
//!
//! What a reader sees is judged by the answers alone: no error, and never an older document after a newer one.

mod load;

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;

use crate::system::{Embedded, report, run, text};
use load::Load;

/// A command of the program, run where it holds up no reader.
async fn command(data: &Path, environment: &[(String, String)], arguments: &[&str]) -> Output {
    let data: PathBuf = data.to_owned();
    let environment = environment.to_vec();
    let arguments: Vec<String> = arguments
        .iter()
        .map(|&argument| argument.to_owned())
        .collect();
    let running = tokio::task::spawn_blocking(move || {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        run(&data, &environment, &arguments)
    });
    running.await.unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Where one read model stands, as `list --json` tells it.
fn model(output: &Output, name: &str) -> Value {
    let lines = text(output);
    let mut items = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    items.find(|item| item["name"] == name).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn wishes_that_cannot_be_fulfilled_are_refused_with_their_codes() {
    let system = Embedded::start().await;
    let imported = report(&system.run(&["import", "sample", "--json"]));
    crate::system::contains(&system.server.url, imported["position"].as_u64().unwrap()).await;
    for (arguments, expected, words) in [
        (&["rebuild", "titel_page"][..], 2, "title_page"),
        (&["promote", "title_page"], 3, "nothing to promote"),
        (&["rollback", "title_page"], 3, "nothing to roll back to"),
        (&["compare", "title_page"], 3, "no generation beside"),
        (
            &["drop-old", "title_page", "--generation", "1"],
            3,
            "is live",
        ),
        (
            &["drop-old", "title_page", "--generation", "9"],
            2,
            "no generation 9",
        ),
        (&["list", "--server", "http://127.0.0.1:1"], 2, "--token"),
        (
            &["list", "--server", "http://127.0.0.1:1", "--token", "x"],
            5,
            "is the server running",
        ),
    ] {
        let all: Vec<&str> = ["read-models"].iter().chain(arguments).copied().collect();
        let output = system.run(&all);
        assert_eq!(code(&output), expected, "{arguments:?} {}", said(&output));
        assert!(
            said(&output).contains(words),
            "{arguments:?} {}",
            said(&output)
        );
    }
    let retried = system.run(&["parked", "retry", "title_page", "nothing"]);
    assert_eq!(code(&retried), 2, "{}", said(&retried));
    assert_eq!(text(&system.run(&["parked", "list"])), "nothing is parked");
    let elsewhere = tempfile::tempdir().unwrap();
    let nowhere = run(elsewhere.path(), &[], &["read-models", "list"]);
    assert_eq!(code(&nowhere), 5, "{}", said(&nowhere));
    let list = system.run(&["read-models", "list", "--json"]);
    assert_eq!(model(&list, "title_page")["live"]["generation"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_run_is_rebuilt_by_the_command_itself() {
    let mut system = Embedded::start().await;
    let imported = report(&system.run(&["import", "sample", "--json"]));
    crate::system::contains(&system.server.url, imported["position"].as_u64().unwrap()).await;
    assert!(system.server.terminate().success());
    let rebuilt = command(
        system.data(),
        &[],
        &["read-models", "rebuild", "title_card", "--json"],
    )
    .await;
    assert_eq!(code(&rebuilt), 0, "{}", said(&rebuilt));
    assert_eq!(report(&rebuilt)["stage"], "done");
    system.restart().await;
    let list = system.run(&["read-models", "list", "--json"]);
    assert_eq!(model(&list, "title_card")["live"]["generation"], 2);
}

mod faults {
    use accession_testkit::{Stores, eventually};

    use super::*;
    use crate::system::{Process, SOON};
    use crate::three_stores::Roles;

    #[tokio::test(flavor = "multi_thread")]
    async fn no_reader_of_an_embedded_server_notices_that_everything_is_rebuilt() {
        let system = Embedded::start().await;
        let imported = report(&system.run(&["import", "sample", "--json"]));
        let position = imported["position"].as_u64().unwrap();
        crate::system::contains(&system.server.url, position).await;
        let (url, token) = (&system.server.url, system.token("curator"));
        let load = Load::start(url, url, &token).await;
        for arguments in [
            &["rebuild", "--all", "--json"][..],
            &["rollback", "title_page", "--json"],
            &["rollback", "title_page", "--json"],
            &["rebuild", "title_page", "--hold", "--json"],
            &["compare", "title_page", "--json"],
            &["promote", "title_page", "--json"],
        ] {
            let all: Vec<&str> = ["read-models"].iter().chain(arguments).copied().collect();
            let output = command(system.data(), &[], &all).await;
            assert_eq!(code(&output), 0, "{arguments:?} {}", said(&output));
        }
        load.end().await;
        let list = system.run(&["read-models", "list", "--json"]);
        assert_eq!(model(&list, "title_page")["live"]["generation"], 3);
        let dropped = command(
            system.data(),
            &[],
            &["read-models", "drop-old", "title_page"],
        )
        .await;
        assert!(text(&dropped).contains("dropped generation"), "{dropped:?}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn no_reader_of_three_stores_notices_a_rebuild_whose_projector_is_killed() {
        let stores = Stores::shared();
        let mut roles = Roles::start(&stores.nats_url, &stores.redis_url).await;
        let imported = report(&roles.import(&["sample"]));
        let position = imported["position"].as_u64().unwrap();
        crate::system::contains(&roles.read_api.url, position).await;
        let (write, read) = (roles.command_api.url.clone(), roles.read_api.url.clone());
        let load = Load::start(&write, &read, &roles.token).await;
        let (data, environment) = (roles.folder.path().to_owned(), roles.environment.clone());
        let all = ["read-models", "rebuild", "--all", "--json"];
        let output = command(&data, &environment, &all).await;
        assert_eq!(code(&output), 0, "{}", said(&output));

        let detached = ["read-models", "rebuild", "title_page", "--detach", "--json"];
        let begun = command(&data, &environment, &detached).await;
        assert_eq!(code(&begun), 0, "{}", said(&begun));
        roles.projector.kill();
        let refused = command(&data, &environment, &detached).await;
        assert_eq!(code(&refused), 3, "{}", said(&refused));
        roles.projector = Process::start("projector", &data, &environment).await;
        eventually(SOON, async || {
            let list = command(&data, &environment, &["read-models", "list", "--json"]).await;
            let page = model(&list, "title_page");
            let (stage, live) = (&page["work"]["stage"], &page["live"]["generation"]);
            (stage == "done" && *live == 3)
                .then_some(())
                .ok_or(page.to_string())
        })
        .await;
        load.end().await;
    }
}
