//! What one attempt to sign in is made of: state, nonce and PKCE verifier, and what comes back with the browser.
//!
//! Never draws randomness itself: the edge does.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// Bytes that are needed for the secrets of one attempt.
pub const ENTROPY: usize = 96;

/// The secrets of one attempt. The state travels through the browser; nonce and verifier are kept sealed until it
/// comes back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptSecrets {
    /// Ties the browser's return to its departure.
    pub state: String,
    /// Ties the ID token to this attempt.
    pub nonce: String,
    /// Ties the code to this attempt (RFC 7636).
    pub verifier: String,
}

impl AttemptSecrets {
    /// The secrets out of fresh random bytes; 256 bits each.
    #[must_use]
    pub fn from_entropy(bytes: &[u8; ENTROPY]) -> Self {
        let mut parts = bytes
            .chunks_exact(ENTROPY / 3)
            .map(|part| URL_SAFE_NO_PAD.encode(part));
        let mut next = || parts.next().unwrap_or_default();
        Self {
            state: next(),
            nonce: next(),
            verifier: next(),
        }
    }
}

impl fmt::Debug for AttemptSecrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AttemptSecrets(…)")
    }
}

/// What the browser brought back from the provider, besides the state.
#[derive(Clone)]
pub struct Answered {
    /// The authorization code.
    pub code: String,
    /// Who says to have issued it (RFC 9207), where the provider says so.
    pub issuer: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_secret_has_its_own_bytes_and_none_is_shown() {
        let mut bytes = [0; ENTROPY];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::try_from(at).unwrap();
        }
        let secrets = AttemptSecrets::from_entropy(&bytes);
        assert_eq!(secrets.state.len(), 43);
        assert_eq!(secrets.nonce.len(), 43);
        assert_eq!(secrets.verifier.len(), 43);
        assert!(secrets.state != secrets.nonce && secrets.nonce != secrets.verifier);
        assert_eq!(format!("{secrets:?}"), "AttemptSecrets(…)");
    }
}
