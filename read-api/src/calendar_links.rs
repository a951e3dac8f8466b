//! Whose calendar a link opens. Somebody who reaches the private tables tells it; this crate does not.
//!
//! Never told a secret in an error or a log line: what is away is told, and not what for.

use accession_events::ids::AccountId;
use accession_service::problem::Problem;
use async_trait::async_trait;
use std::time::Duration;

/// When a calendar program may come again where the private tables are away.
const LATER: Duration = Duration::from_mins(1);

/// Links cannot be looked up just now.
#[derive(Debug, Clone, thiserror::Error)]
#[error("links of calendars cannot be looked up: {reason}")]
pub struct LinksAway {
    /// Why.
    pub reason: String,
}

/// Tells whose calendar a link opens.
#[async_trait]
pub trait CalendarOwners: Send + Sync + 'static {
    /// Whose link has this secret; none when no link has.
    async fn owner(&self, secret: &str) -> Result<Option<AccountId>, LinksAway>;
}

/// What a calendar program reads where nobody can tell.
pub(crate) fn links_away(away: Option<&LinksAway>) -> Problem {
    if let Some(away) = away {
        tracing::warn!(%away, "a calendar was refused");
    } else {
        tracing::warn!("a calendar was refused: private_url is not set");
    }
    Problem::unavailable(
        "whose calendar this is cannot be looked up just now; try again later",
        LATER,
    )
}
