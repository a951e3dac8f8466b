//! How a private `PostgreSQL` is made and started, under the `postgres` account when we are root.
//! Never with fsync off: the product refuses such a server.

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::{Signal, getuid};

use crate::private::Private;
use crate::server::Server;

/// A private `PostgreSQL`; its URL is the superuser's, to the database `postgres`.
pub type PrivatePostgres = Private<Postgres>;

/// Settings of a private `PostgreSQL`.
#[derive(Debug, Default)]
pub struct Postgres {
    /// Further settings, each as `name=value`.
    pub settings: Vec<String>,
    /// Environment of the server, for example a library to preload.
    pub environment: Vec<(String, String)>,
}

impl Server for Postgres {
    const NAME: &'static str = "PostgreSQL";
    const STOP: Signal = Signal::INT; // fast shutdown: connections are cut, data is flushed

    fn prepare(&self, data: &Path) {
        fs::create_dir(data).expect("the data directory is new");
        if let Some((user, group)) = account() {
            chown(data, Some(user), Some(group)).expect("root may give the directory away");
        }
        let output = as_account("initdb")
            .arg("--pgdata")
            .arg(data)
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8"])
            .args(["--locale=C.UTF-8", "--no-sync"])
            .output()
            .unwrap_or_else(|error| {
                panic!("initdb: {error}; `make test` installs what the tests need")
            });
        assert!(
            output.status.success(),
            "initdb failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    fn command(&self, data: &Path, port: u16) -> Command {
        let mut command = as_account("postgres");
        command.envs(self.environment.iter().map(|(key, value)| (key, value)));
        command.arg("-D").arg(data).args(["-p", &port.to_string()]);
        let fixed = [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=200",
        ];
        for setting in fixed
            .into_iter()
            .chain(self.settings.iter().map(String::as_str))
        {
            command.args(["-c", setting]);
        }
        command
    }

    /// The server writes its state as the eighth line of its pid file; a crash leaves the old file there,
    /// so the process id in the first line counts too.
    fn is_ready(&self, data: &Path, _port: u16, pid: u32) -> bool {
        let text = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
        let mut lines = text.lines();
        lines.next() == Some(&pid.to_string())
            && lines.nth(6).is_some_and(|state| state.trim() == "ready")
    }

    fn url(&self, port: u16) -> String {
        format!("postgres://postgres@127.0.0.1:{port}/postgres")
    }
}

/// Where Debian keeps the server's programs, newest version first; None when they are in PATH.
fn program(name: &str) -> PathBuf {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = entry.file_name().to_str()?.parse().ok()?;
            let path = entry.path().join("bin").join(name);
            path.exists().then_some((version, path))
        })
        .collect();
    found.sort();
    found.pop().map_or_else(|| name.into(), |(_, path)| path)
}

/// `PostgreSQL` refuses to run as root.
fn as_account(name: &str) -> Command {
    let mut command = Command::new(program(name));
    if let Some((user, group)) = account() {
        command.uid(user).gid(group).current_dir("/");
    }
    command
}

/// User and group of the account `postgres` when we are root, else None: run as we are.
fn account() -> Option<(u32, u32)> {
    getuid().is_root().then(|| {
        let users = fs::read_to_string("/etc/passwd").expect("the user table is readable");
        users
            .lines()
            .find_map(|line| match line.split(':').collect::<Vec<_>>()[..] {
                ["postgres", _, user, group, ..] => user.parse().ok().zip(group.parse().ok()),
                _ => None,
            })
            .expect("as root the tests run PostgreSQL as the account `postgres`, which is missing")
    })
}
