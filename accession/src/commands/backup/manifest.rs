//! What a backup consists of, with the hash of every file: a damaged one is noticed before it is relied on.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Its name in the backup.
const NAME: &str = "backup.json";
/// The version of the form that is written and read.
const VERSION: u32 = 1;

/// The list of what is in a backup.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    accession_backup: u32,
    /// How many events its log holds.
    pub(crate) events: u64,
    /// SHA-256 of each file, by its path below the backup.
    files: BTreeMap<String, String>,
}

impl Manifest {
    /// The list of a directory as it is.
    pub(super) fn of(folder: &Path, events: u64) -> Result<Self> {
        let mut files = BTreeMap::new();
        for below in ["", "keys"] {
            for entry in std::fs::read_dir(folder.join(below))? {
                let path = entry?.path();
                if !path.is_file() {
                    continue;
                }
                let name = path.strip_prefix(folder)?.to_string_lossy().into_owned();
                files.insert(name, digest(&path)?);
            }
        }
        Ok(Self {
            accession_backup: VERSION,
            events,
            files,
        })
    }

    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let text = serde_json::to_vec_pretty(self)?;
        std::fs::write(folder.join(NAME), text).context("cannot write the list of the backup")
    }

    /// Reads the list of a backup and compares every file with it.
    pub(crate) fn checked(folder: &Path) -> Result<Self> {
        let text = std::fs::read(folder.join(NAME))
            .with_context(|| format!("{} is not a backup: it has no {NAME}", folder.display()))?;
        let manifest: Self = serde_json::from_slice(&text).with_context(|| {
            format!(
                "{} is not the list of a backup",
                folder.join(NAME).display()
            )
        })?;
        if manifest.accession_backup != VERSION {
            bail!(
                "the backup is of version {} and this program reads version {VERSION}",
                manifest.accession_backup
            );
        }
        for (name, expected) in &manifest.files {
            let found = digest(&folder.join(name))?;
            if found != *expected {
                bail!(
                    "{name} of the backup was changed: its SHA-256 is {found}, and the backup says {expected}"
                );
            }
        }
        Ok(manifest)
    }

    /// The paths of its files, the log last: with it a data directory is whole.
    pub(crate) fn files(&self) -> Vec<&str> {
        let mut files: Vec<&str> = self.files.keys().map(String::as_str).collect();
        files.sort_by_key(|name| *name == "log.db");
        files
    }
}

fn digest(path: &Path) -> Result<String> {
    let mut file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut hashing = Hashing(Sha256::new());
    std::io::copy(&mut file, &mut hashing)
        .with_context(|| format!("cannot read {}", path.display()))?;
    Ok(hex::encode(hashing.0.finalize()))
}

struct Hashing(Sha256);

impl std::io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
