//! The scripts that Redis runs for us, and how one is called.
//! Never assumes that Redis still has a script: it forgets them when it restarts.

use std::sync::LazyLock;

use redis::{Cmd, ErrorKind, FromRedisValue, Script, ServerErrorKind};

use super::failure;
use super::link::Link;
use crate::store::ReadStoreError;

macro_rules! script {
    ($(#[$doc:meta])* $name:ident, $flags:literal, $($file:literal),+) => {
        $(#[$doc])*
        pub(super) static $name: LazyLock<Source> =
            LazyLock::new(|| Source::new(concat!("#!lua", $flags, "\n", $(include_str!($file)),+)));
    };
}

script!(COMMIT, "", "feed.lua", "commit.lua");
script!(CONCLUDE, "", "feed.lua", "conclude.lua");
script!(TAKE_OVER, "", "take_over.lua");
script!(DIFFERING, " flags=no-writes", "differing.lua");
script!(CHANGES, " flags=no-writes", "changes.lua");
script!(REGISTER, "", "register.lua");
script!(PROMOTE, "", "feed.lua", "promote.lua");
script!(NOTE, "", "note.lua");
script!(RETIRE, "", "retire.lua");
script!(CLEAR, "", "clear.lua");

/// A script and its name in Redis.
pub(super) struct Source {
    code: &'static str,
    script: Script,
}

impl Source {
    fn new(code: &'static str) -> Self {
        Self {
            code,
            script: Script::new(code),
        }
    }

    /// Begins a call with these keys; the caller adds the arguments.
    pub(super) fn call(&self, keys: &[impl AsRef<str>], data: usize) -> Cmd {
        let mut command = Cmd::with_capacity(keys.len() + 3, data + keys.len() * 64);
        command
            .arg("EVALSHA")
            .arg(self.script.get_hash())
            .arg(keys.len());
        for key in keys {
            command.arg(key.as_ref());
        }
        command
    }

    /// Begins a call that brings the script with it: within a transaction a script that Redis has forgotten is an error
    /// that comes too late.
    pub(super) fn whole(&self, keys: &[impl AsRef<str>]) -> Cmd {
        let mut command = redis::cmd("EVAL");
        command.arg(self.code).arg(keys.len());
        for key in keys {
            command.arg(key.as_ref());
        }
        command
    }

    /// Runs a call, sending the script first when Redis does not have it.
    pub(super) async fn run<T: FromRedisValue>(
        &self,
        link: &Link,
        call: &Cmd,
    ) -> Result<T, ReadStoreError> {
        let answer = match link.write(call).await {
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                let load = redis::cmd("SCRIPT").arg("LOAD").arg(self.code).take();
                match link.write::<String>(&load).await {
                    Ok(_) => link.write(call).await,
                    Err(error) => Err(error),
                }
            }
            answer => answer,
        };
        answer.map_err(|error| failure::of(&error))
    }
}
