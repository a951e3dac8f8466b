//! `accession credential`: what services such as importers show to be let in.

mod way;

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
use way::Way;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a credential and print it; it is shown this once
    Issue(IssueArgs),
    /// List all credentials, without their secrets
    List(ListArgs),
    /// Make a credential that takes the place of another, and print it
    Rotate(RotateArgs),
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
pub(crate) struct RotateArgs {
    #[command(flatten)]
    overrides: Overrides,
    /// Id of the credential, from the list
    id: String,
    /// For how many seconds the old one stays good
    #[arg(long, default_value_t = 3600, value_parser = clap::value_parser!(u32).range(0..=2_592_000))]
    overlap: u32,
    /// Print the credential and nothing else
    #[arg(long)]
    quiet: bool,
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
        Command::Rotate(args) => rotate(args).await,
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
    let way = Way::find(&args.overrides).await?;
    let made = way
        .issue(&args.name, &scopes, jiff::Timestamp::now())
        .await?;
    way.close().await;
    output::line(&made.credential);
    if !args.quiet {
        output::error(&format!(
            "credential {} ({}): keep it now, it is not shown again",
            made.id, args.name
        ));
    }
    Ok(ExitCode::SUCCESS)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a command at the edge: this is where time enters"
)]
async fn rotate(args: RotateArgs) -> Result<ExitCode> {
    let id: ServiceCredentialId = args.id.parse()?;
    let way = Way::find(&args.overrides).await?;
    let made = way.rotate(id, args.overlap, jiff::Timestamp::now()).await?;
    way.close().await;
    output::line(&made.credential);
    if !args.quiet {
        output::error(&format!(
            "credential {} takes the place of {id}, which opens doors until {}",
            made.id,
            made.old_good_until.unwrap_or_default()
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
    let way = Way::find(&args.overrides).await?;
    way.revoke(id, jiff::Timestamp::now()).await?;
    way.close().await;
    output::line(&format!(
        "credential {id} opens nothing any more; running servers know within a second"
    ));
    Ok(ExitCode::SUCCESS)
}
