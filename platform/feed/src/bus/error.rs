//! Why the bus cannot be used for now, in words an operator can act on.
//! None of these ever loses an event: the log has them all.

use std::fmt::Display;

/// What is wrong with the bus.
#[derive(Debug, Clone, thiserror::Error)]
pub enum BusError {
    /// The server does not answer.
    #[error("the bus cannot be reached: {reason}")]
    Unreachable {
        /// What the connection said.
        reason: String,
    },
    /// The server or the stream cannot do what we need.
    #[error("the bus is not fit: {reason}")]
    Unfit {
        /// What it is and what it should be.
        reason: String,
    },
    /// Our own settings cannot work.
    #[error("the configuration of the bus cannot work: {reason}")]
    Configuration {
        /// Which one and what it should be.
        reason: String,
    },
    /// The server has no room for the stream, or not as many servers as copies are wanted.
    #[error(
        "the bus has no room for the stream `{stream}`, for which bus_max_bytes asks it to set {max_bytes} bytes aside in \
         {replicas} copies ({reason}): lower bus_max_bytes or bus_replicas, or give nats-server more room (max_file_store)"
    )]
    NoRoom {
        /// The stream.
        stream: String,
        /// Its size as configured.
        max_bytes: i64,
        /// Its copies as configured.
        replicas: usize,
        /// What the server said.
        reason: String,
    },
    /// The stream does not exist (yet): the relay makes it.
    #[error("the bus has no stream `{stream}`: the relay of a running command-api makes it")]
    NoStream {
        /// Its name.
        stream: String,
    },
    /// The stream holds what our log does not.
    #[error("the stream does not belong to this log: {reason}")]
    ForeignStream {
        /// What contradicts what.
        reason: String,
    },
    /// A request was refused or not answered.
    #[error("the bus failed to {attempt}: {reason}")]
    Refused {
        /// What was attempted.
        attempt: &'static str,
        /// What it said.
        reason: String,
    },
}

impl BusError {
    pub(crate) fn request(attempt: &'static str, error: &dyn Display) -> Self {
        Self::Refused {
            attempt,
            reason: error.to_string(),
        }
    }
}
