//! How a process of the product is started: by its command line and environment, as an operator does.
//!
//! It inherits no setting from the environment of the rig.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use accession_testkit::{Server, Signal};
use serde_json::Value;

/// One role of the product, or all of them.
#[derive(Debug)]
pub(crate) struct Role {
    /// The binary.
    pub(crate) program: PathBuf,
    /// As `--role` names it.
    pub(crate) name: &'static str,
    /// Settings and what else its environment holds.
    pub(crate) environment: Vec<(String, String)>,
}

impl Server for Role {
    const NAME: &'static str = "accession";
    const STOP: Signal = Signal::TERM;

    fn prepare(&self, data: &Path) {
        // A directory that cannot be made shows when the process is started.
        let _ = fs::create_dir(data);
    }

    fn command(&self, data: &Path, port: u16) -> Command {
        let mut command = program(&self.program, data, &self.environment);
        command
            .args(["serve", "--role", self.name, "--listen"])
            .arg(format!("127.0.0.1:{port}"));
        command
    }

    /// It announces itself, with its process id, once it answers requests.
    fn is_ready(&self, data: &Path, _port: u16, pid: u32) -> bool {
        let announced = fs::read(data.join("server.json")).unwrap_or_default();
        serde_json::from_slice::<Value>(&announced)
            .is_ok_and(|server| server.get("pid").and_then(Value::as_u64) == Some(pid.into()))
    }

    fn url(&self, port: u16) -> String {
        format!("http://127.0.0.1:{port}")
    }
}

/// A command of the product on a data directory, without the rig's own settings.
pub(crate) fn program(path: &Path, data: &Path, environment: &[(String, String)]) -> Command {
    let mut command = Command::new(path);
    for (key, _) in std::env::vars().filter(|(key, _)| key.starts_with("ACCESSION_")) {
        command.env_remove(key);
    }
    command
        .env("ACCESSION_DATA_DIR", data)
        // Roles on machines of their own must have the same.
        .env("ACCESSION_ROOT_KEY", "c3lzdGVtIHVuZGVyIHRlc3QsIG5vdCBhIHNlY3JldCE")
        .env("ACCESSION_LOG_FORMAT", "json")
        .env("ACCESSION_RATE_LIMITER", "false")
        .envs(environment.iter().map(|(key, value)| (key, value)));
    command
}
