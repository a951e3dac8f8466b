//! `accession restore`: a new data directory from a backup, verified before it is used.
//!
//! It never touches a directory that has a log; a restore that was killed is simply run again.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use accession_event_log::{RegisterStore, SqliteLog};
use accession_register::{Report, VerifyOptions, verify};
use anyhow::{Context as _, Result, bail};

use crate::checkpoint_key;
use crate::commands::backup::archive;
use crate::commands::backup::manifest::Manifest;
use crate::commands::{backup, output};
use crate::data_dir::DataDir;
use crate::settings::{Overrides, Settings};

/// Exit code of a restored log that is not what was signed.
const FOUND: u8 = 3;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    overrides: Overrides,
    /// What `accession backup` has made: a file or a directory
    from: PathBuf,
}

pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    let settings = Settings::load(&args.overrides)?;
    if settings.log_url.is_some() {
        bail!(
            "log_url is set: a log on Postgres is restored with `pg_restore` (docs/operating.md)"
        );
    }
    let data = DataDir::open(&settings.data_dir)?;
    if data.log().exists() {
        bail!(
            "{} has a log already: name an empty directory with --data-dir",
            data.path().display()
        );
    }
    let events = restored(&args.from, &data)
        .with_context(|| format!("{} was not restored", args.from.display()))?;
    let report = verified(&settings, &data).await?;
    output::line(&format!(
        "restored {events} events into {}; the documents are made anew at the first start",
        data.path().display()
    ));
    for finding in &report.findings {
        output::line(&format!("FOUND  {finding}"));
    }
    if !report.findings.is_empty() {
        return Ok(ExitCode::from(FOUND));
    }
    output::line(&format!(
        "the log is as it was written; {} checkpoint(s) verified, the last of {} events",
        report.checkpoints, report.sealed
    ));
    Ok(ExitCode::SUCCESS)
}

fn restored(from: &Path, data: &DataDir) -> Result<u64> {
    if from.is_dir() {
        return placed(from, data);
    }
    let unpacked = data.path().join("restore.part");
    if unpacked.exists() {
        std::fs::remove_dir_all(&unpacked).context("cannot remove an earlier restore.part")?;
    }
    backup::private_directory(&unpacked)?;
    let done = archive::unpack(from, &unpacked).and_then(|()| placed(&unpacked, data));
    // Of no use either way.
    let _ = std::fs::remove_dir_all(&unpacked);
    done
}

/// Puts the files of a backup in their places.
fn placed(folder: &Path, data: &DataDir) -> Result<u64> {
    let manifest = Manifest::checked(folder)?;
    if !data.keys().exists() {
        backup::private_directory(&data.keys())?;
    }
    for name in manifest.files() {
        let (source, target) = (folder.join(name), data.path().join(name));
        refuse_other(&source, &target)?;
        let mut fresh = target.clone().into_os_string();
        fresh.push(".new");
        std::fs::copy(&source, &fresh)
            .and_then(|_| std::fs::File::open(&fresh)?.sync_all())
            .and_then(|()| std::fs::rename(&fresh, &target))
            .with_context(|| format!("cannot write {}", target.display()))?;
    }
    Ok(manifest.events)
}

/// A file of the same content is from a restore that was killed; any other is somebody's.
fn refuse_other(source: &Path, target: &Path) -> Result<()> {
    let Ok(there) = std::fs::read(target) else {
        return Ok(());
    };
    if there
        != std::fs::read(source).with_context(|| format!("cannot read {}", source.display()))?
    {
        bail!(
            "{} exists and is another: name an empty directory with --data-dir",
            target.display()
        );
    }
    Ok(())
}

async fn verified(settings: &Settings, data: &DataDir) -> Result<Report> {
    let options = VerifyOptions {
        // A server that was never started has no key and no checkpoint.
        keys: checkpoint_key::verifiers(settings, data, None).unwrap_or_default(),
        kept: Vec::new(),
    };
    let log = SqliteLog::open(data.log())
        .await
        .context("the restored log cannot be opened")?;
    let store: Arc<dyn RegisterStore> = Arc::new(log);
    verify(store, &options, &|_, _| {})
        .await
        .context("the restored log cannot be verified")
}
