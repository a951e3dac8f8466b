//! How a private NATS server with `JetStream` is started.
//! Never clustered: what a cluster adds is tested nowhere in this workspace.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rustix::process::Signal;
use uuid::Uuid;

use crate::private::Private;
use crate::server::Server;

/// A private NATS server with `JetStream` on files; streams survive a kill and a restart.
pub type PrivateNats = Private<Nats>;

/// A private NATS server; its name tells it from a stranger who has taken its port.
#[derive(Debug)]
pub struct Nats {
    name: String,
}

impl Default for Nats {
    fn default() -> Self {
        Self {
            name: format!("testkit-{}", Uuid::new_v4().simple()),
        }
    }
}

impl Server for Nats {
    const NAME: &'static str = "nats-server";
    const STOP: Signal = Signal::TERM;

    fn prepare(&self, data: &Path) {
        fs::create_dir(data).expect("the data directory is new");
    }

    fn command(&self, data: &Path, port: u16) -> Command {
        let mut command = Command::new(program());
        command
            .args(["--addr", "127.0.0.1", "--port", &port.to_string()])
            .args(["--name", &self.name, "--jetstream", "--store_dir"])
            .arg(data);
        command
    }

    /// The server greets with one line that carries its name; it listens once `JetStream` is up.
    fn is_ready(&self, _data: &Path, port: u16, _pid: u32) -> bool {
        greeting(port).is_ok_and(|line| line.contains(&self.name) && line.contains("jetstream"))
    }

    fn url(&self, port: u16) -> String {
        format!("nats://127.0.0.1:{port}")
    }
}

fn greeting(port: u16) -> std::io::Result<String> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    Ok(line)
}

/// Debian installs it in a folder that is not in everybody's PATH.
fn program() -> PathBuf {
    let packaged = Path::new("/usr/sbin/nats-server");
    if packaged.exists() {
        packaged.into()
    } else {
        "nats-server".into()
    }
}
