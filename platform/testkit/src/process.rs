//! One running server process: signals to it and its children, and a guard that outlives us.
//! Never signals by name: only ids of processes it started, and their children.

use std::fs;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// Waits for one line on standard input. None arrives when the test process dies without running
/// its destructors (timeout, abort): then the server and its data go too.
const GUARD: &str = r#"read -r line
[ "$line" = done ] && exit 0
kill -KILL "$1" 2>/dev/null
sleep 1
rm -rf "$2""#;

/// A server process and the guard that ends it should we die first.
#[derive(Debug)]
pub(crate) struct Running {
    server: Child,
    guard: Child,
}

impl Running {
    /// Starts `command`; `data` is what the guard removes if this process dies unexpectedly.
    pub(crate) fn spawn(command: &mut Command, data: &Path) -> std::io::Result<Self> {
        let server = command.stdin(Stdio::null()).spawn()?;
        // A group of its own, so that what ends the test's group leaves the guard to clean up.
        let guard = Command::new("sh")
            .process_group(0)
            .args(["-c", GUARD, "guard", &server.id().to_string()])
            .arg(data)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { server, guard })
    }

    pub(crate) fn id(&self) -> u32 {
        self.server.id()
    }

    /// Some when the process ended by itself.
    pub(crate) fn exited(&mut self) -> Option<ExitStatus> {
        self.server.try_wait().ok().flatten()
    }

    /// Signals the process first, so that it forks no more, then every child it has.
    pub(crate) fn signal(&self, signal: Signal) {
        send(self.id(), signal);
        for child in children(self.id()) {
            send(child, signal);
        }
    }

    /// SIGKILL to the process and its children at once, as a crash of the machine would.
    pub(crate) fn kill(mut self) {
        send(self.id(), Signal::STOP);
        let family = children(self.id());
        send(self.id(), Signal::KILL);
        for child in &family {
            send(*child, Signal::KILL);
        }
        self.reap();
        wait_until(Duration::from_secs(10), || {
            family.iter().all(|id| is_gone(*id))
        });
    }

    /// Asks by `signal`, waits at most `patience`, then insists.
    pub(crate) fn stop(mut self, signal: Signal, patience: Duration) {
        send(self.id(), signal);
        send(self.id(), Signal::CONT); // a paused process would not hear it
        for child in children(self.id()) {
            send(child, Signal::CONT);
        }
        if wait_until(patience, || self.exited().is_some()) {
            self.reap();
        } else {
            self.kill();
        }
    }

    fn reap(&mut self) {
        // Both are gone or going; a failure here means somebody else reaped them.
        let _ = self.server.wait();
        if let Some(mut input) = self.guard.stdin.take() {
            let _ = input.write_all(b"done\n");
        }
        let _ = self.guard.wait();
    }
}

/// Polls `condition` and says whether it came true in time.
pub(crate) fn wait_until(patience: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + patience;
    while !condition() {
        if Instant::now() > deadline {
            return false;
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "other processes cannot wake us; this polls a condition within a bound"
        )]
        std::thread::sleep(Duration::from_millis(10));
    }
    true
}

fn send(id: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) {
        // It may have ended a moment ago, and then there is nothing to signal.
        let _ = kill_process(pid, signal);
    }
}

fn is_gone(id: u32) -> bool {
    // A killed grandchild stays a zombie where nobody adopts it; it holds nothing any more.
    state_and_parent(id).is_none_or(|(state, _)| state == 'Z')
}

fn children(parent: u32) -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|id| state_and_parent(*id).is_some_and(|(_, found)| found == parent))
        .collect()
}

/// From `/proc/ID/stat`: "ID (name) STATE PARENT …"; the name may itself contain spaces and ")".
fn state_and_parent(id: u32) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?.chars().next()?;
    Some((state, fields.next()?.parse().ok()?))
}
