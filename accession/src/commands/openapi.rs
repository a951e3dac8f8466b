//! `accession openapi`: the description of all routes, as it is served at `/openapi.json`.

use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::commands::output;
use crate::roles;

pub(crate) fn run() -> Result<ExitCode> {
    let text = roles::description()
        .to_pretty_json()
        .context("the description cannot be written as JSON")?;
    output::line(&text);
    Ok(ExitCode::SUCCESS)
}
