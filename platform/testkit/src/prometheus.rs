//! How a private Prometheus is started: with given targets, and with given rules.
//! Never scrapes itself: what it knows comes from the targets.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rustix::process::Signal;

use crate::private::Private;
use crate::server::Server;

/// A private Prometheus that scrapes its targets every second.
pub type PrivatePrometheus = Private<Prometheus>;

/// Settings of a private Prometheus.
#[derive(Debug, Default)]
pub struct Prometheus {
    /// What it scrapes, as `host:port`, under the job `accession`.
    pub targets: Vec<String>,
    /// Rules that it evaluates.
    pub rules: Vec<PathBuf>,
}

impl Private<Prometheus> {
    /// Starts a Prometheus over these targets and rules.
    pub async fn scraping(targets: Vec<String>, rules: Vec<PathBuf>) -> Self {
        Self::start_server(Prometheus { targets, rules }).await
    }
}

impl Prometheus {
    fn configuration(&self) -> String {
        let mut text = String::from("global: {scrape_interval: 1s, evaluation_interval: 1s}\n");
        let quoted = |items: Vec<String>| items.join(", ");
        let rules = self
            .rules
            .iter()
            .map(|file| format!("{:?}", file.display().to_string()));
        let targets = self.targets.iter().map(|target| format!("{target:?}"));
        let written = write!(
            text,
            "rule_files: [{}]\nscrape_configs:\n- {{job_name: accession, static_configs: [{{targets: [{}]}}]}}\n",
            quoted(rules.collect()),
            quoted(targets.collect()),
        );
        written.expect("a text takes whatever is written to it");
        text
    }
}

impl Server for Prometheus {
    const NAME: &'static str = "prometheus";
    const STOP: Signal = Signal::TERM;

    fn prepare(&self, data: &Path) {
        fs::create_dir(data).expect("the data directory is new");
        fs::write(data.join("prometheus.yaml"), self.configuration())
            .expect("the data directory is ours");
    }

    fn command(&self, data: &Path, port: u16) -> Command {
        let mut command = Command::new("prometheus");
        command
            .arg(format!(
                "--config.file={}",
                data.join("prometheus.yaml").display()
            ))
            .arg(format!(
                "--storage.tsdb.path={}",
                data.join("series").display()
            ))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"));
        command
    }

    fn is_ready(&self, _data: &Path, port: u16, _pid: u32) -> bool {
        ready(port).is_ok_and(|answer| {
            answer.starts_with("HTTP/1.0 200") || answer.starts_with("HTTP/1.1 200")
        })
    }

    fn url(&self, port: u16) -> String {
        format!("http://127.0.0.1:{port}")
    }
}

fn ready(port: u16) -> std::io::Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    stream.write_all(b"GET /-/ready HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    Ok(text)
}
