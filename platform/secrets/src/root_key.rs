//! The root key: 32 bytes that everything private hangs on, and one key for each purpose that is derived from it.
//!
//! Never used for anything by itself, never printed, never stored in a database.

use std::fmt;
use std::path::Path;

use accession_service::keys::{KeyError, random_bytes, write_private};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use sha2::Sha256;

/// Separates our derived keys from anybody else's who derives from the same bytes.
const SALT: &[u8] = b"accession root key v1";

/// What a derived key is for. Alphabetical, append-only: a name that changes loses what was made with its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// The tokens of challenges: verify, reset, invitation.
    ChallengeTokens,
    /// The tokens that prove that a form came from our own pages.
    CsrfTokens,
    /// What a browser keeps to be known again at a sign-in.
    DeviceCookies,
    /// The index by which e-mail addresses are unique.
    EmailIndex,
    /// The index by which identities at other providers are unique.
    ExternalIndex,
    /// The value by which a wrong root key is recognised.
    KeyCheck,
    /// The digests under which callers are counted and the places of events are told.
    Places,
    /// Refresh tokens.
    RefreshTokens,
    /// Signs or seals what a browser carries through a sign-in with others.
    SignInState,
    /// Wraps the keys of persons.
    SubjectKeys,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::ChallengeTokens => "challenge tokens",
            Self::CsrfTokens => "csrf tokens",
            Self::DeviceCookies => "device cookies",
            Self::EmailIndex => "e-mail index",
            Self::ExternalIndex => "external index",
            Self::KeyCheck => "key check",
            Self::Places => "places",
            Self::RefreshTokens => "refresh tokens",
            Self::SignInState => "sign-in state",
            Self::SubjectKeys => "subject keys",
        }
    }
}

/// The key that all others come from. Whoever has it and the private tables can read everything personal.
#[derive(Clone)]
pub struct RootKey([u8; 32]);

impl RootKey {
    /// The key with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A new key from the operating system's randomness.
    pub fn generate() -> Result<Self, KeyError> {
        random_bytes().map(Self)
    }

    /// A key as text; `what` names where it came from, for the message. Standard base64 and padding are taken, too.
    pub fn parse(text: &str, what: &str) -> Result<Self, KeyError> {
        let text = text.trim().trim_end_matches('=');
        let text = text.replace('+', "-").replace('/', "_");
        let bytes = URL_SAFE_NO_PAD
            .decode(text)
            .ok()
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        bytes.map(Self).ok_or_else(|| KeyError::NotAKey {
            what: what.into(),
            reason:
                "expected 32 bytes in base64url; make a root key with `openssl rand -base64 32`"
                    .into(),
        })
    }

    /// Reads a key file.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let what = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| KeyError::File {
            path: what.clone(),
            reason: error.to_string(),
        })?;
        Self::parse(&text, &what)
    }

    /// Makes a key in a file that only its owner can read; refuses to overwrite one.
    pub fn create(path: &Path) -> Result<Self, KeyError> {
        let key = Self::generate()?;
        let text = format!("{}\n", key.text());
        write_private(path, text.as_bytes()).map_err(|error| KeyError::File {
            path: path.display().to_string(),
            reason: error.to_string(),
        })?;
        Ok(key)
    }

    /// The key for one purpose (HKDF-SHA-256). Always the same for the same root key.
    #[must_use]
    pub fn derive(&self, purpose: Purpose) -> [u8; 32] {
        let mut derived = [0; 32];
        let expanded = Hkdf::<Sha256>::new(Some(SALT), &self.0)
            .expand(purpose.as_str().as_bytes(), &mut derived);
        // HKDF gives up to 8160 bytes; 32 cannot fail.
        debug_assert!(expanded.is_ok());
        derived
    }

    fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RootKey([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_purpose_has_a_key_of_its_own_that_does_not_change() {
        let root = RootKey::from_bytes([7; 32]);
        assert_ne!(
            root.derive(Purpose::EmailIndex),
            root.derive(Purpose::SubjectKeys)
        );
        assert_eq!(
            root.derive(Purpose::EmailIndex),
            root.derive(Purpose::EmailIndex)
        );
        // Written down once: what was made with it must be readable for ever.
        assert_eq!(
            hex::encode(root.derive(Purpose::SubjectKeys)),
            "e6fb775b80cf4acdfe6c0226dc733930b0385eceb8c0b63383462c173192ce68"
        );
    }

    #[test]
    fn a_key_survives_its_text_in_both_alphabets_and_nothing_else_is_one() {
        let root = RootKey::from_bytes([0xFB; 32]);
        let standard = base64::engine::general_purpose::STANDARD.encode([0xFB; 32]);
        for text in [root.text(), format!(" {standard}\n")] {
            assert_eq!(RootKey::parse(&text, "root_key").unwrap().0, root.0);
        }
        for text in ["", "short", &"A".repeat(60)] {
            let error = RootKey::parse(text, "root_key").unwrap_err().to_string();
            assert!(
                error.contains("root_key") && error.contains("openssl rand"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_key_file_is_for_its_owner_only_and_never_overwritten() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/root.key");
        let created = RootKey::create(&path).unwrap();
        assert_eq!(RootKey::read(&path).unwrap().0, created.0);
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(RootKey::create(&path).is_err());
        assert!(!format!("{created:?}").contains(&created.text()));
    }
}
