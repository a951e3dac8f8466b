//! `accession healthcheck`: asks a running server whether it is ready; needs no curl in the image.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::commands::output;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address to ask
    #[arg(long, default_value = "http://127.0.0.1:8080/health/ready")]
    url: String,
}

pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(3))
        .build()
        .context("cannot make an HTTP client")?;
    let response = client
        .get(&args.url)
        .send()
        .await
        .with_context(|| format!("no answer from {}", args.url))?;
    let status = response.status();
    let body = response.text().await.unwrap_or_default();
    output::line(&body);
    Ok(if status.is_success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
