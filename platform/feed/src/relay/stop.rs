//! Why a session of the relay ends.
//! None of them is ever fatal: the next session reads the stream's end and goes on there.

use accession_event_log::LogError;
use accession_events::Position;

use crate::bus::BusError;
use crate::relay::lease::LeaseError;
use crate::source::FeedError;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Stop {
    #[error("the lease is lost")]
    LeaseLost,
    #[error(transparent)]
    LeaseUnknown(#[from] LeaseError),
    #[error(
        "the stream ends elsewhere than expected of position {position}: another relay was at work, or it lost its tail"
    )]
    Fenced { position: Position },
    #[error(
        "position {position} was meant for sequence {expected} and the bus has it at {found} (duplicate: {duplicate})"
    )]
    Misplaced {
        position: Position,
        expected: u64,
        found: u64,
        duplicate: bool,
    },
    #[error("position {position} was not acknowledged: {reason}")]
    Unacknowledged { position: Position, reason: String },
    #[error("the stream is gone")]
    StreamGone,
    #[error(
        "the stream ends at sequence {found}, and {expected} was written: it was changed behind our back"
    )]
    TailMoved { expected: u64, found: u64 },
    #[error("the connection to the bus has changed")]
    LinkChanged,
    #[error(transparent)]
    Bus(#[from] BusError),
    #[error(transparent)]
    Log(#[from] FeedError),
}

impl From<LogError> for Stop {
    fn from(error: LogError) -> Self {
        Self::Log(error.into())
    }
}

impl Stop {
    /// One word for the metric.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::LeaseLost | Self::LeaseUnknown(_) => "lease",
            Self::Fenced { .. } => "fenced",
            Self::Misplaced { .. } => "misplaced",
            Self::Unacknowledged { .. } => "unacknowledged",
            Self::StreamGone => "stream_gone",
            Self::TailMoved { .. } => "tail_moved",
            Self::LinkChanged => "reconnect",
            Self::Bus(_) => "bus",
            Self::Log(_) => "log",
        }
    }
}
