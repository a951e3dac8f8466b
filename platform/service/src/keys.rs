//! The keys that sign and verify access tokens: Ed25519 by default, HS256 with a long secret as an option.
//!
//! Only a command-api holds a signing key; a read-api holds what verifies.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey, spki::der::pem::LineEnding};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// The least number of bytes of an HS256 secret.
pub const SHORTEST_SECRET: usize = 32;

/// A key that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("cannot use the key file {path}: {reason}")]
    File {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
    /// The text is not a key of the kind that is expected.
    #[error("{what} is not usable: {reason}")]
    NotAKey {
        /// Which setting or file.
        what: String,
        /// Why.
        reason: String,
    },
    /// The secret could be guessed.
    #[error(
        "the HS256 secret has {found} bytes; it needs at least {SHORTEST_SECRET}: make one with `openssl rand -hex 32`"
    )]
    WeakSecret {
        /// Its length.
        found: usize,
    },
    /// The operating system gave no randomness.
    #[error("the operating system gave no random bytes: {reason}")]
    NoRandomness {
        /// Why.
        reason: String,
    },
}

/// What verifies a token.
#[derive(Clone)]
pub struct VerifyingKey {
    pub(crate) algorithm: Algorithm,
    pub(crate) key: DecodingKey,
    pub(crate) public: Option<[u8; 32]>,
}

/// What signs a token.
#[derive(Clone)]
pub struct TokenKey {
    pub(crate) algorithm: Algorithm,
    pub(crate) key: EncodingKey,
    verifying: VerifyingKey,
}

/// A public key in JSON Web Key form (RFC 8037).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Jwk {
    /// Always `OKP`.
    pub kty: &'static str,
    /// Always `Ed25519`.
    pub crv: &'static str,
    /// The public key, base64url.
    pub x: String,
    /// Always `EdDSA`.
    pub alg: &'static str,
    /// Always `sig`.
    #[serde(rename = "use")]
    pub usage: &'static str,
    /// First half of the key's SHA-256, hex.
    pub kid: String,
}

impl TokenKey {
    /// A key from 32 bytes of seed.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, KeyError> {
        Self::from_signing(&SigningKey::from_bytes(seed), "the seed")
    }

    /// A key from PEM text (PKCS#8).
    pub fn from_pem(pem: &str, what: &str) -> Result<Self, KeyError> {
        let signing = SigningKey::from_pkcs8_pem(pem).map_err(|error| KeyError::NotAKey {
            what: what.into(),
            reason: error.to_string(),
        })?;
        Self::from_signing(&signing, what)
    }

    /// An HS256 key; refuses short secrets.
    pub fn from_secret(secret: &str) -> Result<Self, KeyError> {
        let verifying = VerifyingKey::from_secret(secret)?;
        Ok(Self {
            algorithm: Algorithm::HS256,
            key: EncodingKey::from_secret(secret.as_bytes()),
            verifying,
        })
    }

    /// Reads the key file, or makes one that only its owner can read.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyError> {
        let what = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(pem) => Self::from_pem(&pem, &what),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::create(path),
            Err(error) => Err(KeyError::File {
                path: what,
                reason: error.to_string(),
            }),
        }
    }

    /// What verifies the tokens that this key signs.
    #[must_use]
    pub fn verifying(&self) -> VerifyingKey {
        self.verifying.clone()
    }

    fn create(path: &Path) -> Result<Self, KeyError> {
        let signing = SigningKey::from_bytes(&random_bytes()?);
        let pem = signing
            .to_pkcs8_pem(LineEnding::LF)
            .map_err(|error| KeyError::NotAKey {
                what: "the new key".into(),
                reason: error.to_string(),
            })?;
        write_private(path, pem.as_bytes()).map_err(|error| KeyError::File {
            path: path.display().to_string(),
            reason: error.to_string(),
        })?;
        Self::from_signing(&signing, "the new key")
    }

    fn from_signing(signing: &SigningKey, what: &str) -> Result<Self, KeyError> {
        let der = signing.to_pkcs8_der().map_err(|error| KeyError::NotAKey {
            what: what.into(),
            reason: error.to_string(),
        })?;
        Ok(Self {
            algorithm: Algorithm::EdDSA,
            key: EncodingKey::from_ed_der(der.as_bytes()),
            verifying: VerifyingKey::from_public(signing.verifying_key().to_bytes()),
        })
    }
}

impl VerifyingKey {
    /// An Ed25519 public key.
    #[must_use]
    pub fn from_public(public: [u8; 32]) -> Self {
        Self {
            algorithm: Algorithm::EdDSA,
            key: DecodingKey::from_ed_der(&public),
            public: Some(public),
        }
    }

    /// An Ed25519 public key as base64url text, as it stands in a JWK's `x`.
    pub fn from_base64(text: &str) -> Result<Self, KeyError> {
        let bytes = URL_SAFE_NO_PAD
            .decode(text.trim())
            .ok()
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        bytes
            .map(Self::from_public)
            .ok_or_else(|| KeyError::NotAKey {
                what: "the token public key".into(),
                reason: "expected 32 bytes in base64url, the `x` of /.well-known/jwks.json".into(),
            })
    }

    /// An HS256 key; refuses short secrets.
    pub fn from_secret(secret: &str) -> Result<Self, KeyError> {
        if secret.len() < SHORTEST_SECRET {
            return Err(KeyError::WeakSecret {
                found: secret.len(),
            });
        }
        Ok(Self {
            algorithm: Algorithm::HS256,
            key: DecodingKey::from_secret(secret.as_bytes()),
            public: None,
        })
    }

    /// The name of the key in tokens; none for a shared secret.
    #[must_use]
    pub fn kid(&self) -> Option<String> {
        let digest = hex::encode(Sha256::digest(self.public?));
        Some(digest.chars().take(32).collect())
    }

    /// The key as others may read it; none for a shared secret.
    #[must_use]
    pub fn jwk(&self) -> Option<Jwk> {
        let public = self.public?;
        Some(Jwk {
            kty: "OKP",
            crv: "Ed25519",
            x: URL_SAFE_NO_PAD.encode(public),
            alg: "EdDSA",
            usage: "sig",
            kid: self.kid()?,
        })
    }
}

/// 32 bytes from the operating system.
pub fn random_bytes() -> Result<[u8; 32], KeyError> {
    use rand::TryRngCore as _;
    let mut bytes = [0_u8; 32];
    rand::rngs::OsRng
        .try_fill_bytes(&mut bytes)
        .map_err(|error| KeyError::NoRandomness {
            reason: error.to_string(),
        })?;
    Ok(bytes)
}

/// Writes a file that only its owner can read; refuses to overwrite.
pub fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_made_once_and_read_again() {
        let path = std::env::temp_dir().join(format!("accession-key-{}.pem", std::process::id()));
        let _ = std::fs::remove_file(&path);
        let first = TokenKey::load_or_create(&path).unwrap();
        let again = TokenKey::load_or_create(&path).unwrap();
        assert_eq!(first.verifying().jwk(), again.verifying().jwk());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(
                std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_short_secret_is_refused_with_its_length() {
        let error = TokenKey::from_secret("too short").err().unwrap();
        assert!(error.to_string().contains("9 bytes"), "{error}");
    }

    #[test]
    fn a_public_key_survives_its_jwk_form() {
        let jwk = TokenKey::from_seed(&[7; 32])
            .unwrap()
            .verifying()
            .jwk()
            .unwrap();
        assert_eq!(
            VerifyingKey::from_base64(&jwk.x).unwrap().jwk().unwrap(),
            jwk
        );
    }
}
