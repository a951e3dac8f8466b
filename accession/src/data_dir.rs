//! The data directory: which file lies where, and how a client on the same machine finds the running server.
//!
//! Secrets in it are readable by their owner only.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

/// A directory that belongs to one embedded server.
#[derive(Debug, Clone)]
pub(crate) struct DataDir {
    root: PathBuf,
}

/// What a running server leaves for clients on the same machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RunningServer {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// Its process.
    pub(crate) pid: u32,
}

impl DataDir {
    /// The directory, made if it is not there.
    pub(crate) fn open(root: &Path) -> Result<Self> {
        std::fs::create_dir_all(root).with_context(|| {
            format!(
                "cannot make the data directory {}; choose another with --data-dir",
                root.display()
            )
        })?;
        let root = root
            .canonicalize()
            .with_context(|| format!("cannot open the data directory {}", root.display()))?;
        Ok(Self { root })
    }

    /// The event log: the one file that must never be lost.
    pub(crate) fn log(&self) -> PathBuf {
        self.root.join("log.db")
    }

    /// Documents; can be rebuilt from the log.
    pub(crate) fn read_store(&self) -> PathBuf {
        self.root.join("read-store")
    }

    /// The search index; can be rebuilt from the documents.
    pub(crate) fn search(&self) -> PathBuf {
        self.root.join("search")
    }

    /// The private tables: keys of persons, hashes; never in the log.
    pub(crate) fn private(&self) -> PathBuf {
        self.root.join("private.db")
    }

    /// Where the keys lie.
    pub(crate) fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    /// The key that signs access tokens.
    pub(crate) fn token_key(&self) -> PathBuf {
        self.root.join("keys").join("token.pem")
    }

    /// The key that everything private hangs on.
    pub(crate) fn root_key(&self) -> PathBuf {
        self.root.join("keys").join("root.key")
    }

    /// The key that signs checkpoints of the log.
    pub(crate) fn checkpoint_key(&self) -> PathBuf {
        self.root.join("keys").join("checkpoint.key")
    }

    /// The credential by which importers on this machine reach the server.
    pub(crate) fn import_credential(&self) -> PathBuf {
        self.root.join("keys").join("import.credential")
    }

    /// Who can sign in to a demonstration.
    pub(crate) fn demo_sign_ins(&self) -> PathBuf {
        self.root.join("keys").join("demo-sign-ins.json")
    }

    /// The path itself, for messages.
    pub(crate) fn path(&self) -> &Path {
        &self.root
    }

    /// Tells clients on this machine where the server is; replaces what a killed server left.
    pub(crate) fn announce(&self, server: &RunningServer) -> Result<()> {
        let path = self.announcement();
        let fresh = self.root.join(format!("server.json.{}", server.pid));
        std::fs::write(&fresh, serde_json::to_vec(server)?)
            .and_then(|()| std::fs::rename(&fresh, &path))
            .with_context(|| format!("cannot write {}", path.display()))
    }

    /// Takes the announcement back.
    pub(crate) fn withdraw_announcement(&self) {
        if let Err(error) = std::fs::remove_file(self.announcement()) {
            tracing::debug!(%error, "the announcement of this server was gone already");
        }
    }

    /// The server that runs on this directory, as it announced itself.
    pub(crate) fn running_server(&self) -> Option<RunningServer> {
        let bytes = std::fs::read(self.announcement()).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    fn announcement(&self) -> PathBuf {
        self.root.join("server.json")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_finds_the_server_that_announced_itself_until_it_withdraws() {
        let root = std::env::temp_dir().join(format!("accession-data-{}", std::process::id()));
        let data = DataDir::open(&root).unwrap();
        assert_eq!(data.running_server(), None);
        let server = RunningServer {
            address: "127.0.0.1:8080".parse().unwrap(),
            pid: 7,
        };
        data.announce(&server).unwrap();
        assert_eq!(data.running_server(), Some(server));
        data.withdraw_announcement();
        assert_eq!(data.running_server(), None);
        std::fs::remove_dir_all(root).unwrap();
    }
}
