//! How a private Redis is started, in memory only or with its append-only file on.
//! Never evicts: like the product's, it refuses writes when memory ends.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rustix::process::Signal;

use crate::private::Private;
use crate::server::Server;

/// A private Redis. By default what it held is gone after a kill, a stop or a restart.
pub type PrivateRedis = Private<Redis>;

/// Settings of a private Redis.
#[derive(Debug, Default)]
pub struct Redis {
    /// Keep the data over restarts by an append-only file that is synced on every write.
    pub durable: bool,
    /// Follow the Redis on this loopback port, asynchronously as Redis does; ready once it has a first copy.
    pub replica_of: Option<u16>,
}

impl Private<Redis> {
    /// Starts a Redis that keeps its data over [`Private::kill`] and [`Private::restart`].
    pub async fn start_durable() -> Self {
        Self::start_server(Redis {
            durable: true,
            ..Redis::default()
        })
        .await
    }
}

impl Server for Redis {
    const NAME: &'static str = "redis-server";
    const STOP: Signal = Signal::TERM;

    fn prepare(&self, data: &Path) {
        fs::create_dir(data).expect("the data directory is new");
    }

    fn command(&self, data: &Path, port: u16) -> Command {
        let mut command = Command::new("redis-server");
        command
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--maxmemory-policy", "noeviction"])
            .args(["--appendonly", if self.durable { "yes" } else { "no" }])
            .args(["--appendfsync", "always", "--dir"])
            .arg(data);
        if let Some(port) = self.replica_of {
            command.args(["--replicaof", &format!("127.0.0.1 {port}")]);
        }
        // By default a primary waits five seconds for more replicas before it begins to copy.
        command.args(["--repl-diskless-sync-delay", "0"]);
        command
    }

    fn is_ready(&self, _data: &Path, port: u16, pid: u32) -> bool {
        info(port).is_ok_and(|text| {
            let ours = text.contains(&format!("process_id:{pid}\r"));
            // A replica that has not copied yet would be promoted empty.
            let copied = self.replica_of.is_none() || text.contains("\nmaster_link_status:up\r");
            ours && text.contains("\nloading:0\r") && copied
        })
    }

    fn url(&self, port: u16) -> String {
        format!("redis://127.0.0.1:{port}")
    }
}

/// The answer to INFO, read until the server closes the connection.
fn info(port: u16) -> std::io::Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    stream.write_all(b"INFO\r\nQUIT\r\n")?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    Ok(text)
}
