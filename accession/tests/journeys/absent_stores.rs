//! Stores that are not there when a role starts: waited for, done without, or given up with a line that says what to do.

use std::path::Path;

use accession_testkit::{
    PrivateNats, PrivatePostgres, PrivateRedis, Stores, eventually, fresh_database, unique_name,
};
use reqwest::StatusCode;
use serde_json::{Value, json as value};

use crate::system::{Process, SOON, client, get, json, run, text};

fn environment(entries: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    entries.iter().map(own).collect()
}

/// The part of a process's status with this name.
async fn part(process: &Process, name: &str) -> Value {
    let status = json(&format!("{}/health/status", process.url)).await;
    let parts = status["parts"].as_array().unwrap().clone();
    parts
        .into_iter()
        .find(|part| part["name"] == name)
        .unwrap_or_else(|| panic!("no part {name}: {status}"))
}

fn with_password(url: &str, login: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap();
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    format!("{scheme}://{login}:geheim@{host}")
}

/// Runs a role to its end and returns its exit code and the last line it has printed.
fn last_words(data: &Path, role: &str, environment: &[(String, String)]) -> (Option<i32>, String) {
    let output = run(
        data,
        environment,
        &["serve", "--role", role, "--listen", "127.0.0.1:0"],
    );
    let printed = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!printed.contains("geheim"), "{printed}");
    let last = printed.lines().last().unwrap_or_default().to_owned();
    (output.status.code(), last)
}

mod faults {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_log_that_stays_away_ends_the_start_with_one_line_and_its_own_exit_code() {
        let postgres = PrivatePostgres::start().await;
        postgres.kill();
        let url = with_password(&postgres.url(), "accession");
        let settings = environment(&[
            ("ACCESSION_LOG_URL", &url),
            ("ACCESSION_READ_STORE_URL", &Stores::shared().redis_url),
            ("ACCESSION_START_PATIENCE_SECONDS", "1"),
        ]);
        let folder = tempfile::tempdir().unwrap();
        for role in ["command-api", "projector"] {
            let (code, line) = last_words(folder.path(), role, &settings);
            assert_eq!(code, Some(5), "{role}: {line}");
            let port = postgres.port().to_string();
            for told in [
                "log_url",
                "ACCESSION_LOG_URL",
                "accession@",
                &port,
                "start PostgreSQL",
            ] {
                assert!(line.contains(told), "{role}: {told}: {line}");
            }
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_log_that_comes_later_is_waited_for() {
        let postgres = PrivatePostgres::start().await;
        postgres.kill();
        let folder = tempfile::tempdir().unwrap();
        let settings = environment(&[("ACCESSION_LOG_URL", &postgres.url())]);
        let starting = Process::launch("command-api", folder.path(), &settings);
        eventually(SOON, async || {
            starting.printed().contains("waiting for the event log")
        })
        .await;
        postgres.restart().await;
        let ready = starting.ready().await;
        assert_eq!(part(&ready, "event_log").await["condition"], "ok");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_command_api_without_its_bus_takes_writes_and_the_relay_catches_up() {
        let nats = PrivateNats::start().await;
        nats.kill();
        let database = fresh_database(&Stores::shared().postgres_url).await;
        let folder = tempfile::tempdir().unwrap();
        let settings = environment(&[
            ("ACCESSION_LOG_URL", database.url()),
            (
                "ACCESSION_BUS_URL",
                &with_password(&nats.url(), "accession"),
            ),
        ]);
        let process = Process::start("command-api", folder.path(), &settings).await;
        let token = text(&run(
            folder.path(),
            &settings,
            &["token", "mint", "--role", "curator"],
        ));
        let add = async |name: &str| {
            let sent = client()
                .post(format!("{}/api/v1/titles", process.url))
                .bearer_auth(&token);
            let answer = sent.json(&value!({ "kind": "book", "name": name }));
            answer.send().await.unwrap().status()
        };
        assert_eq!(add("Without a bus").await, StatusCode::CREATED);
        let relay = part(&process, "relay").await;
        assert_eq!(relay["condition"], "degraded", "{relay}");
        assert!(!relay.to_string().contains("geheim"), "{relay}");
        nats.restart().await;
        eventually(SOON, async || {
            let relay = part(&process, "relay").await;
            relay["condition"] == "ok" && relay["details"]["lag_events"] == 0
        })
        .await;
        assert_eq!(add("With a bus").await, StatusCode::CREATED);
        eventually(SOON, async || {
            part(&process, "relay").await["details"]["published"] == 2
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_read_api_without_its_store_refuses_politely_until_the_store_comes() {
        let redis = PrivateRedis::start().await;
        redis.kill();
        let folder = tempfile::tempdir().unwrap();
        let settings = environment(&[(
            "ACCESSION_READ_STORE_URL",
            &with_password(&redis.url(), "default"),
        )]);
        let starting = Process::launch("read-api", folder.path(), &settings);
        let process = starting.serving().await;
        let refused = get(&format!("{}/api/read/titles", process.url)).await;
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(refused.headers()["retry-after"], "1");
        let problem: Value = refused.json().await.unwrap();
        assert_eq!(problem["code"], "dependency_unavailable");
        let ready = format!("{}/health/ready", process.url);
        assert_eq!(get(&ready).await.status(), StatusCode::SERVICE_UNAVAILABLE);
        redis.restart().await;
        eventually(SOON, async || get(&ready).await.status() == StatusCode::OK).await;
        // Reachable, and nothing was ever built: that is another answer.
        eventually(SOON, async || {
            let answer = get(&format!("{}/api/read/titles", process.url)).await;
            answer.status() == StatusCode::NOT_FOUND
        })
        .await;
        redis.kill();
        eventually(SOON, async || {
            get(&ready).await.status() == StatusCode::SERVICE_UNAVAILABLE
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_projector_gives_its_read_store_up_with_one_line_and_its_own_exit_code() {
        let redis = PrivateRedis::start().await;
        redis.kill();
        let database = fresh_database(&Stores::shared().postgres_url).await;
        let folder = tempfile::tempdir().unwrap();
        let settings = environment(&[
            ("ACCESSION_LOG_URL", database.url()),
            (
                "ACCESSION_READ_STORE_URL",
                &with_password(&redis.url(), "default"),
            ),
            ("ACCESSION_START_PATIENCE_SECONDS", "1"),
        ]);
        text(&run(folder.path(), &settings, &["migrate"]));
        let (code, line) = last_words(folder.path(), "projector", &settings);
        assert_eq!(code, Some(5), "{line}");
        assert!(
            line.contains("read_store_url") && line.contains("start Redis"),
            "{line}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_on_one_postgres_wake_each_other_without_a_bus() {
    let stores = Stores::shared();
    let database = fresh_database(&stores.postgres_url).await;
    let folder = tempfile::tempdir().unwrap();
    let settings = environment(&[
        ("ACCESSION_LOG_URL", database.url()),
        ("ACCESSION_READ_STORE_URL", &stores.redis_url),
        ("ACCESSION_READ_STORE_NAMESPACE", &unique_name("wake")),
    ]);
    let writer = Process::start("command-api", folder.path(), &settings).await;
    let projector = Process::start("projector", folder.path(), &settings).await;
    let reader = Process::start("read-api", folder.path(), &settings).await;
    let token = text(&run(
        folder.path(),
        &settings,
        &["token", "mint", "--role", "curator"],
    ));
    let sent = client()
        .post(format!("{}/api/v1/titles", writer.url))
        .bearer_auth(&token)
        .json(&value!({ "kind": "book", "name": "Told by NOTIFY" }));
    let position = sent.send().await.unwrap().headers()["accession-position"]
        .to_str()
        .unwrap()
        .to_owned();
    let url = format!(
        "{}/api/read/titles/told-by-notify?min_position={position}",
        reader.url
    );
    eventually(SOON, async || get(&url).await.status() == StatusCode::OK).await;
    let listening: Vec<String> = sqlx::query_scalar(
        "SELECT query FROM pg_stat_activity WHERE datname = current_database()
         AND application_name = 'accession-wake'",
    )
    .fetch_all(&sqlx::PgPool::connect(database.url()).await.unwrap())
    .await
    .unwrap();
    assert!(
        listening.iter().any(|query| query.starts_with("LISTEN"))
            && listening.iter().any(|query| query.contains("pg_notify")),
        "{listening:?}"
    );
    drop(projector);
}
