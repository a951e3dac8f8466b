//! `accession admin create`: an administrator's account, made by the operator.
//!
//! Never beside a running embedded server: its log has one writer. There an administrator gives others the role.

use std::path::PathBuf;
use std::process::ExitCode;

use accession_command_api::identity::accounts::Registered;
use accession_events::identity::PlatformRole;
use anyhow::{Result, bail};
use clap::Subcommand;

use crate::commands::output;
use crate::data_dir::DataDir;
use crate::first_run::{self, Newcomer};
use crate::settings::{Overrides, Settings};
use crate::{assembly, private, roles};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make an account of an administrator; an embedded server must not be running
    Create(CreateArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct CreateArgs {
    #[command(flatten)]
    overrides: Overrides,
    /// E-mail address, by which the administrator signs in
    #[arg(long)]
    email: String,
    /// Name, as others see it
    #[arg(long, default_value = "Administrator")]
    name: String,
    /// A file whose first line is the password; asked for on the terminal without it
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

pub(crate) async fn run(command: Command) -> Result<ExitCode> {
    let Command::Create(args) = command;
    let password = match &args.password_file {
        Some(file) => first_run::password_in(file)?,
        None => first_run::asked_password()?,
    };
    let settings = Settings::load(&args.overrides)?;
    let data = DataDir::open(&settings.data_dir)?;
    let database = assembly::open_log(&settings, &data).await?;
    let room = private::open(&settings, &data).await?;
    let log = assembly::start_log(&database);
    let accounts = roles::accounts(&settings, &room, &log)?;
    let newcomer = Newcomer {
        email: args.email,
        name: args.name,
        password,
        role: Some(PlatformRole::Admin),
    };
    let made = first_run::make(&accounts, newcomer).await;
    log.close().await;
    room.database.close().await;
    match made? {
        Registered::New { account, .. } => {
            output::line(&account.to_string());
            Ok(ExitCode::SUCCESS)
        }
        Registered::Taken { owner } => bail!(
            "this address has an account already ({owner}): an administrator gives it the role with POST \
             /api/v1/admin/accounts/{owner}/role"
        ),
    }
}
