//! Settings that are one of a few words.
//!
//! Nothing here is read from anywhere; the settings as a whole are.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// Whether a mistake costs an afternoon or years of somebody's work.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    /// Convenient: an embedded server makes its keys itself.
    #[default]
    Development,
    /// Refuses to start with anything weak, missing or pending.
    Production,
}

/// Where proxies write down whom they speak for; the other header is the client's own and is not believed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ProxyHeader {
    /// `X-Forwarded-For` and `X-Forwarded-Proto`.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// Which part of the system a process plays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    /// Everything in one process.
    #[default]
    All,
    /// The only writer of events, and the relay.
    CommandApi,
    /// From events to documents.
    Projector,
    /// Answers questions.
    ReadApi,
}

impl Role {
    pub(crate) fn writes(self) -> bool {
        matches!(self, Self::All | Self::CommandApi)
    }

    pub(crate) fn projects(self) -> bool {
        matches!(self, Self::All | Self::Projector)
    }

    pub(crate) fn reads(self) -> bool {
        matches!(self, Self::All | Self::ReadApi)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::CommandApi => "command-api",
            Self::Projector => "projector",
            Self::ReadApi => "read-api",
        }
    }
}
