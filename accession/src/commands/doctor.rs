//! `accession doctor`: checks configuration and every dependency, and says what to do. It changes nothing.

use std::process::ExitCode;

use accession_event_log::{LogStore, PostgresLog, PostgresOptions, SqliteLog, migrate};
use accession_read_store::{ReadStore as _, RedisStore};
use anyhow::Result;

use crate::assembly;
use crate::commands::output;
use crate::data_dir::DataDir;
use crate::roles;
use crate::settings::{Overrides, Settings, without_password};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    overrides: Overrides,
}

/// What a check found.
enum Finding {
    Good(String),
    Bad { found: String, advice: &'static str },
}

pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    let settings = match Settings::load(&args.overrides) {
        Ok(settings) => settings,
        Err(error) => {
            output::line(&format!("[bad ] configuration: {error}"));
            return Ok(ExitCode::FAILURE);
        }
    };
    output::line("[good] configuration is read and consistent");
    let mut healthy = true;
    for (name, finding) in [
        ("data directory", data_directory(&settings)),
        ("event log", event_log(&settings).await),
        ("bus", bus(&settings).await),
        ("read store", read_store(&settings).await),
    ] {
        match finding {
            Finding::Good(found) => output::line(&format!("[good] {name}: {found}")),
            Finding::Bad { found, advice } => {
                healthy = false;
                output::line(&format!("[bad ] {name}: {found}"));
                output::line(&format!("       what to do: {advice}"));
            }
        }
    }
    Ok(if healthy {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn data_directory(settings: &Settings) -> Finding {
    match DataDir::open(&settings.data_dir) {
        Ok(data) => Finding::Good(match data.running_server() {
            Some(server) => format!(
                "{}; a server announced {} (process {})",
                data.path().display(),
                server.address,
                server.pid
            ),
            None => format!("{}; no server runs on it", data.path().display()),
        }),
        Err(error) => Finding::Bad {
            found: format!("{error:#}"),
            advice: "name a directory that you may write, with --data-dir",
        },
    }
}

async fn event_log(settings: &Settings) -> Finding {
    match &settings.log_url {
        Some(url) => postgres(url).await,
        None => sqlite(settings).await,
    }
}

async fn postgres(url: &str) -> Finding {
    let shown = without_password(url);
    match migrate::pending(url).await {
        Ok(pending) if !pending.is_empty() => {
            return Finding::Bad {
                found: format!(
                    "{shown} lacks {} migration(s): {}",
                    pending.len(),
                    pending.join(", ")
                ),
                advice: "run `accession migrate` as the owner of the database",
            };
        }
        Ok(_) => {}
        Err(error) => {
            return Finding::Bad {
                found: format!("{shown}: {error}"),
                advice: "start PostgreSQL, or correct log_url",
            };
        }
    }
    let log = match PostgresLog::connect(url, PostgresOptions::default()).await {
        Ok(log) => log,
        Err(error) => {
            return Finding::Bad {
                found: format!("{shown}: {error}"),
                advice: "correct the server's settings as it says",
            };
        }
    };
    head(&shown, &log).await
}

async fn sqlite(settings: &Settings) -> Finding {
    let path = settings.data_dir.join("log.db");
    if !path.exists() {
        return Finding::Good(format!(
            "{} is not there yet; the first `accession serve` makes it",
            path.display()
        ));
    }
    match SqliteLog::open_read_only(&path).await {
        Ok(log) => head(&path.display().to_string(), &log).await,
        Err(error) => Finding::Bad {
            found: format!("{}: {error}", path.display()),
            advice: "do not touch the file; restore it from a backup if it is damaged",
        },
    }
}

async fn head(name: &str, log: &dyn LogStore) -> Finding {
    match log.head().await {
        Ok(position) => Finding::Good(format!("{name} holds {position} events")),
        Err(error) => Finding::Bad {
            found: format!("{name}: {error}"),
            advice: "look at the database's own log",
        },
    }
}

async fn bus(settings: &Settings) -> Finding {
    match roles::connect_bus(settings).await {
        Ok(None) => Finding::Good("none; readers of the log are woken in-process or poll".into()),
        Ok(Some(bus)) => match bus.check().await {
            Ok(()) => Finding::Good(format!(
                "stream {} at {}",
                bus.config().stream,
                without_password(&bus.config().url)
            )),
            Err(error) => Finding::Bad {
                found: error.to_string(),
                advice: "start nats-server with JetStream (-js)",
            },
        },
        Err(error) => Finding::Bad {
            found: format!("{error:#}"),
            advice: "start nats-server, or correct bus_url",
        },
    }
}

async fn read_store(settings: &Settings) -> Finding {
    let Some(options) = assembly::redis_options(settings) else {
        return Finding::Good(
            "embedded, in the data directory; it can be rebuilt from the log at any time".into(),
        );
    };
    let shown = without_password(&options.url);
    let checked = match RedisStore::open(&options).await {
        Ok(store) => store.check().await,
        Err(error) => Err(error),
    };
    match checked {
        Ok(()) => Finding::Good(format!("{shown} keeps what it is given")),
        Err(error) => Finding::Bad {
            found: format!("{shown}: {error}"),
            advice: "start Redis ≥ 7 with maxmemory-policy noeviction",
        },
    }
}
