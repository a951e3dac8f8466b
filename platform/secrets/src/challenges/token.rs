//! The tokens of challenges: derived from the root key, never stored, recognised by their SHA-256.
//!
//! Never printed: neither a token nor its hash has a readable debug form.

use std::fmt;
use std::sync::Arc;

use accession_events::ids::ChallengeId;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use super::ChallengePurpose;
use crate::root_key::{Purpose, RootKey};

/// Derives tokens. Cheap to clone.
#[derive(Clone)]
pub struct ChallengeTokens {
    key: Arc<[u8; 32]>,
}

/// SHA-256 of a token: by it a token is looked up.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenHash([u8; 32]);

impl ChallengeTokens {
    /// Under this root key; another one makes other tokens.
    #[must_use]
    pub fn new(root: &RootKey) -> Self {
        Self {
            key: Arc::new(root.derive(Purpose::ChallengeTokens)),
        }
    }

    /// The token of a challenge: 43 characters of URL-safe base64. Always the same.
    #[must_use]
    pub fn token(&self, purpose: ChallengePurpose, id: ChallengeId) -> String {
        // HMAC fills a short key up to its block with zeros; done here, no key can have a wrong length.
        let mut block = [0; 64];
        if let Some(start) = block.first_chunk_mut() {
            *start = *self.key;
        }
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(purpose.as_str().as_bytes());
        mac.update(&[0]);
        mac.update(id.as_uuid().as_bytes());
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }
}

impl TokenHash {
    /// The hash of a token, or of whatever somebody sent in the place of one.
    #[must_use]
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for ChallengeTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChallengeTokens([redacted])")
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn token(root: u8, purpose: ChallengePurpose, id: u128) -> String {
        ChallengeTokens::new(&RootKey::from_bytes([root; 32]))
            .token(purpose, ChallengeId::new(Uuid::from_u128(id)))
    }

    #[test]
    fn a_token_is_the_same_again_and_another_for_every_other_challenge_purpose_and_key() {
        let one = token(1, ChallengePurpose::VerifyEmail, 1);
        assert_eq!(one.len(), 43);
        assert_eq!(one, token(1, ChallengePurpose::VerifyEmail, 1));
        assert_ne!(one, token(1, ChallengePurpose::VerifyEmail, 2));
        assert_ne!(one, token(1, ChallengePurpose::ResetPassword, 1));
        assert_ne!(one, token(2, ChallengePurpose::VerifyEmail, 1));
        assert_ne!(TokenHash::of(&one), TokenHash::of("another"));
    }
}
