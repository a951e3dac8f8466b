//! How a private NATS server with `JetStream` is started.
//! Alone unless it is told of a cluster: then the ports of all nodes are drawn beforehand.

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
    cluster: Option<NatsCluster>,
}

/// Where a node listens for its peers, and where its peers do.
#[derive(Debug, Clone)]
pub struct NatsCluster {
    /// The cluster's name, the same for every node.
    pub name: String,
    /// Loopback port for the peers of this node.
    pub port: u16,
    /// The same of every node.
    pub peers: Vec<u16>,
}

impl Nats {
    /// A node of a cluster. `JetStream` answers once a majority of the nodes is up.
    #[must_use]
    pub fn node(cluster: NatsCluster) -> Self {
        Self {
            cluster: Some(cluster),
            ..Self::default()
        }
    }
}

impl Default for Nats {
    fn default() -> Self {
        Self {
            name: format!("testkit-{}", Uuid::new_v4().simple()),
            cluster: None,
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
        if let Some(cluster) = &self.cluster {
            let route = |port: &u16| format!("nats://127.0.0.1:{port}");
            let routes: Vec<String> = cluster.peers.iter().map(route).collect();
            command
                .args(["--cluster_name", &cluster.name])
                .args(["--cluster", &route(&cluster.port)])
                .args(["--routes", &routes.join(",")]);
        }
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
