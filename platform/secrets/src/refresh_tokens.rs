//! Refresh tokens: made of the root key, a family's seed and a number, so that each can be made again and none is kept.
//!
//! That is what lets all who lost a race get the successor that the winner got. Never compared but in constant time.

use std::fmt;

use accession_events::ids::SessionId;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use crate::root_key::{Purpose, RootKey};
use crate::sessions::{FamilySeed, TokenHash};

/// What every refresh token starts with, so that one that leaked is recognised.
const PREFIX: &str = "acr_";
const SECRET: usize = 32;
/// Session, number, secret.
const LENGTH: usize = 16 + 4 + SECRET;

/// Makes refresh tokens, and tells our own from others. Cheap to clone.
#[derive(Clone)]
pub struct RefreshTokens {
    key: [u8; 32],
}

/// A refresh token. Its text is what a client keeps.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken {
    id: SessionId,
    generation: u32,
    secret: [u8; SECRET],
}

impl RefreshTokens {
    /// Makes tokens under this root key.
    #[must_use]
    pub fn new(root: &RootKey) -> Self {
        Self {
            key: root.derive(Purpose::RefreshTokens),
        }
    }

    /// The token of a family with this number.
    #[must_use]
    pub fn token(&self, id: SessionId, seed: &FamilySeed, generation: u32) -> RefreshToken {
        // HMAC fills a short key up to its block with zeros; done here, no key can have a wrong length.
        let mut block = [0; 64];
        if let Some(start) = block.first_chunk_mut() {
            *start = self.key;
        }
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(id.as_uuid().as_bytes());
        mac.update(seed);
        mac.update(&generation.to_be_bytes());
        RefreshToken {
            id,
            generation,
            secret: mac.finalize().into_bytes().into(),
        }
    }

    /// Whether this token was made by us for a family with this seed.
    #[must_use]
    pub fn made(&self, token: &RefreshToken, seed: &FamilySeed) -> bool {
        let ours = self.token(token.id, seed, token.generation);
        ours.secret.ct_eq(&token.secret).into()
    }
}

impl RefreshToken {
    /// Reads what a client sent; none when it cannot be a refresh token.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
        let (id, rest) = bytes.split_first_chunk::<16>()?;
        let (generation, secret) = rest.split_first_chunk::<4>()?;
        Some(Self {
            id: SessionId::new(Uuid::from_bytes(*id)),
            generation: u32::from_be_bytes(*generation),
            secret: secret.try_into().ok()?,
        })
    }

    /// What a client keeps.
    #[must_use]
    pub fn text(&self) -> String {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.extend_from_slice(self.id.as_uuid().as_bytes());
        bytes.extend_from_slice(&self.generation.to_be_bytes());
        bytes.extend_from_slice(&self.secret);
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The session that it belongs to.
    #[must_use]
    pub const fn session(&self) -> SessionId {
        self.id
    }

    /// Its number in the family, counted from 0.
    #[must_use]
    pub const fn generation(&self) -> u32 {
        self.generation
    }

    /// Its hash, which is what is kept of it.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        Sha256::digest(self.text()).into()
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(root: u8) -> RefreshTokens {
        RefreshTokens::new(&RootKey::from_bytes([root; 32]))
    }

    fn session() -> SessionId {
        SessionId::new(Uuid::from_u128(7))
    }

    #[test]
    fn a_token_survives_its_text_and_the_same_is_made_again() {
        let token = tokens(1).token(session(), &[3; 16], 9);
        let read = RefreshToken::read(&token.text()).unwrap();
        assert_eq!((read.session(), read.generation()), (session(), 9));
        assert!(tokens(1).made(&read, &[3; 16]));
        assert_eq!(tokens(1).token(session(), &[3; 16], 9).text(), token.text());
    }

    #[test]
    fn another_number_seed_session_or_root_key_makes_another_token() {
        let token = tokens(1).token(session(), &[3; 16], 9);
        let others = [
            tokens(1).token(session(), &[3; 16], 10),
            tokens(1).token(session(), &[4; 16], 9),
            tokens(2).token(session(), &[3; 16], 9),
            tokens(1).token(SessionId::new(Uuid::from_u128(8)), &[3; 16], 9),
        ];
        for other in others {
            assert_ne!(other.hash(), token.hash());
        }
        assert!(!tokens(2).made(&token, &[3; 16]));
    }

    #[test]
    fn what_is_no_refresh_token_is_not_read_as_one() {
        let text = tokens(1).token(session(), &[3; 16], 9).text();
        for other in ["", "acr_", &text[4..], &text[..text.len() - 2], "acr_*"] {
            assert_eq!(RefreshToken::read(other), None, "{other}");
        }
        assert!(!format!("{:?}", RefreshToken::read(&text)).contains(&text[4..12]));
    }
}
