//! `accession credential`: what services such as importers show to be let in.

use std::process::ExitCode;

use accession_command_api::credentials::Credentials;
use accession_events::ids::ServiceCredentialId;
use accession_service::access::Scope;
use anyhow::{Context as _, Result, bail};
use clap::Subcommand;

use crate::commands::output;
use crate::data_dir::DataDir;
use crate::private;
use crate::settings::{Overrides, Settings};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a credential and print it; it is shown this once
    Issue(IssueArgs),
    /// List all credentials, without their secrets
    List(ListArgs),
    /// Let a credential open nothing any more
    Revoke(RevokeArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct IssueArgs {
    #[command(flatten)]
    overrides: Overrides,
    /// What it is for, for the list
    #[arg(long, default_value = "importer")]
    name: String,
    /// What it may be used for: import, operate, notify or jobs; may be repeated
    #[arg(long = "scope", required = true)]
    scopes: Vec<String>,
    /// Print the credential and nothing else
    #[arg(long)]
    quiet: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    overrides: Overrides,
}

#[derive(Debug, clap::Args)]
pub(crate) struct RevokeArgs {
    #[command(flatten)]
    overrides: Overrides,
    /// Id of the credential, from the list
    id: String,
}

pub(crate) async fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Issue(args) => issue(args).await,
        Command::List(args) => list(args).await,
        Command::Revoke(args) => revoke(args).await,
    }
}

async fn open(overrides: &Overrides) -> Result<Credentials> {
    let settings = Settings::load(overrides)?;
    let data = DataDir::open(&settings.data_dir)?;
    let database = private::open_database(&settings, &data).await?;
    Ok(private::credentials_in(&database))
}

#[expect(
    clippy::disallowed_methods,
    reason = "a command at the edge: this is where time enters"
)]
async fn issue(args: IssueArgs) -> Result<ExitCode> {
    let mut scopes = Vec::new();
    for name in &args.scopes {
        match Scope::named(name) {
            Some(scope) => scopes.push(scope),
            None => bail!(
                "`{name}` is not a scope; expected {}",
                Scope::ALL.map(Scope::as_str).join(" or ")
            ),
        }
    }
    let credentials = open(&args.overrides).await?;
    let (id, text) = credentials
        .issue(&args.name, &scopes, jiff::Timestamp::now())
        .await
        .context("cannot issue a credential")?;
    output::line(&text);
    if !args.quiet {
        output::error(&format!(
            "credential {id} ({}): keep it now, it is not shown again",
            args.name
        ));
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(args: ListArgs) -> Result<ExitCode> {
    for credential in open(&args.overrides)
        .await?
        .list()
        .await
        .context("cannot list credentials")?
    {
        let scopes: Vec<&str> = credential
            .scopes
            .iter()
            .map(|scope| scope.as_str())
            .collect();
        let time = |at: Option<jiff::Timestamp>| {
            at.map_or_else(|| "never".to_owned(), |at| at.to_string())
        };
        output::line(&format!(
            "{}  {:<20} {:<16} issued {}  used {}  {}",
            credential.id,
            credential.name,
            scopes.join(","),
            credential.created_at,
            time(credential.last_used_at),
            credential
                .ends_at
                .map_or_else(String::new, |at| format!("ends {at}")),
        ));
    }
    Ok(ExitCode::SUCCESS)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a command at the edge: this is where time enters"
)]
async fn revoke(args: RevokeArgs) -> Result<ExitCode> {
    let id: ServiceCredentialId = args.id.parse()?;
    let revoked = open(&args.overrides)
        .await?
        .revoke(id, jiff::Timestamp::now())
        .await
        .context("cannot revoke")?;
    if !revoked {
        bail!("there is no credential {id} that could be revoked; see `accession credential list`");
    }
    output::line(&format!(
        "credential {id} opens nothing any more; running servers know within a second"
    ));
    Ok(ExitCode::SUCCESS)
}
