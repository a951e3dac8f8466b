//! Hints of commits between the processes of one Postgres log, where no bus carries them.
//!
//! Nobody relies on them: whoever is woken also polls.

use std::str::FromStr as _;

use accession_events::Position;
use accession_feed::PostgresWake;
use anyhow::{Context as _, Result};
use sqlx::postgres::PgConnectOptions;
use tokio::sync::watch;

use crate::settings::Settings;

/// Starts to announce and to hear commits, when there is a shared log and no bus.
pub(super) fn start(
    settings: &Settings,
    own: Option<watch::Receiver<Position>>,
) -> Result<Option<PostgresWake>> {
    let (Some(url), None) = (&settings.log_url, &settings.bus_url) else {
        return Ok(None);
    };
    let options = PgConnectOptions::from_str(url).context("log_url cannot be used for hints")?;
    // A process that does not write announces nothing: its sender is gone from the start.
    let own = own.unwrap_or_else(|| watch::channel(Position::START).1);
    Ok(Some(PostgresWake::start(&options, own)))
}
