//! A server of the test's own, which it may kill, pause and bring back on the same port and data.
//! Never shared and never left behind: dropping it ends the process and removes the data.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::Signal;
use tempfile::TempDir;

use crate::port::free_port;
use crate::process::{Running, wait_until};
use crate::server::Server;

const START_PATIENCE: Duration = Duration::from_secs(30);
const STOP_PATIENCE: Duration = Duration::from_secs(20);
const PORT_ATTEMPTS: u32 = 5;

/// A private server. All methods take `&self`, so that a fault test can share it with its tasks.
#[derive(Debug)]
pub struct Private<S: Server> {
    inner: Arc<Inner<S>>,
}

#[derive(Debug)]
struct Inner<S> {
    server: S,
    port: u16,
    home: TempDir,
    running: Mutex<Option<Running>>,
}

impl<S: Server + Default> Private<S> {
    /// Starts one with empty data on a free port and waits until it answers.
    ///
    /// # Panics
    /// When the server is not installed or does not come up; the message holds the end of its log.
    pub async fn start() -> Self {
        Self::start_server(S::default()).await
    }

    /// [`Private::start`] for callers outside an async runtime.
    ///
    /// # Panics
    /// As [`Private::start`].
    #[must_use]
    pub fn start_blocking() -> Self {
        Self::launch(S::default())
    }
}

impl<S: Server> Private<S> {
    /// Starts a server with settings of its own.
    ///
    /// # Panics
    /// As [`Private::start`].
    pub async fn start_server(server: S) -> Self {
        tokio::task::spawn_blocking(|| Self::launch(server))
            .await
            .unwrap_or_else(|error| panic!("starting {}: {error}", S::NAME))
    }

    /// Starts a server whose data lies under a directory of the caller's, for example on a small disk. The caller
    /// keeps that directory for as long as the server lives.
    ///
    /// # Panics
    /// As [`Private::start`], and when nothing can be written there.
    pub async fn start_server_in(parent: &Path, server: S) -> Self {
        let parent = parent.to_owned();
        tokio::task::spawn_blocking(move || Self::launch_in(&parent, server))
            .await
            .unwrap_or_else(|error| panic!("starting {}: {error}", S::NAME))
    }

    fn launch(server: S) -> Self {
        Self::launch_in(&std::env::temp_dir(), server)
    }

    fn launch_in(parent: &Path, server: S) -> Self {
        let home = tempfile::Builder::new()
            .prefix("accession-testkit-")
            .tempdir_in(parent)
            .unwrap_or_else(|error| panic!("no directory in {}: {error}", parent.display()));
        open_for_passage(home.path());
        let data = data_of(&home);
        server.prepare(&data);
        let mut last = String::new();
        for _ in 0..PORT_ATTEMPTS {
            let port = free_port();
            match run(&server, &home, port) {
                Ok(running) => {
                    let inner = Inner {
                        server,
                        port,
                        home,
                        running: Mutex::new(Some(running)),
                    };
                    return Self {
                        inner: Arc::new(inner),
                    };
                }
                Err(reason) => last = reason,
            }
        }
        panic!(
            "{} did not come up in {PORT_ATTEMPTS} attempts: {last}",
            S::NAME
        );
    }

    /// The address clients connect to; it stays the same over restarts.
    #[must_use]
    pub fn url(&self) -> String {
        self.inner.server.url(self.inner.port)
    }

    /// The loopback port, for a test that cuts the connection by a proxy of its own.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.inner.port
    }

    /// Its data directory, for a test that takes it back to an older copy or away while the server is down.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        data_of(&self.inner.home)
    }

    /// What the server has said since it was made, over all its lives.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        log_of(&self.inner.home)
    }

    /// Whether it was started and has ended by itself since.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.inner
            .lock()
            .as_mut()
            .is_some_and(|running| running.exited().is_some())
    }

    /// The process id of the server, or None while it is down.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.inner.lock().as_ref().map(Running::id)
    }

    /// SIGKILL, to the server and its children at once. Returns when they are gone.
    pub fn kill(&self) {
        if let Some(running) = self.inner.lock().take() {
            running.kill();
        }
    }

    /// Asks the server to end in order and waits until it has. The data stays.
    ///
    /// # Panics
    /// When the async runtime is shutting down.
    pub async fn stop(&self) {
        self.stop_by(S::STOP).await;
    }

    /// Asks the server to end by another signal than its usual one, and waits until it has. The data stays.
    ///
    /// # Panics
    /// When the async runtime is shutting down.
    pub async fn stop_by(&self, signal: Signal) {
        self.blocking(move |inner| inner.stop(signal)).await;
    }

    /// Starts the server again on the same port and data, stopping it first if it runs.
    ///
    /// # Panics
    /// When it does not come up; the message holds the end of its log.
    pub async fn restart(&self) {
        self.try_restart()
            .await
            .unwrap_or_else(|reason| panic!("{} did not come back: {reason}", S::NAME));
    }

    /// [`Private::restart`] for a server that may not come up now, because something that it needs is away.
    ///
    /// # Errors
    /// It did not come up: the reason and the end of its log.
    ///
    /// # Panics
    /// When the async runtime is shutting down.
    pub async fn try_restart(&self) -> Result<(), String> {
        self.blocking(|inner| {
            inner.stop(S::STOP);
            inner.start_again()
        })
        .await
    }

    /// SIGSTOP: the server keeps its connections and answers nothing, like a hung machine.
    ///
    /// # Panics
    /// When the server is down.
    pub fn pause(&self) {
        self.inner.signal(Signal::STOP);
    }

    /// SIGCONT: the paused server goes on where it was.
    ///
    /// # Panics
    /// When the server is down.
    pub fn resume(&self) {
        self.inner.signal(Signal::CONT);
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner<S>) -> T + Send + 'static,
    ) -> T {
        let inner = Arc::clone(&self.inner);
        tokio::task::spawn_blocking(move || work(&inner))
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", S::NAME))
    }
}

impl<S: Server> Inner<S> {
    fn stop(&self, signal: Signal) {
        let running = self.lock().take();
        if let Some(running) = running {
            running.stop(signal, STOP_PATIENCE);
        }
    }

    fn start_again(&self) -> Result<(), String> {
        *self.lock() = Some(run(&self.server, &self.home, self.port)?);
        Ok(())
    }

    fn signal(&self, signal: Signal) {
        let guard = self.lock();
        let running = guard
            .as_ref()
            .unwrap_or_else(|| panic!("{} is down: restart it before pausing it", S::NAME));
        running.signal(signal);
    }
}

impl<S> Inner<S> {
    fn lock(&self) -> MutexGuard<'_, Option<Running>> {
        // A test that panicked while it held the lock still needs its server ended.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> Drop for Inner<S> {
    fn drop(&mut self) {
        if let Some(running) = self.lock().take() {
            running.kill();
        }
    }
}

fn data_of(home: &TempDir) -> PathBuf {
    home.path().join("data")
}

fn log_of(home: &TempDir) -> PathBuf {
    home.path().join("server.log")
}

/// Starts one process and waits for its answer; Err holds the reason and the end of the log.
fn run<S: Server>(server: &S, home: &TempDir, port: u16) -> Result<Running, String> {
    let log_path = log_of(home);
    let log = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&log_path)
        .map_err(|error| error.to_string())?;
    let errors = log.try_clone().map_err(|error| error.to_string())?;
    let data = data_of(home);
    let mut command = server.command(&data, port);
    let mut running = Running::spawn(command.stdout(log).stderr(errors), home.path())
        .map_err(|error| format!("{error}: {}", install_hint::<S>()))?;
    let mut ended = None;
    let settled = wait_until(START_PATIENCE, || {
        ended = running.exited();
        ended.is_some() || server.is_ready(&data, port, running.id())
    });
    if settled && ended.is_none() {
        return Ok(running);
    }
    running.kill();
    let how = ended.map_or_else(
        || format!("no answer within {START_PATIENCE:?}"),
        |status| status.to_string(),
    );
    Err(format!("{how}; its log ends:\n{}", tail(&log_path)))
}

fn install_hint<S: Server>() -> String {
    format!(
        "is {} installed? `make test` installs what the tests need",
        S::NAME
    )
}

fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.len().saturating_sub(20);
    lines.get(from..).unwrap_or_default().join("\n")
}

/// The server may run under another account (`PostgreSQL` under root's tests) and has to pass through.
fn open_for_passage(directory: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(directory, fs::Permissions::from_mode(0o711))
        .expect("permissions of our own directory can be set");
}
