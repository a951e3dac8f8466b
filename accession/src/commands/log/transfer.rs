//! `accession log export` and `import`: the whole log as a file, and back into an empty log of whichever kind.
//!
//! An export only reads. An import writes into nothing but an empty log, and only what it has verified before.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use accession_event_log::ClaimBook;
use accession_register::export::Target;
use accession_register::{ExportOptions, VerifyOptions, export, import};
use anyhow::{Context as _, Result, bail};

use super::progress::Bar;
use super::rebuild_claims::changes;
use crate::commands::output;
use crate::data_dir::DataDir;
use crate::settings::{Overrides, Settings};
use crate::{assembly, checkpoint_key};

#[derive(Debug, clap::Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    overrides: Overrides,
    /// A file (compressed if it ends with .gz), or a directory for a file named after its first position; standard output
    /// without it
    #[arg(long, value_name = "FILE|DIR")]
    to: Option<PathBuf>,
    /// The first position to export; only a whole log can be imported
    #[arg(long, value_name = "POSITION", default_value_t = 1)]
    from: u64,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ImportArgs {
    #[command(flatten)]
    overrides: Overrides,
    /// An export of a whole log
    file: PathBuf,
    /// The exported log's public key: its checkpoints must be signed by it
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

pub(crate) async fn export_log(args: ExportArgs) -> Result<ExitCode> {
    let settings = Settings::load(&args.overrides)?;
    let data = DataDir::open(&settings.data_dir)?;
    let Some(after) = args.from.checked_sub(1) else {
        bail!("positions are counted from 1");
    };
    let store = assembly::open_log_for_reading(&settings, &data)
        .await?
        .register();
    let (target, file) = match &args.to {
        None => (Target::stream(Box::new(std::io::stdout())), None),
        Some(path) => {
            let file = file_for(path, args.from);
            (Target::file(&file)?, Some(file))
        }
    };
    let bar = Bar::new("exporting");
    let exported = export(store, target, ExportOptions { after }, &|done, of| {
        bar.show(done, of);
    })
    .await;
    bar.finish();
    let exported = exported.context("the log could not be exported")?;
    let Some(file) = file else {
        return Ok(ExitCode::SUCCESS);
    };
    if let Some(position) = exported.resumed_at {
        output::line(&format!(
            "went on after position {position}, where an earlier export had stopped"
        ));
    }
    output::line(&format!(
        "wrote positions {} to {} to {}; checkpoints cover it up to {}",
        exported.after + 1,
        exported.upto,
        file.display(),
        exported.sealed
    ));
    Ok(ExitCode::SUCCESS)
}

/// In a directory each export has a name that sorts by its first position.
fn file_for(path: &Path, from: u64) -> PathBuf {
    if path.is_dir() {
        path.join(format!("accession-log-{from:012}.jsonl.gz"))
    } else {
        path.to_owned()
    }
}

pub(crate) async fn import_log(args: ImportArgs) -> Result<ExitCode> {
    let settings = Settings::load(&args.overrides)?;
    let data = DataDir::open(&settings.data_dir)?;
    let options = VerifyOptions {
        keys: match &args.key {
            Some(key) => checkpoint_key::verifiers(&settings, &data, Some(key))?,
            None => Vec::new(),
        },
        kept: Vec::new(),
    };
    let store = assembly::open_log_for_import(&settings, &data)
        .await?
        .register();
    let bar = Bar::new("importing");
    let claims = ClaimBook::new(changes);
    let imported = import(store, &args.file, &options, claims, &|done, of| {
        bar.show(done, of);
    })
    .await;
    bar.finish();
    let imported = imported.context("the log could not be imported")?;
    if imported.resumed_at > 0 {
        output::line(&format!(
            "went on after position {}, where an earlier import had stopped",
            imported.resumed_at
        ));
    }
    output::line(&format!(
        "imported {} events with {} checkpoint(s) up to position {}; {} claims made anew",
        imported.events, imported.checkpoints, imported.sealed, imported.claims.claims
    ));
    if options.keys.is_empty() {
        output::line("signatures were not checked, because no --key was given; the roots were");
    }
    Ok(ExitCode::SUCCESS)
}
