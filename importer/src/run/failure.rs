//! Why an import could not be finished, and the exit code that says the same.
//!
//! Never a reason why one record was rejected: that is in the report.

use crate::client::ClientError;
use crate::report::ExitCode;

/// Why an import could not be finished.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The input cannot be opened or read.
    #[error("cannot read {input}: {reason}")]
    Input {
        /// Which input.
        input: String,
        /// Why.
        reason: String,
    },
    /// A provider does not answer.
    #[error("{0}; start the import again to go on")]
    Provider(String),
    /// The file of rejected rows cannot be written.
    #[error("cannot write the rejected rows to {path}: {reason}")]
    RejectedFile {
        /// Which file.
        path: String,
        /// Why.
        reason: String,
    },
    /// The server.
    #[error(transparent)]
    Server(#[from] ClientError),
}

impl ImportError {
    /// The exit code that says the same.
    #[must_use]
    pub const fn exit_code(&self) -> ExitCode {
        match self {
            Self::Server(ClientError::OutOfReach { .. }) | Self::Provider(_) => {
                ExitCode::OutOfReach
            }
            Self::Server(ClientError::UnderWay { .. }) => ExitCode::UnderWay,
            Self::Server(ClientError::NotAllowed { .. }) | Self::RejectedFile { .. } => {
                ExitCode::Usage
            }
            Self::Input { .. } | Self::Server(_) => ExitCode::NothingImported,
        }
    }
}
