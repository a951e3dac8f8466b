//! A false clock for one process, by libfaketime. What measures durations goes on as before, as on a machine whose
//! clock somebody sets.
//!
//! Never the clock of this machine.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use super::Unavailable;

const LIBRARIES: [&str; 3] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
];

pub(crate) struct Clock {
    place: TempDir,
    library: PathBuf,
}

impl Clock {
    pub(crate) fn find() -> Result<Self, Unavailable> {
        let library = LIBRARIES
            .map(Path::new)
            .into_iter()
            .find(|path| path.exists());
        let library = library.ok_or_else(|| {
            Unavailable("clocks cannot be set: install Debian's package libfaketime".into())
        })?;
        let made = || -> Result<TempDir> {
            let place = tempfile::tempdir()?;
            std::fs::set_permissions(place.path(), std::fs::Permissions::from_mode(0o755))?;
            Ok(place)
        };
        let place = made().map_err(|error| Unavailable(error.to_string()))?;
        let clock = Self {
            place,
            library: library.to_owned(),
        };
        clock
            .set(0)
            .map_err(|error| Unavailable(error.to_string()))?;
        Ok(clock)
    }

    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        [
            ("LD_PRELOAD", self.library.display().to_string()),
            (
                "FAKETIME_TIMESTAMP_FILE",
                self.setting().display().to_string(),
            ),
            ("FAKETIME_NO_CACHE", "1".into()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".into()),
            ("DONT_FAKE_MONOTONIC", "1".into()),
        ]
        .map(|(key, value)| (key.to_owned(), value))
        .to_vec()
    }

    /// The process's clock is so many seconds ahead from now on; negative: behind.
    pub(crate) fn set(&self, seconds: i64) -> Result<()> {
        // Replaced in one piece: the process reads it at every look at its clock.
        let fresh = self.place.path().join("fresh");
        std::fs::write(&fresh, format!("{seconds:+}\n"))
            .and_then(|()| std::fs::rename(&fresh, self.setting()))
            .context("the clock cannot be set")
    }

    fn setting(&self) -> PathBuf {
        self.place.path().join("offset")
    }
}
