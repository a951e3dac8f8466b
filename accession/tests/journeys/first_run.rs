//! The first administrator: made from two settings or by a command, once, and never with a password that is easy to guess.
//!
//! Prompts are in a module of their own: there is no terminal here.

mod terminal;

use std::path::{Path, PathBuf};

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::system::{Process, client, run, text};

const PASSWORD: &str = "a quiet harbour under seven lanterns";
const WEAK: &str = "password1";

fn password_file(folder: &Path, password: &str) -> PathBuf {
    let file = folder.join("password");
    std::fs::write(&file, format!("{password}\nnot this line\n")).unwrap();
    file
}

fn settings(email: &str, file: &Path) -> Vec<(String, String)> {
    [
        ("ACCESSION_ADMIN_EMAIL", email.to_owned()),
        ("ACCESSION_ADMIN_PASSWORD_FILE", file.display().to_string()),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .to_vec()
}

async fn log_in(server: &Process, email: &str) -> (StatusCode, Value) {
    let body = json!({ "email": email, "password": PASSWORD });
    let sent = client()
        .post(format!("{}/api/v1/auth/login", server.url))
        .json(&body);
    let answer = sent.send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

/// What the platform shows this account of all accounts.
async fn administers(server: &Process, email: &str) -> StatusCode {
    let (status, handed) = log_in(server, email).await;
    assert_eq!(status, StatusCode::OK, "{handed}");
    let url = format!("{}/api/read/admin/accounts", server.url);
    let token = handed["access_token"].as_str().unwrap();
    let answer = client().get(url).bearer_auth(token).send().await.unwrap();
    answer.status()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_is_made_at_the_first_start_and_others_by_a_command_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = password_file(folder.path(), PASSWORD);
    let first = settings("first@books.example", &file);
    let mut server = Process::start("all", folder.path(), &first).await;
    assert_eq!(administers(&server, "first@books.example").await, 200);
    server.terminate();
    // There is somebody by now: another address in the settings makes nobody, and says so; nor is the password needed.
    let second = settings("second@books.example", &folder.path().join("gone"));
    let mut server = Process::start("all", folder.path(), &second).await;
    let log = std::fs::read_to_string(folder.path().join("all.log")).unwrap();
    assert_eq!(
        log.matches("admin_email is set and there are accounts")
            .count(),
        1
    );
    assert_eq!(log_in(&server, "second@books.example").await.0, 401);
    assert_eq!(administers(&server, "first@books.example").await, 200);
    server.terminate();
    let create = |email: &str| {
        let file = file.to_str().unwrap();
        let arguments = ["admin", "create", "--email", email, "--password-file", file];
        run(folder.path(), &[], &arguments)
    };
    let account = text(&create("second@books.example"));
    let again = create("second@books.example");
    let told = String::from_utf8_lossy(&again.stderr);
    assert!(!again.status.success() && told.contains(&account), "{told}");
    let server = Process::start("all", folder.path(), &second).await;
    assert_eq!(administers(&server, "second@books.example").await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_is_easy_to_guess_or_not_there_ends_the_start_and_is_not_printed() {
    let folder = tempfile::tempdir().unwrap();
    let serve = |file: &Path| {
        let settings = settings("root@books.example", file);
        let arguments = ["serve", "--role", "all", "--listen", "127.0.0.1:0"];
        let output = run(folder.path(), &settings, &arguments);
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let weak = serve(&password_file(folder.path(), WEAK));
    assert!(
        weak.contains("easy to guess") && !weak.contains(WEAK),
        "{weak}"
    );
    let absent = serve(&folder.path().join("nowhere"));
    assert!(absent.contains("nowhere"), "{absent}");
    let empty = serve(&password_file(folder.path(), ""));
    assert!(empty.contains("is empty"), "{empty}");
}
