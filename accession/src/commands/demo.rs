//! `accession demo`: an embedded server with a small hand-written collection, sent through the real importer.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use accession_events::identity::PlatformRole;
use accession_importer::{ImportOptions, Source, Wishes};
use accession_service::access::Role as AccessRole;
use accession_service::keys::{random_bytes, write_private};
use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use crate::commands::{import, output, serve, token};
use crate::data_dir::DataDir;
use crate::first_run::{self, Newcomer};
use crate::roles::Running;
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
        full: false,
        wishes: Wishes::default(),
    };
    let code = import::import(sample, false).await;
    if code != 0 {
        output::error("the sample collection is not complete; the server goes on all the same");
    }
    let sign_ins = sign_ins(&settings, &running).await?;
    let key = token::signing_key(&settings)?;
    let access = token::mint_with(&key, "demo", Some(AccessRole::Curator), TOKEN_LIFETIME)
        .context("no token")?;
    for line in welcome(
        &format!("http://{}", running.address),
        &settings,
        &access,
        &sign_ins,
    ) {
        output::line(&line);
    }
    serve::until_stopped(running).await
}

/// Who can sign in to a demonstration: drawn once, kept in the data directory, printed each time.
#[derive(Debug, Serialize, Deserialize)]
struct SignIn {
    email: String,
    password: String,
    role: Option<PlatformRole>,
}

/// An administrator and a reader. A second start on the same directory finds them.
async fn sign_ins(settings: &Settings, running: &Running) -> Result<Vec<SignIn>> {
    let Some(accounts) = &running.accounts else {
        return Ok(Vec::new());
    };
    let path = DataDir::open(&settings.data_dir)?.demo_sign_ins();
    let kept = std::fs::read(&path).ok();
    let sign_ins: Vec<SignIn> =
        if let Some(Ok(sign_ins)) = kept.map(|bytes| serde_json::from_slice(&bytes)) {
            sign_ins
        } else {
            let drawn = vec![
                drawn("admin@demo.example", Some(PlatformRole::Admin))?,
                drawn("reader@demo.example", None)?,
            ];
            let _ = std::fs::remove_file(&path);
            write_private(&path, &serde_json::to_vec(&drawn)?)
                .with_context(|| format!("cannot write {}", path.display()))?;
            drawn
        };
    for sign_in in &sign_ins {
        let newcomer = Newcomer {
            email: sign_in.email.clone(),
            name: if sign_in.role.is_some() {
                "Ada Admin"
            } else {
                "Rea Reader"
            }
            .into(),
            password: sign_in.password.clone(),
            role: sign_in.role,
        };
        first_run::make(accounts, newcomer).await?;
    }
    Ok(sign_ins)
}

fn drawn(email: &str, role: Option<PlatformRole>) -> Result<SignIn> {
    let random = random_bytes().context("no randomness for a password")?;
    let password = hex::encode(random.get(..8).unwrap_or_default());
    Ok(SignIn {
        email: email.into(),
        password,
        role,
    })
}

fn welcome(url: &str, settings: &Settings, token: &str, sign_ins: &[SignIn]) -> Vec<String> {
    let mut lines = overview(url, settings, token);
    lines.push("Sign in with an e-mail address and a password:".into());
    lines.extend(sign_ins.iter().map(|sign_in| {
        let role = if sign_in.role.is_some() {
            "admin "
        } else {
            "reader"
        };
        format!("  {role}  {}  {}", sign_in.email, sign_in.password)
    }));
    lines.extend([String::new(), "Stop with Ctrl-C.".into()]);
    lines
}

fn overview(url: &str, settings: &Settings, token: &str) -> Vec<String> {
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
    ]
}
