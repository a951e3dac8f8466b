//! Flushes that take long, by a small library that is compiled here and preloaded into one process.
//!
//! Never touches another process, and does nothing until it is told a delay.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use super::Unavailable;

const SOURCE: &str = include_str!("slow_flush.c");

pub(crate) struct SlowFlush {
    place: TempDir,
}

impl SlowFlush {
    /// Compiles the library.
    pub(crate) fn build() -> Result<Self, Unavailable> {
        let refused =
            |reason: String| Unavailable(format!("flushes cannot be made slow: {reason}"));
        let place = tempfile::tempdir().map_err(|error| refused(error.to_string()))?;
        let source = place.path().join("slow_flush.c");
        let made = std::fs::set_permissions(place.path(), std::fs::Permissions::from_mode(0o755))
            .and_then(|()| std::fs::write(&source, SOURCE))
            .and_then(|()| std::fs::write(place.path().join("delay"), "0"));
        made.map_err(|error| refused(error.to_string()))?;
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(place.path().join("slow_flush.so"))
            .arg(&source)
            .arg("-ldl")
            .output()
            .map_err(|error| refused(format!("cc: {error}")))?;
        if compiled.status.success() {
            Ok(Self { place })
        } else {
            let said = String::from_utf8_lossy(&compiled.stderr);
            Err(refused(said.trim().to_owned()))
        }
    }

    pub(crate) fn environment(&self) -> [(String, String); 2] {
        let library = self.place.path().join("slow_flush.so");
        [
            ("LD_PRELOAD".into(), library.display().to_string()),
            (
                "RIG_FLUSH_DELAY_FILE".into(),
                self.delay().display().to_string(),
            ),
        ]
    }

    /// Every flush from now on takes so much longer.
    pub(crate) fn set(&self, delay: Duration) -> Result<()> {
        std::fs::write(self.delay(), delay.as_millis().to_string())
            .context("the delay cannot be written")
    }

    fn delay(&self) -> PathBuf {
        self.place.path().join("delay")
    }
}
