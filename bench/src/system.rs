//! The system under test: one process embedded, one a role on three stores.
//!
//! Everything it starts it also ends, by process id.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use uuid::Uuid;

use crate::Options;
use crate::instance::{database, free_port, scratch, variable};

/// Which stores a server uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stores {
    /// SQLite and the embedded read store.
    Embedded,
    /// Postgres, NATS and Redis.
    Three,
}

impl Stores {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Three => "Postgres + NATS + Redis",
        }
    }
}

/// One system under test: one process embedded, one a role on three stores.
pub(crate) struct System {
    processes: Vec<(&'static str, Child)>,
    /// Where writes go.
    pub(crate) write_url: String,
    /// Where reads go.
    pub(crate) read_url: String,
    /// Its data directory.
    pub(crate) data: PathBuf,
    /// A service credential with scope `import`.
    pub(crate) credential: String,
    /// An access token of a curator.
    pub(crate) token: String,
    /// An access token of an administrator.
    pub(crate) admin: String,
    program: PathBuf,
    environment: Vec<(String, String)>,
}

impl System {
    /// Starts one and waits until it is ready.
    pub(crate) async fn start(options: &Options, stores: Stores) -> Result<Self> {
        let data = scratch("data")?;
        let mut system = Self {
            processes: Vec::new(),
            write_url: String::new(),
            read_url: String::new(),
            data,
            credential: String::new(),
            token: String::new(),
            admin: String::new(),
            program: options
                .program
                .canonicalize()
                .context("build the program first: make bench does")?,
            environment: environment(stores).await?,
        };
        system.start_roles(stores)?;
        system.ready().await?;
        system.token =
            system.command(&["token", "mint", "--role", "curator", "--minutes", "600"])?;
        system.admin = system.command(&["token", "mint", "--role", "admin", "--minutes", "600"])?;
        system.credential = system.command(&[
            "credential",
            "issue",
            "--name",
            "bench",
            "--scope",
            "import",
            "--quiet",
        ])?;
        Ok(system)
    }

    fn start_roles(&mut self, stores: Stores) -> Result<()> {
        match stores {
            Stores::Embedded => {
                let url = self.spawn("all")?;
                self.write_url.clone_from(&url);
                self.read_url = url;
            }
            Stores::Three => {
                self.write_url = self.spawn("command-api")?;
                let key = self.command(&["token", "public-key"])?;
                self.environment
                    .push(("ACCESSION_TOKEN_PUBLIC_KEYS".into(), format!("[\"{key}\"]")));
                self.spawn("projector")?;
                self.read_url = self.spawn("read-api")?;
            }
        }
        Ok(())
    }

    fn spawn(&mut self, role: &'static str) -> Result<String> {
        let port = free_port()?;
        let child = self
            .program(&[
                "serve",
                "--role",
                role,
                "--listen",
                &format!("127.0.0.1:{port}"),
            ])
            .stdout(Stdio::null())
            .stderr(log_file(&self.data, role)?)
            .spawn()
            .context("cannot start the program under test")?;
        self.processes.push((role, child));
        Ok(format!("http://127.0.0.1:{port}"))
    }

    /// The program with this system's environment.
    pub(crate) fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .env("ACCESSION_DATA_DIR", &self.data)
            .env("ACCESSION_RATE_LIMITER", "false")
            .env("ACCESSION_LOG_FILTER", "warn");
        command.envs(self.environment.iter().map(|(key, value)| (key, value)));
        command
    }

    /// Runs a command of the program and returns what it prints.
    pub(crate) fn command(&self, arguments: &[&str]) -> Result<String> {
        let output = self.program(arguments).stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            bail!(
                "`accession {}` failed: {}",
                arguments.join(" "),
                output.status
            );
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    async fn ready(&mut self) -> Result<()> {
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(2))
            .build()?;
        let began = Instant::now();
        // The last one answers once the projector has built its models.
        for url in [
            format!("{}/health/ready", self.write_url),
            format!("{}/health/ready", self.read_url),
            format!("{}/api/read/titles?limit=1", self.read_url),
        ] {
            loop {
                let answer = client.get(&url).send().await;
                if answer.is_ok_and(|answer| answer.status().is_success()) {
                    break;
                }
                if began.elapsed() > Duration::from_mins(1) {
                    bail!(
                        "{url} did not get ready in a minute; see the logs in {}",
                        self.data.display()
                    );
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Ok(())
    }

    /// Ends everything that holds documents and throws the documents away.
    pub(crate) fn wipe_read_store(&mut self, stores: Stores) -> Result<()> {
        self.end(|role| role != "command-api");
        match stores {
            Stores::Embedded => std::fs::remove_dir_all(self.data.join("read-store"))?,
            Stores::Three => {
                let position = self
                    .environment
                    .iter()
                    .position(|(key, _)| key == "ACCESSION_READ_STORE_NAMESPACE");
                let fresh = format!("bench{}", Uuid::now_v7().as_simple());
                if let Some((_, namespace)) =
                    position.and_then(|position| self.environment.get_mut(position))
                {
                    *namespace = fresh;
                }
            }
        }
        Ok(())
    }

    /// Starts again what [`Self::wipe_read_store`] has ended.
    pub(crate) async fn restart_readers(&mut self, stores: Stores) -> Result<()> {
        match stores {
            Stores::Embedded => {
                self.write_url = self.spawn("all")?;
                self.read_url.clone_from(&self.write_url);
            }
            Stores::Three => {
                self.spawn("projector")?;
                self.read_url = self.spawn("read-api")?;
            }
        }
        self.ready().await
    }

    fn end(&mut self, which: impl Fn(&str) -> bool) {
        for (_, child) in self.processes.iter_mut().filter(|(role, _)| which(role)) {
            let _ = child.kill();
            let _ = child.wait();
        }
        self.processes.retain(|(role, _)| !which(role));
    }

    /// Role and process id of everything that runs.
    pub(crate) fn pids(&self) -> Vec<(&'static str, u32)> {
        self.processes
            .iter()
            .map(|(role, child)| (*role, child.id()))
            .collect()
    }
}

impl Drop for System {
    fn drop(&mut self) {
        for (_, child) in &mut self.processes {
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = std::fs::remove_dir_all(&self.data);
    }
}

async fn environment(stores: Stores) -> Result<Vec<(String, String)>> {
    if stores == Stores::Embedded {
        return Ok(Vec::new());
    }
    let namespace = format!("bench{}", Uuid::now_v7().as_simple());
    Ok(vec![
        ("ACCESSION_LOG_URL".into(), database("bench_system").await?),
        (
            "ACCESSION_BUS_URL".into(),
            variable("ACCESSION_TEST_NATS_URL")?,
        ),
        ("ACCESSION_BUS_STREAM".into(), namespace.to_uppercase()),
        (
            "ACCESSION_READ_STORE_URL".into(),
            variable("ACCESSION_TEST_REDIS_URL")?,
        ),
        ("ACCESSION_READ_STORE_NAMESPACE".into(), namespace),
    ])
}

fn log_file(data: &Path, role: &str) -> Result<Stdio> {
    Ok(std::fs::File::create(data.join(format!("{role}.log")))?.into())
}
