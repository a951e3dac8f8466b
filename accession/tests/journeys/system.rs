//! A running system of one or several processes, started for one test and ended with it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use accession_testkit::eventually;
use reqwest::{Client, Response, StatusCode};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const SOON: Duration = Duration::from_mins(1);
/// Thousands of documents in a debug build on a busy machine.
const LATER: Duration = Duration::from_mins(5);
/// What personal data is sealed under; not a secret.
pub(crate) const ROOT_KEY: &str = "c3lzdGVtIHVuZGVyIHRlc3QsIG5vdCBhIHNlY3JldCE";
const PROGRAM: &str = env!("CARGO_BIN_EXE_accession");

/// One process of the program.
pub(crate) struct Process {
    child: Child,
    pub(crate) url: String,
}

impl Process {
    /// Starts a role on a data directory and waits until it is ready.
    pub(crate) async fn start(role: &str, data: &Path, environment: &[(String, String)]) -> Self {
        Self::launch(role, data, environment).ready().await
    }

    /// Starts a role and waits for nothing.
    pub(crate) fn launch(role: &str, data: &Path, environment: &[(String, String)]) -> Starting {
        let announcement = data.join("server.json");
        let _ = std::fs::remove_file(&announcement);
        let log = data.join(format!("{role}.log"));
        let printed = std::fs::File::create(&log).unwrap();
        let child = program(data, environment)
            .args(["serve", "--role", role, "--listen", "127.0.0.1:0"])
            .stdout(Stdio::null())
            .stderr(printed)
            .spawn()
            .unwrap();
        let process = Self {
            child,
            url: String::new(),
        };
        Starting {
            process,
            announcement,
            log,
        }
    }

    /// SIGKILL: no goodbye.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and waits until it has stopped in order.
    pub(crate) fn terminate(&mut self) -> std::process::ExitStatus {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        self.child.wait().unwrap()
    }
}

/// A process that may not serve yet.
pub(crate) struct Starting {
    process: Process,
    announcement: PathBuf,
    log: PathBuf,
}

impl Starting {
    /// What it has logged so far.
    pub(crate) fn printed(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until it answers.
    pub(crate) async fn serving(self) -> Process {
        let Self {
            mut process,
            announcement,
            ..
        } = self;
        process.url = eventually(SOON, async || {
            let bytes = std::fs::read(&announcement).ok()?;
            let server: Value = serde_json::from_slice(&bytes).ok()?;
            Some(format!("http://{}", server.get("address")?.as_str()?))
        })
        .await;
        process
    }

    /// Waits until it says that it is ready.
    pub(crate) async fn ready(self) -> Process {
        let process = self.serving().await;
        let ready = format!("{}/health/ready", process.url);
        eventually(SOON, async || {
            client()
                .get(&ready)
                .send()
                .await
                .is_ok_and(|answer| answer.status().is_success())
        })
        .await;
        process
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A command of the program on a data directory, in an environment of its own.
pub(crate) fn program(data: &Path, environment: &[(String, String)]) -> Command {
    let mut command = Command::new(PROGRAM);
    for (key, _) in std::env::vars().filter(|(key, _)| key.starts_with("ACCESSION_")) {
        command.env_remove(key);
    }
    command
        .env("ACCESSION_DATA_DIR", data)
        // Roles on machines of their own must have the same.
        .env("ACCESSION_ROOT_KEY", ROOT_KEY)
        .env("ACCESSION_LOG_FORMAT", "json")
        // Many callers of a test come from one address; a test about limits switches them on.
        .env("ACCESSION_RATE_LIMITER", "false");
    command.envs(environment.iter().map(|(key, value)| (key, value)));
    command
}

/// An embedded system.
pub(crate) struct Embedded {
    pub(crate) folder: TempDir,
    pub(crate) server: Process,
}

impl Embedded {
    pub(crate) async fn start() -> Self {
        Self::start_with(Vec::new()).await
    }

    /// The same with settings.
    pub(crate) async fn start_with(settings: Vec<(String, String)>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Process::start("all", folder.path(), &settings).await;
        Self { folder, server }
    }

    pub(crate) fn data(&self) -> &Path {
        self.folder.path()
    }

    /// Starts again on the same directory after the server has ended in whatever way.
    pub(crate) async fn restart(&mut self) {
        self.server = Process::start("all", self.folder.path(), &[]).await;
    }

    /// Runs a command of the program on this data directory.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        run(self.data(), &[], arguments)
    }

    pub(crate) fn token(&self, role: &str) -> String {
        text(&self.run(&["token", "mint", "--role", role, "--subject", "ana"]))
    }
}

/// Runs a command of the program to its end.
pub(crate) fn run(data: &Path, environment: &[(String, String)], arguments: &[&str]) -> Output {
    program(data, environment)
        .args(arguments)
        .current_dir(data)
        .output()
        .unwrap()
}

/// Starts a command of the program and does not wait.
pub(crate) fn spawn(data: &Path, arguments: &[&str]) -> Child {
    let mut command = program(data, &[]);
    command
        .args(arguments)
        .current_dir(data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// What a command that succeeded has printed.
pub(crate) fn text(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// The JSON object that a command has printed last.
pub(crate) fn report(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text
        .lines()
        .last()
        .unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    serde_json::from_str(last).unwrap()
}

pub(crate) fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .timeout(Duration::from_secs(20))
        .build()
        .unwrap()
}

pub(crate) async fn get(url: &str) -> Response {
    client().get(url).send().await.unwrap()
}

/// The JSON of an address that has to answer 200.
pub(crate) async fn json(url: &str) -> Value {
    let answer = get(url).await;
    let status = answer.status();
    let body = answer.text().await.unwrap();
    assert_eq!(status, StatusCode::OK, "{url}: {body}");
    serde_json::from_str(&body).unwrap()
}

/// The position that an answer of the command API tells.
pub(crate) fn position_of(answer: &Response) -> u64 {
    let told = answer.headers()["accession-position"].to_str().unwrap();
    told.parse().unwrap()
}

/// Waits until reads contain a position: a replica that is behind says so and is asked again.
pub(crate) async fn contains(url: &str, position: u64) {
    let url = format!("{url}/api/read/titles?limit=1&min_position={position}");
    eventually(LATER, async || get(&url).await.status().is_success()).await;
}

/// A file of the data that lies beside the project; says clearly when it is not there.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/data")
        .join(path);
    if file.exists() {
        return Some(file);
    }
    eprintln!(
        "SKIPPED: {} is not there; this test needs the shared data beside the project",
        file.display()
    );
    None
}
