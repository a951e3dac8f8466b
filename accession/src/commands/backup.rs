//! `accession backup`: all of an embedded server that cannot be made again, while it runs: the log, the credentials'
//! hashes and the keys.
//!
//! Documents are left out: they are rebuilt from the log. Nothing that exists is ever overwritten.

pub(super) mod archive;
pub(super) mod manifest;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use accession_event_log::{LogStore as _, SqliteLog};
use anyhow::{Context as _, Result, bail};

use self::manifest::Manifest;
use crate::commands::output;
use crate::data_dir::DataDir;
use crate::settings::{Overrides, Settings};

/// Made anew on every machine: importers on this one reach the server by it.
const NOT_KEPT: &str = "import.credential";

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    overrides: Overrides,
    /// A file (.tar or .tar.gz), or else a directory; it must not exist
    to: PathBuf,
}

pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    let settings = Settings::load(&args.overrides)?;
    if settings.log_url.is_some() {
        bail!(
            "the log is on Postgres: back it up with `pg_dump --format=custom`, and keep the checkpoint key apart from it \
             (docs/operating.md)"
        );
    }
    let data = DataDir::open(&settings.data_dir)?;
    if !data.log().exists() {
        bail!(
            "there is no event log in {}: name the data directory of a server with --data-dir",
            data.path().display()
        );
    }
    if args.to.exists() {
        bail!(
            "{} exists: a backup never overwrites one; name another",
            args.to.display()
        );
    }
    let part = part_of(&args.to);
    let done = collected(&data, &part).await;
    let done = match done {
        Ok(events) => put(&part, &args.to).map(|()| events),
        Err(error) => Err(error),
    };
    if done.is_err() {
        // What is half there is of no use; the error that led here is what the operator is told.
        let _ = std::fs::remove_dir_all(&part);
    }
    let events = done.with_context(|| format!("no backup was made at {}", args.to.display()))?;
    output::line(&format!(
        "{} holds {events} events, the credentials and the keys: keep it where only you can read it",
        args.to.display()
    ));
    Ok(ExitCode::SUCCESS)
}

/// Where the backup grows before it gets its name.
fn part_of(to: &Path) -> PathBuf {
    let mut part = to.as_os_str().to_owned();
    part.push(".part");
    PathBuf::from(part)
}

/// Copies everything into a directory; answers how many events are in the copy.
async fn collected(data: &DataDir, part: &Path) -> Result<u64> {
    if part.exists() {
        std::fs::remove_dir_all(part)
            .with_context(|| format!("cannot remove what is left in {}", part.display()))?;
    }
    private_directory(part)?;
    SqliteLog::copy(&data.log(), &part.join("log.db")).await?;
    if data.private().exists() {
        SqliteLog::copy(&data.private(), &part.join("private.db")).await?;
    }
    copy_keys(data, part)?;
    let events = SqliteLog::open_read_only(part.join("log.db"))
        .await?
        .head()
        .await?
        .get();
    // A reader leaves these beside the copy, empty.
    for left in ["log.db-wal", "log.db-shm"] {
        let _ = std::fs::remove_file(part.join(left));
    }
    Manifest::of(part, events)?.write(part)?;
    Ok(events)
}

fn copy_keys(data: &DataDir, part: &Path) -> Result<()> {
    let keys = part.join("keys");
    private_directory(&keys)?;
    let Ok(entries) = std::fs::read_dir(data.keys()) else {
        return Ok(());
    };
    for entry in entries {
        let path = entry.context("cannot list the keys")?.path();
        let Some(name) = path.file_name().filter(|name| *name != NOT_KEPT) else {
            continue;
        };
        // Permissions come along.
        std::fs::copy(&path, keys.join(name))
            .with_context(|| format!("cannot copy {}", path.display()))?;
    }
    Ok(())
}

/// A directory that only its owner can look into.
pub(super) fn private_directory(path: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new()
        .mode(0o700)
        .create(path)
        .with_context(|| format!("cannot make {}", path.display()))
}

/// Gives the backup its name, as a directory or in one file.
fn put(part: &Path, to: &Path) -> Result<()> {
    if !archive::is_archive(to) {
        return std::fs::rename(part, to)
            .with_context(|| format!("cannot rename {}", part.display()));
    }
    archive::pack(part, to)?;
    std::fs::remove_dir_all(part).with_context(|| format!("cannot remove {}", part.display()))
}
