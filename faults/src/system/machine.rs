//! Any process of the system, whatever runs in it.
//!
//! It adds nothing to what a private server can do; it only hides which kind it is.

use std::path::PathBuf;

use accession_testkit::{Private, Server, Signal};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

/// A process that can be killed, paused and brought back.
pub(crate) trait Machine: Send + Sync {
    fn url(&self) -> String;
    fn port(&self) -> u16;
    fn data(&self) -> PathBuf;
    fn log(&self) -> PathBuf;
    fn kill(&self);
    fn pause(&self);
    fn resume(&self);
    fn is_down(&self) -> bool;
    fn has_ended(&self) -> bool;
    fn stop_by(&self, signal: Signal) -> BoxFuture<'_, ()>;
    fn try_restart(&self) -> BoxFuture<'_, Result<(), String>>;
}

impl<S: Server> Machine for Private<S> {
    fn url(&self) -> String {
        Self::url(self)
    }

    fn port(&self) -> u16 {
        Self::port(self)
    }

    fn data(&self) -> PathBuf {
        Self::data(self)
    }

    fn log(&self) -> PathBuf {
        Self::log(self)
    }

    fn kill(&self) {
        Self::kill(self);
    }

    fn pause(&self) {
        Self::pause(self);
    }

    fn resume(&self) {
        Self::resume(self);
    }

    fn is_down(&self) -> bool {
        self.id().is_none()
    }

    fn has_ended(&self) -> bool {
        Self::has_ended(self)
    }

    fn stop_by(&self, signal: Signal) -> BoxFuture<'_, ()> {
        Self::stop_by(self, signal).boxed()
    }

    fn try_restart(&self) -> BoxFuture<'_, Result<(), String>> {
        Self::try_restart(self).boxed()
    }
}
