//! The register in an operator's hands: verified, proven, exported, moved to Postgres, backed up and put back.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use accession_testkit::{Stores, eventually, fresh_database};
use accession_transparency::StoredEvent;
use reqwest::StatusCode;
use serde_json::{Value, json as value};
use tempfile::TempDir;

use crate::system::{Embedded, Process, SOON, client, contains, json, program, run, spawn, text};

/// Adds a title and answers its position.
async fn add(url: &str, token: &str, name: &str) -> u64 {
    let answer = client()
        .post(format!("{url}/api/v1/titles"))
        .bearer_auth(token)
        .json(&value!({ "kind": "book", "name": name, "slug": name }))
        .send()
        .await
        .unwrap();
    let status = answer.status();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(status, StatusCode::CREATED, "{body}");
    body["position"].as_u64().unwrap()
}

/// A server whose log is sealed every second, with three titles in it.
async fn sealed() -> (Embedded, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let every_second = [("ACCESSION_CHECKPOINT_SECONDS".to_owned(), "1".to_owned())];
    let server = Process::start("all", folder.path(), &every_second).await;
    let system = Embedded { folder, server };
    let token = system.token("curator");
    let mut last = 0;
    for name in ["one", "two", "three"] {
        last = add(&system.server.url, &token, name).await;
    }
    let key = system.data().join("log.key.pub");
    eventually(SOON, async || {
        system
            .run(&["log", "prove", &last.to_string()])
            .status
            .success()
    })
    .await;
    std::fs::write(&key, text(&system.run(&["log", "key"]))).unwrap();
    (system, key)
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn failed(output: &std::process::Output, code: i32, expected: &str) {
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(said.contains(expected), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_the_log_is_proven_to_somebody_who_has_only_files_and_a_key() {
    let (system, key) = sealed().await;
    let said = text(&system.run(&["log", "verify"]));
    assert!(said.contains("events are as they were written"), "{said}");
    let (proof, export) = (
        system.data().join("proof.json"),
        system.data().join("log.jsonl.gz"),
    );
    text(&system.run(&["log", "prove", "1", "--to", path(&proof)]));
    text(&system.run(&["log", "export", "--to", path(&export)]));

    let elsewhere = tempfile::tempdir().unwrap();
    let outside = |arguments: &[&str]| run(elsewhere.path(), &[], arguments);
    let said = text(&outside(&[
        "log",
        "check-proof",
        path(&proof),
        "--key",
        path(&key),
    ]));
    assert!(said.contains("proven: position 1 is TitleAdded"), "{said}");
    let said = text(&outside(&[
        "log",
        "verify",
        "--from-export",
        path(&export),
        "--key",
        path(&key),
    ]));
    assert!(said.contains("events are as they were written"), "{said}");

    // Another key, a changed proof, a position that is not there: each is told, with its exit code.
    let other = elsewhere.path().join("other.key");
    text(&outside(&[
        "log",
        "key",
        "--new",
        path(&other),
        "--origin",
        "other.example/log",
    ]));
    failed(
        &outside(&["log", "check-proof", path(&proof), "--key", path(&other)]),
        1,
        "none of the given keys",
    );
    failed(
        &outside(&[
            "log",
            "verify",
            "--from-export",
            path(&export),
            "--key",
            path(&other),
        ]),
        3,
        "none of the given keys",
    );
    let bent = elsewhere.path().join("bent.json");
    std::fs::write(
        &bent,
        std::fs::read_to_string(&proof)
            .unwrap()
            .replace("TitleAdded", "TitleAddee"),
    )
    .unwrap();
    failed(
        &outside(&["log", "check-proof", path(&bent), "--key", path(&key)]),
        1,
        "was changed",
    );
    failed(
        &system.run(&["log", "prove", "4711"]),
        1,
        "there is no position 4711",
    );
    failed(
        &system.run(&["log", "export", "--to", path(&export)]),
        1,
        "there is a file of this name",
    );
    failed(
        &system.run(&["log", "export", "--to", "/proc/log.jsonl"]),
        1,
        "cannot be written",
    );
    failed(
        &outside(&["log", "verify", "--key", path(&key)]),
        1,
        "there is no event log",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_finds_by_a_kept_checkpoint_that_the_log_was_replaced() {
    let (system, key) = sealed().await;
    let admin = system.token("admin");
    let url = format!("{}/api/v1/admin/log/checkpoint", system.server.url);
    let answer = client().get(&url).bearer_auth(&admin).send().await.unwrap();
    let kept = system.data().join("kept");
    std::fs::write(&kept, answer.text().await.unwrap()).unwrap();
    text(&system.run(&["log", "verify", "--checkpoint", path(&kept)]));

    // The same key, another log.
    let replaced = tempfile::tempdir().unwrap();
    std::fs::create_dir(replaced.path().join("keys")).unwrap();
    std::fs::copy(
        system.data().join("keys/checkpoint.key"),
        replaced.path().join("keys/checkpoint.key"),
    )
    .unwrap();
    let server = Process::start("all", replaced.path(), &[]).await;
    let other = Embedded {
        folder: replaced,
        server,
    };
    let token = other.token("curator");
    for name in ["one", "two", "three", "four"] {
        add(&other.server.url, &token, name).await;
    }
    let found = other.run(&[
        "log",
        "verify",
        "--key",
        path(&key),
        "--checkpoint",
        path(&kept),
    ]);
    failed(&found, 3, "the checkpoint you kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_ends_an_export_with_a_reason() {
    let (system, _) = sealed().await;
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = program(system.data(), &[])
        .args(["log", "export"])
        .stdout(Stdio::from(full))
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    failed(&output, 1, "it cannot be written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_user_grows_from_one_file_to_postgres() {
    let (mut system, key) = sealed().await;
    let url = system.server.url.clone();
    contains(&url, 3).await;
    let before = json(&format!("{url}/api/read/titles/two")).await;
    system.server.terminate();
    let export = system.data().join("log.jsonl");
    text(&system.run(&["log", "export", "--to", path(&export)]));

    let database = fresh_database(&Stores::shared().postgres_url).await;
    let folder = tempfile::tempdir().unwrap();
    let checkpoint_key = system.data().join("keys/checkpoint.key");
    let environment = [
        ("ACCESSION_LOG_URL".to_owned(), database.url().to_owned()),
        (
            "ACCESSION_CHECKPOINT_KEY".to_owned(),
            path(&checkpoint_key).to_owned(),
        ),
    ];
    let there = |arguments: &[&str]| run(folder.path(), &environment, arguments);
    let said = text(&there(&[
        "log",
        "import",
        path(&export),
        "--key",
        path(&key),
    ]));
    assert!(said.contains("imported"), "{said}");
    failed(
        &there(&["log", "import", path(&export)]),
        1,
        "imported already",
    );
    assert!(text(&there(&["log", "rebuild-claims", "--check"])).contains("0 difference(s)"));

    let server = Process::start("all", folder.path(), &environment).await;
    contains(&server.url, 3).await;
    assert_eq!(
        json(&format!("{}/api/read/titles/two", server.url)).await,
        before
    );
    let token = text(&there(&["token", "mint", "--role", "curator"]));
    let repeated = client()
        .post(format!("{}/api/v1/titles", server.url))
        .bearer_auth(&token)
        .json(&value!({ "kind": "book", "name": "two", "slug": "two" }))
        .send()
        .await
        .unwrap();
    assert_eq!(
        repeated.status(),
        StatusCode::CONFLICT,
        "its claims came along"
    );
    let position = add(&server.url, &token, "four").await;
    assert!(position > 3);
    contains(&server.url, position).await;
    assert!(text(&there(&["log", "verify"])).contains("events are as they were written"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_running_server_is_restored_and_goes_on() {
    let (system, _) = sealed().await;
    let token = system.token("curator");
    let backups = tempfile::tempdir().unwrap();
    for name in ["folder", "backup.tar", "backup.tar.gz"] {
        let backup = backups.path().join(name);
        let said = text(&system.run(&["backup", path(&backup)]));
        assert!(said.contains("events"), "{said}");
        failed(
            &system.run(&["backup", path(&backup)]),
            1,
            "never overwrites",
        );
        let later = add(
            &system.server.url,
            &token,
            &format!("after-{}", name.replace('.', "-")),
        )
        .await;

        let folder = tempfile::tempdir().unwrap();
        let said = text(&run(folder.path(), &[], &["restore", path(&backup)]));
        assert!(said.contains("the log is as it was written"), "{said}");
        failed(
            &run(folder.path(), &[], &["restore", path(&backup)]),
            1,
            "has a log already",
        );
        let server = Process::start("all", folder.path(), &[]).await;
        contains(&server.url, 3).await;
        let (there, here) = (&server.url, &system.server.url);
        assert_eq!(
            json(&format!("{there}/api/read/titles/two")).await,
            json(&format!("{here}/api/read/titles/two")).await
        );
        // The key came along: a token of the old server is good, and what came after the backup is not there.
        assert_eq!(add(there, &token, "restored").await, later);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_backup_is_refused_and_leaves_no_log() {
    let (system, _) = sealed().await;
    let backups = tempfile::tempdir().unwrap();
    let backup = backups.path().join("folder");
    text(&system.run(&["backup", path(&backup)]));
    let mut log = std::fs::read(backup.join("log.db")).unwrap();
    let middle = log.len() / 2;
    log[middle] ^= 1;
    std::fs::write(backup.join("log.db"), log).unwrap();
    let folder = tempfile::tempdir().unwrap();
    failed(
        &run(folder.path(), &[], &["restore", path(&backup)]),
        1,
        "log.db of the backup was changed",
    );
    assert!(!folder.path().join("log.db").exists());
    failed(
        &run(folder.path(), &[], &["restore", "/nowhere"]),
        1,
        "cannot read /nowhere",
    );
    failed(
        &system.run(&["backup", "/proc/backup"]),
        1,
        "no backup was made",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_of_postgres_is_restored_and_goes_on() {
    let Some(tools) = postgres_tools() else {
        return;
    };
    let (mut system, key) = sealed().await;
    system.server.terminate();
    let export = system.data().join("log.jsonl");
    text(&system.run(&["log", "export", "--to", path(&export)]));
    let stores = Stores::shared();
    let (first, second) = (
        fresh_database(&stores.postgres_url).await,
        fresh_database(&stores.postgres_url).await,
    );
    let folder = tempfile::tempdir().unwrap();
    let on = |url: &str| [("ACCESSION_LOG_URL".to_owned(), url.to_owned())];
    text(&run(
        folder.path(),
        &on(first.url()),
        &["log", "import", path(&export)],
    ));
    let dump = folder.path().join("log.dump");
    let tool = |name: &str, arguments: &[&str]| {
        let output = std::process::Command::new(tools.join(name))
            .args(arguments)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    };
    tool(
        "pg_dump",
        &[
            "--format=custom",
            "--no-owner",
            "--file",
            path(&dump),
            first.url(),
        ],
    );
    tool(
        "pg_restore",
        &["--no-owner", "--dbname", second.url(), path(&dump)],
    );
    let said = text(&run(
        folder.path(),
        &on(second.url()),
        &["log", "verify", "--key", path(&key)],
    ));
    assert!(said.contains("events are as they were written"), "{said}");
    let server = Process::start("command-api", folder.path(), &on(second.url())).await;
    let token = text(&run(
        folder.path(),
        &on(second.url()),
        &["token", "mint", "--role", "curator"],
    ));
    assert!(add(&server.url, &token, "four").await > 3);
}

/// Where `pg_dump` lies; says clearly when it is not there.
fn postgres_tools() -> Option<PathBuf> {
    let installed = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let found = installed
        .map(|entry| entry.path().join("bin"))
        .find(|bin| bin.join("pg_dump").exists());
    if found.is_none() {
        eprintln!("SKIPPED: pg_dump is not installed below /usr/lib/postgresql");
    }
    found
}

/// An export of many events that claim nothing.
fn large_export(folder: &TempDir, events: i64) -> PathBuf {
    let file = folder.path().join("large.jsonl");
    let mut lines = vec![r#"{"accession_log_export":1,"after":0}"#.to_owned()];
    for position in 1..=events {
        let id = (0x0198_0000_0000_7000_8000_0000_0000_0000_u128
            + u128::from(position.unsigned_abs()))
        .to_be_bytes();
        let stream = format!("00000000-0000-7000-8000-{:012}", position % 1000);
        let columns: [&[u8]; 7] = [
            &id,
            b"catalog.title",
            stream.as_bytes(),
            b"TitleDeactivated",
            b"1",
            br#"{"TitleDeactivated":{"reason":"generated"}}"#,
            br#"{"actor":"operator"}"#,
        ];
        let event = StoredEvent::new(position, (position - 1) / 1000 + 1, position, columns);
        lines.push(event.to_line().unwrap());
    }
    lines.push(format!("{{\"end\":{events}}}\n"));
    std::fs::write(&file, lines.join("\n")).unwrap();
    file
}

mod faults {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_killed_import_is_gone_on_with_and_no_server_starts_before() {
        const EVENTS: i64 = 20_000;
        let exports = tempfile::tempdir().unwrap();
        let export = large_export(&exports, EVENTS);
        let folder = tempfile::tempdir().unwrap();
        let mut import = spawn(folder.path(), &["log", "import", path(&export)]);
        let log = folder.path().join("log.db-wal");
        // Some batches are written, and not all.
        eventually(SOON, async || {
            std::fs::metadata(&log).is_ok_and(|wal| wal.len() > 3_000_000)
        })
        .await;
        import.kill().unwrap();
        import.wait().unwrap();
        failed(
            &run(folder.path(), &[], &["serve", "--listen", "127.0.0.1:0"]),
            1,
            "the log is not whole",
        );
        let said = text(&run(folder.path(), &[], &["log", "import", path(&export)]));
        assert!(said.contains("went on after position"), "{said}");
        let other = folder.path().join("again.jsonl");
        text(&run(
            folder.path(),
            &[],
            &["log", "export", "--to", path(&other)],
        ));
        assert_eq!(
            std::fs::read(&other).unwrap(),
            std::fs::read(&export).unwrap()
        );
    }
}
