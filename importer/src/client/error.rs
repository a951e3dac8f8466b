//! Why the server did not do what it was asked, and whether trying again may help.

use std::time::Duration;

/// Why the server did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No answer, or none but "later", for longer than our patience.
    #[error(
        "the server at {url} is out of reach: {reason}; is it running, and is the address right?"
    )]
    OutOfReach {
        /// Where it should be.
        url: String,
        /// What happened last.
        reason: String,
    },
    /// It does not let us in.
    #[error(
        "the server at {url} refuses the credential ({status}): {detail}; issue one with `accession credential issue --scope import`"
    )]
    NotAllowed {
        /// Where it is.
        url: String,
        /// 401 or 403.
        status: u16,
        /// What it said.
        detail: String,
    },
    /// Another import of the same source is under way.
    #[error("{detail}")]
    UnderWay {
        /// Since when, what it reads, and when it would be over at the latest.
        detail: String,
        /// Until when it is, unless it is renewed.
        until: String,
    },
    /// It says that our request is wrong: a defect, or an importer of another version.
    #[error("the server at {url} refuses the request ({status}): {detail}")]
    Refused {
        /// Where it is.
        url: String,
        /// Status.
        status: u16,
        /// What it said.
        detail: String,
    },
    /// The client itself could not be made.
    #[error("cannot make an HTTP client: {0}")]
    Client(#[from] reqwest::Error),
}

/// What one attempt came to.
pub(super) enum Failure {
    /// It may be gone when it is tried again.
    Passing {
        reason: String,
        retry_after: Option<Duration>,
    },
    /// It stays.
    Final(ClientError),
}

impl Failure {
    /// Worth trying again.
    pub(super) fn passing(reason: String) -> Self {
        Self::Passing {
            reason,
            retry_after: None,
        }
    }
}

/// The causes of an error in one line: reqwest's own text leaves out the one that matters.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
