//! The two sides of a comparison: looking at one thing on both, waiting for both.
//!
//! It never decides what is a difference.

use std::fmt;
use std::time::Duration;

use accession_events::Position;
use accession_read_store::ReadStoreError;

use super::entries::THERE;
use super::{Side, digest};

const BETWEEN_LOOKS: Duration = Duration::from_millis(25);

/// Something that was found to differ, for now.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Suspect {
    Document {
        key: String,
    },
    Entry {
        index: String,
        sort: String,
        key: String,
    },
}

/// What the sides say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) live: Option<String>,
    pub(super) other: Option<String>,
}

impl fmt::Display for Suspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document { key } => f.write_str(key),
            Self::Entry { index, sort, key } => write!(f, "index {index}: {sort} → {key}"),
        }
    }
}

/// Both sides.
pub(super) struct Sides<'a> {
    pub(super) live: Side<'a>,
    pub(super) other: Side<'a>,
}

impl Sides<'_> {
    /// What the sides say about something now.
    pub(super) async fn look(&self, suspect: &Suspect) -> Result<Found, ReadStoreError> {
        Ok(Found {
            live: look(self.live, suspect).await?,
            other: look(self.other, suspect).await?,
        })
    }

    /// The newest position that any lane of any side has reached.
    pub(super) async fn newest(&self) -> Result<Position, ReadStoreError> {
        let (_, live) = reach(self.live).await?;
        let (_, other) = reach(self.other).await?;
        Ok(live.max(other))
    }

    /// The position that all lanes of both sides have reached.
    pub(super) async fn lowest(&self) -> Result<Position, ReadStoreError> {
        let (live, _) = reach(self.live).await?;
        let (other, _) = reach(self.other).await?;
        Ok(live.min(other))
    }

    /// Waits until all lanes of both sides have reached a position, or patience ends: what rests, rests.
    pub(super) async fn pass(
        &self,
        position: Position,
        patience: Duration,
    ) -> Result<(), ReadStoreError> {
        let mut waited = Duration::ZERO;
        while self.lowest().await? < position {
            if waited >= patience {
                return Err(ReadStoreError::Unavailable {
                    reason: format!(
                        "{} or {} did not reach {position} in time, so they cannot be compared",
                        self.live.model, self.other.model
                    ),
                });
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
            waited += BETWEEN_LOOKS;
        }
        Ok(())
    }
}

async fn look(side: Side<'_>, suspect: &Suspect) -> Result<Option<String>, ReadStoreError> {
    match suspect {
        Suspect::Document { key } => {
            let document = side.store.document(side.model, key).await?;
            Ok(document.as_ref().map(digest))
        }
        Suspect::Entry { index, sort, key } => {
            let is_there = super::entries::is_there(side, index, sort, key).await?;
            Ok(is_there.then(|| THERE.to_owned()))
        }
    }
}

/// The slowest and the fastest lane of a side.
async fn reach(side: Side<'_>) -> Result<(Position, Position), ReadStoreError> {
    let mut reached: Option<(Position, Position)> = None;
    for lane in 0..side.lanes {
        let at = side.store.checkpoint(side.model, lane).await?.position;
        reached = Some(match reached {
            Some((slowest, fastest)) => (slowest.min(at), fastest.max(at)),
            None => (at, at),
        });
    }
    Ok(reached.unwrap_or_default())
}
