//! `log show --follow` in an operator's terminal: each event once, as soon as it is recorded, whatever happens to the server.

use std::io::{BufRead as _, BufReader};
use std::process::Child;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use accession_testkit::eventually;
use serde_json::{Value, json as value};

use crate::system::{Embedded, SOON, client, spawn};

/// A terminal in which the log runs by.
struct Tail {
    command: Child,
    lines: Receiver<String>,
}

impl Tail {
    fn of(system: &Embedded, arguments: &[&str]) -> Self {
        let arguments = [&["log", "show", "--follow", "--json"], arguments].concat();
        let mut command = spawn(system.data(), &arguments);
        let printed = BufReader::new(command.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in printed.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { command, lines }
    }

    /// The stream of the next event.
    async fn next(&self) -> String {
        let line = eventually(SOON, async || self.lines.try_recv().ok()).await;
        let event: Value = serde_json::from_str(&line).unwrap();
        event["stream"].as_str().unwrap().to_owned()
    }

    fn has_more(&self) -> bool {
        self.lines.try_recv().is_ok()
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        let _ = self.command.kill();
        let _ = self.command.wait();
    }
}

/// Adds a title and answers its stream.
async fn add(system: &Embedded, name: &str) -> String {
    let body = value!({ "kind": "book", "name": name });
    let sent = client()
        .post(format!("{}/api/v1/titles", system.server.url))
        .bearer_auth(system.token("curator"))
        .json(&body);
    let answer = sent.send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    format!("catalog.title/{}", answer["id"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tail_of_the_log_shows_each_event_once_while_the_server_is_killed_and_comes_back() {
    let mut system = Embedded::start().await;
    let emma = add(&system, "Emma").await;
    let titles = Tail::of(&system, &["--type", "TitleAdded"]);
    let limited = Tail::of(&system, &["--type", "TitleAdded", "--limit", "2"]);
    assert_eq!(
        titles.next().await,
        emma,
        "what is there already comes first"
    );
    let persuasion = add(&system, "Persuasion").await;
    assert_eq!(titles.next().await, persuasion);
    system.server.kill();
    system.restart().await;
    let sanditon = add(&system, "Sanditon").await;
    assert_eq!(titles.next().await, sanditon);
    assert!(!titles.has_more());
    // A limit is a limit also for who follows: then the command ends by itself.
    for stream in [emma, persuasion] {
        assert_eq!(limited.next().await, stream);
    }
    eventually(SOON, async || {
        limited.lines.try_recv() == Err(TryRecvError::Disconnected)
    })
    .await;
}
