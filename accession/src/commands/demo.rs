//! `accession demo`: an embedded server with a small hand-written collection, sent through the real importer.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use accession_importer::{ImportOptions, Source};
use accession_service::access::Role as AccessRole;
use anyhow::{Context as _, Result};

use crate::commands::{import, output, serve, token};
use crate::settings::{Overrides, Role, Settings};

/// A demonstration's token may last an afternoon.
const TOKEN_LIFETIME: Duration = Duration::from_hours(8);

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    overrides: Overrides,
}

pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    let mut overrides = args.overrides;
    overrides
        .data_dir
        .get_or_insert_with(|| PathBuf::from(".data"));
    let settings = Settings::load(&overrides)?;
    let running = serve::start(&settings, Role::All).await?;
    let sample = ImportOptions {
        source: Source::Sample,
        file: None,
        server: import::of_data_dir(&settings.data_dir, Duration::from_secs(10))?,
        limit: None,
        rejected_file: settings.data_dir.join("sample.rejected.csv"),
    };
    let code = import::import(sample, false).await;
    if code != 0 {
        output::error("the sample collection is not complete; the server goes on all the same");
    }
    let key = token::signing_key(&settings)?;
    let access = token::mint_with(&key, "demo", Some(AccessRole::Curator), TOKEN_LIFETIME)
        .context("no token")?;
    for line in welcome(&format!("http://{}", running.address), &settings, &access) {
        output::line(&line);
    }
    serve::until_stopped(running).await
}

fn welcome(url: &str, settings: &Settings, token: &str) -> Vec<String> {
    vec![
        String::new(),
        format!(
            "Accession serves at {url}; its data is in {}",
            settings.data_dir.display()
        ),
        format!("  a list of books      curl -s '{url}/api/read/titles?kind=book&limit=3'"),
        format!("  one of them          curl -s '{url}/api/read/titles/the-name-of-the-rose'"),
        format!(
            "  who said what        curl -s '{url}/api/read/titles/the-name-of-the-rose/provenance'"
        ),
        format!("  by ISBN              curl -s '{url}/api/read/isbn/0439023483'"),
        format!("  a series             curl -s '{url}/api/read/anime/cowboy-bebop'"),
        format!("  the whole API        {url}/docs"),
        String::new(),
        "An access token of a curator, good for eight hours:".into(),
        format!("  {token}"),
        String::new(),
        "Stop with Ctrl-C.".into(),
    ]
}
