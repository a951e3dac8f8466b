//! A small disk of its own: a tmpfs, filled up and freed again. Mounting one takes root.
//!
//! Never leaves a mount behind, unless the rig itself is killed.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use super::Unavailable;

const PIECE: usize = 64 * 1024;

pub(crate) struct SmallDisk {
    place: TempDir,
}

impl SmallDisk {
    /// Mounts so many MiB.
    pub(crate) fn mount(mebibytes: u64) -> Result<Self, Unavailable> {
        let refused = |reason: String| {
            Unavailable(format!(
                "a small disk cannot be mounted: {reason}; run as root"
            ))
        };
        let place = tempfile::tempdir().map_err(|error| refused(error.to_string()))?;
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={mebibytes}m"), "tmpfs"])
            .arg(place.path())
            .output()
            .map_err(|error| refused(error.to_string()))?;
        if !mounted.status.success() {
            let said = String::from_utf8_lossy(&mounted.stderr);
            return Err(refused(said.trim().to_owned()));
        }
        // PostgreSQL runs under another account and has to pass through.
        std::fs::set_permissions(place.path(), std::fs::Permissions::from_mode(0o711))
            .map_err(|error| refused(error.to_string()))?;
        Ok(Self { place })
    }

    pub(crate) fn path(&self) -> &Path {
        self.place.path()
    }

    /// Writes until there is no space left.
    pub(crate) fn fill(&self) -> Result<()> {
        let mut file = File::create(self.ballast()).context("the ballast cannot be made")?;
        let piece = vec![0x5A; PIECE];
        // The error is what is wanted; a last, smaller piece takes what is left.
        while file.write_all(&piece).is_ok() {}
        Ok(())
    }

    /// Gives the space back.
    pub(crate) fn free(&self) -> Result<()> {
        std::fs::remove_file(self.ballast()).context("the ballast cannot be removed")
    }

    fn ballast(&self) -> PathBuf {
        self.place.path().join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a process that was just killed may still hold a file. The directory goes with its guard.
        let _ = Command::new("umount")
            .arg("-l")
            .arg(self.place.path())
            .status();
    }
}
