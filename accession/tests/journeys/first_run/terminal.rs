//! The first start on a terminal: a real one, made by `script`, with somebody who types.
//!
//! Never types before it is asked: what is typed ahead of a hidden prompt is thrown away, as for people.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};

use accession_testkit::eventually;
use serde_json::Value;

use super::{PASSWORD, WEAK, administers};
use crate::system::{Process, SOON, client, program};

/// A server on a terminal, and what stands on its screen.
struct Terminal {
    script: Child,
    keys: ChildStdin,
    screen: Arc<Mutex<String>>,
    data: std::path::PathBuf,
}

impl Terminal {
    /// None, and a word about it, where no terminal can be made.
    fn open(data: &Path) -> Option<Self> {
        let server = program(data, &[]);
        let name = server.get_program().to_str().unwrap();
        let line = format!("{name} serve --role all --listen 127.0.0.1:0");
        let mut command = Command::new("script");
        for (key, value) in server.get_envs() {
            match value {
                Some(value) => command.env(key, value),
                None => command.env_remove(key),
            };
        }
        let command = command.args(["-qfec", &line, "/dev/null"]);
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let Ok(mut script) = piped.spawn() else {
            eprintln!("SKIPPED: `script` (util-linux) is not there, and no terminal without it");
            return None;
        };
        let (screen, mut output) = (Arc::new(Mutex::new(String::new())), script.stdout.take()?);
        let written = Arc::clone(&screen);
        std::thread::spawn(move || {
            let mut bytes = [0; 1024];
            while let Ok(read @ 1..) = output.read(&mut bytes) {
                let text = String::from_utf8_lossy(&bytes[..read]);
                written.lock().unwrap().push_str(&text);
            }
        });
        Some(Self {
            keys: script.stdin.take()?,
            script,
            screen,
            data: data.to_owned(),
        })
    }

    /// Waits until this was asked or said so often.
    async fn shows(&self, words: &str, times: usize) {
        eventually(SOON, async || {
            let screen = self.screen.lock().unwrap().clone();
            let seen = screen.matches(words).count() >= times;
            seen.then_some(())
                .ok_or_else(|| format!("{words:?} is not {times} times on the screen: {screen}"))
        })
        .await;
    }

    fn types(&mut self, line: &str) {
        writeln!(self.keys, "{line}").unwrap();
        self.keys.flush().unwrap();
    }

    async fn types_a_password_twice(&mut self, password: &str, time: usize) {
        for prompt in ["it is not shown): ", "The same again: "] {
            self.shows(prompt, time).await;
            self.types(password);
        }
    }

    /// What the server says of itself in its folder.
    async fn server(&self) -> Value {
        let file = self.data.join("server.json");
        eventually(SOON, async || {
            serde_json::from_slice::<Value>(&std::fs::read(&file).ok()?).ok()
        })
        .await
    }

    /// Has the server end, as Ctrl-C would.
    async fn close(mut self) -> String {
        let process = self.server().await["pid"].to_string();
        let ended = Command::new("kill").args(["-INT", &process]).status();
        assert!(ended.unwrap().success());
        self.script.wait().unwrap();
        let screen = self.screen.lock().unwrap();
        screen.clone()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // With its terminal the server goes, too.
        let _ = self.script.kill();
        let _ = self.script.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_starts_the_server_on_a_terminal_is_asked_and_asked_again_and_then_administers() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mut terminal) = Terminal::open(folder.path()) else {
        return;
    };
    terminal.shows("Who is the administrator?", 1).await;
    terminal.shows("E-mail address:", 1).await;
    terminal.types("typed@books.example");
    // Too easy to guess: why, and once more.
    terminal.types_a_password_twice(WEAK, 1).await;
    terminal.shows("easy to guess", 1).await;
    // Two that are not the same.
    terminal.shows("it is not shown): ", 2).await;
    terminal.types(PASSWORD);
    terminal.shows("The same again: ", 2).await;
    terminal.types(WEAK);
    terminal.shows("are not the same", 1).await;
    terminal.types_a_password_twice(PASSWORD, 3).await;
    terminal.shows("can sign in now", 1).await;
    let screen = terminal.close().await;
    for secret in [PASSWORD, WEAK] {
        assert!(!screen.contains(secret), "{screen}");
    }
    let server = Process::start("all", folder.path(), &[]).await;
    assert_eq!(administers(&server, "typed@books.example").await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_line_makes_nobody_and_the_server_serves_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mut terminal) = Terminal::open(folder.path()) else {
        return;
    };
    terminal.shows("E-mail address:", 1).await;
    terminal.types("");
    let address = terminal.server().await["address"].clone();
    let url = format!("http://{}/health/live", address.as_str().unwrap());
    eventually(SOON, async || {
        let asked = client().get(&url).send();
        asked.await.is_ok_and(|answer| answer.status().is_success())
    })
    .await;
    let screen = terminal.close().await;
    assert!(!screen.contains("Password"), "{screen}");
}
