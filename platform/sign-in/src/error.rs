//! Why a sign-in with a provider came to nothing, told so that a person and an operator know what to do.
//!
//! Never holds a code, a token, a secret or an address: these texts go into logs.

use std::time::Duration;

use crate::http::FetchError;

/// Why nobody was vouched for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// The provider cannot be reached, or answers too slowly or with its own faults.
    #[error("{provider} cannot be reached for now ({reason}): try again, or sign in another way")]
    Away {
        /// Which provider.
        provider: String,
        /// What was seen.
        reason: String,
        /// When trying again makes sense.
        retry_after: Duration,
    },
    /// The provider does not take the code: it expired, was used, or belongs to another attempt.
    #[error("{provider} does not accept the code any more: begin the sign-in anew")]
    CodeRefused {
        /// Which provider.
        provider: String,
    },
    /// What came back is not what this provider may say to us.
    #[error("what came back from {provider} cannot be trusted ({reason}): nobody was signed in")]
    Untrusted {
        /// Which provider.
        provider: String,
        /// Which check failed.
        reason: &'static str,
    },
    /// The provider and our settings do not fit together; only an operator can mend it.
    #[error(
        "sign-in with {provider} is not set up correctly ({reason}): tell whoever runs this server"
    )]
    Misconfigured {
        /// Which provider.
        provider: String,
        /// What does not fit.
        reason: String,
    },
}

impl SignInError {
    /// How long a provider that did not answer is left alone.
    pub const PAUSE: Duration = Duration::from_secs(3);

    pub(crate) fn away(provider: &str, reason: impl Into<String>) -> Self {
        Self::Away {
            provider: provider.into(),
            reason: reason.into(),
            retry_after: Self::PAUSE,
        }
    }

    pub(crate) fn untrusted(provider: &str, reason: &'static str) -> Self {
        Self::Untrusted {
            provider: provider.into(),
            reason,
        }
    }

    pub(crate) fn misconfigured(provider: &str, reason: impl Into<String>) -> Self {
        Self::Misconfigured {
            provider: provider.into(),
            reason: reason.into(),
        }
    }

    pub(crate) fn fetching(provider: &str, error: &FetchError) -> Self {
        match error {
            FetchError::Away { .. } => Self::away(provider, error.to_string()),
            FetchError::TooLarge => Self::untrusted(provider, "its answer is too large"),
            FetchError::Insecure { .. } | FetchError::Request { .. } => {
                Self::misconfigured(provider, error.to_string())
            }
        }
    }
}
