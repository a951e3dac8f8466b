//! Readers at two hundred requests a second and a writer beside them, all of whom insist on good answers.
//!
//! Each reader asks one question after the other, so that it can tell what came before what.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use accession_testkit::eventually;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::system::{SOON, client, contains};

/// Four readers, each fifty times a second.
const READERS: usize = 4;
const BETWEEN_READS: Duration = Duration::from_millis(20);
/// Reads, all together, below which a load is none.
const ENOUGH: u64 = 400;
const BETWEEN_WRITES: Duration = Duration::from_millis(40);

/// The load; it ends when it is told to.
pub(super) struct Load {
    stop: Arc<AtomicBool>,
    reads: Arc<AtomicU64>,
    tasks: JoinSet<()>,
}

impl Load {
    /// Starts readers, and a writer who renames one title again and again.
    pub(super) async fn start(write: &str, read: &str, token: &str) -> Self {
        let http = client();
        let added = json!({ "kind": "book", "name": "Version 0" });
        let answer = http
            .post(format!("{write}/api/v1/titles"))
            .bearer_auth(token)
            .json(&added)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
        let position: u64 = header(&answer, "accession-position").unwrap();
        let id = answer.json::<Value>().await.unwrap()["id"]
            .as_str()
            .unwrap()
            .to_owned();
        contains(read, position).await;
        let mut load = Self {
            stop: Arc::default(),
            reads: Arc::default(),
            tasks: JoinSet::new(),
        };
        let title = format!("{write}/api/v1/titles/{id}");
        let rename = renaming(
            http.clone(),
            title,
            token.to_owned(),
            Arc::clone(&load.stop),
        );
        load.tasks.spawn(rename);
        for _ in 0..READERS {
            load.tasks.spawn(reading(
                http.clone(),
                read.to_owned(),
                id.clone(),
                Arc::clone(&load.stop),
                Arc::clone(&load.reads),
            ));
        }
        load
    }

    /// Ends it when it has read often enough to be one, however fast the rebuild was; whoever was not content has panicked.
    pub(super) async fn end(mut self) {
        eventually(SOON, async || self.reads.load(Ordering::Relaxed) > ENOUGH).await;
        self.stop.store(true, Ordering::Relaxed);
        while let Some(ended) = self.tasks.join_next().await {
            ended.unwrap();
        }
    }
}

async fn renaming(http: Client, title: String, token: String, stop: Arc<AtomicBool>) {
    let mut pace = interval(BETWEEN_WRITES);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for version in 1.. {
        pace.tick().await;
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let facts = json!({ "name": format!("Version {version}") });
        let sent = http.patch(&title).bearer_auth(&token).json(&facts);
        let answer = sent.send().await.unwrap();
        let status = answer.status();
        assert!(status.is_success(), "{status}: {:?}", answer.text().await);
    }
}

async fn reading(
    http: Client,
    read: String,
    id: String,
    stop: Arc<AtomicBool>,
    reads: Arc<AtomicU64>,
) {
    let title = format!("{read}/api/read/titles/{id}");
    let others = [
        format!("{read}/api/read/titles?kind=book&limit=20"),
        format!("{title}/provenance"),
        format!("{read}/api/read/titles/dune"),
    ];
    let mut pace = interval(BETWEEN_READS);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut newest, mut position) = (0, 0);
    for number in 0_usize.. {
        pace.tick().await;
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let is_ours = number % 2 == 0;
        let url = if is_ours {
            &title
        } else {
            &others[number / 2 % others.len()]
        };
        let answer = http.get(url).send().await.unwrap();
        let status = answer.status();
        let at: Option<u64> = header(&answer, "accession-position");
        let body = answer.text().await.unwrap();
        assert_eq!(status, StatusCode::OK, "{url}: {body}");
        reads.fetch_add(1, Ordering::Relaxed);
        if is_ours {
            let document: Value = serde_json::from_str(&body).unwrap();
            let name = document["name"].as_str().unwrap();
            let version: u64 = name.strip_prefix("Version ").unwrap().parse().unwrap();
            let at = at.unwrap();
            assert!(version >= newest, "version {version} after {newest}");
            assert!(at >= position, "position {at} after {position}");
            (newest, position) = (version, at);
        }
    }
}

fn header<T: std::str::FromStr>(answer: &reqwest::Response, name: &str) -> Option<T> {
    answer.headers().get(name)?.to_str().ok()?.parse().ok()
}
