//! What a read stands next to: a bare handler of the same bytes, and `FastAPI` over Redis.
//!
//! Each is a process of its own, ended with the value.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::Options;
use crate::instance;
use crate::peers::succeed;
use crate::results::say;

/// Our own bare handler.
pub(super) struct Bare {
    child: Child,
    pub(super) url: String,
}

impl Bare {
    pub(super) fn start(folder: &Path, body: &[u8]) -> Result<Self> {
        use std::io::BufRead as _;
        let file = folder.join("body.json");
        std::fs::write(&file, body)?;
        let mut child = Command::new(std::env::current_exe()?)
            .arg("--bare")
            .arg(file)
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the bare handler")?;
        let mut line = String::new();
        let stdout = child
            .stdout
            .take()
            .context("the bare handler has no output")?;
        std::io::BufReader::new(stdout).read_line(&mut line)?;
        Ok(Self {
            child,
            url: format!("http://127.0.0.1:{}/doc", line.trim()),
        })
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The peer that most people would write.
pub(super) struct FastApi {
    child: Child,
    pub(super) url: String,
}

impl FastApi {
    /// The peer with two workers, answering the same bytes from Redis; none when the peers are not there.
    pub(super) async fn start(options: &Options, id: &str, body: &[u8]) -> Result<Option<Self>> {
        let scripts = options.shared.join("baselines");
        if !scripts.join("fastapi_redis.py").exists() {
            say(&format!(
                "skipped: there is no FastAPI peer in {}",
                scripts.display()
            ));
            return Ok(None);
        }
        let uvicorn = install()?;
        let redis = instance::variable("ACCESSION_TEST_REDIS_URL")?;
        set_in_redis(&redis, &format!("doc:{id}"), body)?;
        let port = instance::free_port()?;
        let child = Command::new(uvicorn)
            .current_dir(scripts.canonicalize()?)
            .args([
                "fastapi_redis:app",
                "--port",
                &port.to_string(),
                "--loop",
                "uvloop",
                "--http",
                "httptools",
            ])
            .args([
                "--no-access-log",
                "--log-level",
                "warning",
                "--workers",
                "2",
            ])
            .env("REDIS_URL", redis)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .spawn()
            .context("cannot start the FastAPI peer")?;
        let peer = Self {
            child,
            url: format!("http://127.0.0.1:{port}/doc/{id}"),
        };
        for _ in 0..500 {
            if instance::get(&peer.url)
                .await
                .is_ok_and(|answer| answer.status().is_success())
            {
                return Ok(Some(peer));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bail!("the FastAPI peer did not answer in ten seconds")
    }
}

impl Drop for FastApi {
    fn drop(&mut self) {
        // uvicorn's master ends its workers on SIGTERM, not on SIGKILL.
        let _ = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        let _ = self.child.wait();
    }
}

fn set_in_redis(url: &str, key: &str, body: &[u8]) -> Result<()> {
    use std::io::Write as _;
    let mut child = Command::new("redis-cli")
        .args(["-u", url, "-x", "SET", key])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    child
        .stdin
        .take()
        .context("redis-cli has no input")?
        .write_all(body)?;
    if child.wait()?.success() {
        Ok(())
    } else {
        bail!("redis-cli could not set {key}")
    }
}

fn install() -> Result<PathBuf> {
    let environment = Path::new("target/bench/peers/fastapi");
    let uvicorn = environment.join("bin/uvicorn");
    if !uvicorn.exists() {
        succeed(
            Command::new("python3")
                .args(["-m", "venv"])
                .arg(environment),
        )?;
        let packages = [
            "fastapi==0.165",
            "uvicorn[standard]==0.54",
            "redis[hiredis]==8.1",
        ];
        succeed(
            Command::new(environment.join("bin/pip"))
                .args(["install", "-q"])
                .args(packages),
        )?;
    }
    Ok(std::path::absolute(uvicorn)?)
}
