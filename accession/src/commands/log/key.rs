//! `accession log key`: the public half of the key that signs the log, to give away; or a new key.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::checkpoint_key;
use crate::commands::output;
use crate::data_dir::DataDir;
use crate::settings::{Overrides, Settings};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    overrides: Overrides,
    /// Make a new key in this file, which must not exist
    #[arg(long, value_name = "FILE")]
    new: Option<PathBuf>,
    /// Name of the log in its checkpoints, for example books.example/log; with --new
    #[arg(long, value_name = "NAME", requires = "new")]
    origin: Option<String>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let settings = Settings::load(&args.overrides)?;
    if let Some(file) = &args.new {
        if file.exists() {
            bail!("{} exists: a key is never overwritten", file.display());
        }
        let origin = args
            .origin
            .as_deref()
            .or(settings.checkpoint_origin.as_deref());
        let signer = checkpoint_key::make(file, origin)?;
        output::line(&signer.verifier().to_string());
        return Ok(ExitCode::SUCCESS);
    }
    let data = DataDir::open(&settings.data_dir)?;
    for key in checkpoint_key::verifiers(&settings, &data, None)? {
        output::line(&key.to_string());
    }
    Ok(ExitCode::SUCCESS)
}
