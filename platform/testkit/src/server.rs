//! What differs between the servers we can start: how to prepare, start, recognise and stop one.
//! Never starts anything itself: `Private` does.

use std::path::Path;
use std::process::Command;

use rustix::process::Signal;

/// A kind of server that [`crate::Private`] can run.
pub trait Server: Send + Sync + 'static {
    /// What messages call it, and what has to be installed.
    const NAME: &'static str;

    /// The signal that asks it to end in order.
    const STOP: Signal;

    /// Lays out a new data directory.
    fn prepare(&self, data: &Path);

    /// The command that runs the server in the foreground.
    fn command(&self, data: &Path, port: u16) -> Command;

    /// Whether the process `pid` (and no stranger on the same port) answers requests.
    fn is_ready(&self, data: &Path, port: u16, pid: u32) -> bool;

    /// The address a client connects to.
    fn url(&self, port: u16) -> String;
}
