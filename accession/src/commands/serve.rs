//! `accession serve`: all roles in one process, or one role, until Ctrl-C or SIGTERM.

use std::process::ExitCode;

use accession_service::shutdown::signalled;
use accession_service::telemetry;
use accession_service::traces::TraceOptions;
use anyhow::Result;

use crate::data_dir::DataDir;
use crate::first_run;
use crate::roles::{self, Running};
use crate::settings::{Overrides, Role, Settings};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    overrides: Overrides,
    /// Which part of the system this process plays
    #[arg(long, value_enum, default_value_t)]
    role: Role,
}

pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    let settings = Settings::load(&args.overrides)?;
    let running = start(&settings, args.role).await?;
    if let Some(accounts) = &running.accounts {
        first_run::offer(accounts).await?;
    }
    until_stopped(running).await
}

/// Sets logs and metrics up and starts the roles.
pub(crate) async fn start(settings: &Settings, role: Role) -> Result<Running> {
    let traces = settings
        .trace_endpoint
        .as_ref()
        .map(|endpoint| TraceOptions {
            endpoint: endpoint.clone(),
            ratio: settings.trace_ratio,
            role: role.name(),
            version: env!("CARGO_PKG_VERSION"),
        });
    telemetry::init(settings.log_format, &settings.log_filter, traces.as_ref())?;
    let metrics = telemetry::init_metrics()?;
    let data = DataDir::open(&settings.data_dir)?;
    roles::start(settings, role, &data, Some(metrics)).await
}

/// Serves until a signal comes or a part ends by itself; a second signal does not wait for anything.
pub(crate) async fn until_stopped(mut running: Running) -> Result<ExitCode> {
    tokio::select! {
        () = signalled() => {}
        ended = running.ended() => {
            running.stop().await?;
            ended?;
            return Ok(ExitCode::FAILURE);
        }
    }
    tokio::select! {
        stopped = running.stop() => stopped.map(|()| ExitCode::SUCCESS),
        () = signalled() => Ok(ExitCode::FAILURE),
    }
}
