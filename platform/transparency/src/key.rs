//! The keys of signed notes: Ed25519 under a name, in the text forms that Go's checksum database introduced.
//!
//! Making one takes 32 random bytes from the caller: nothing here draws them.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

/// First part of a signing key's text.
const SECRET: &str = "PRIVATE+KEY";
/// The signed-note specification's number for Ed25519.
const ED25519: u8 = 1;

/// A text that is not a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not the form of a key.
    #[error("{what} is not a key: expected `{expected}`")]
    Form {
        /// Which key.
        what: &'static str,
        /// The form that is expected.
        expected: &'static str,
    },
    /// A name that cannot stand in a note.
    #[error(
        "`{name}` cannot be a key's name: it must not be empty and must hold no space and no plus"
    )]
    Name {
        /// The name.
        name: String,
    },
    /// The key id is not that of name and key: somebody has changed the text.
    #[error("the key id {found} does not fit the name `{name}` and its key, which make {expected}")]
    Id {
        /// The name.
        name: String,
        /// The id in the text.
        found: String,
        /// The id that name and key make.
        expected: String,
    },
    /// A key that anybody could guess.
    #[error("the key is made of one repeated byte: make one with `accession log key --new FILE`")]
    Weak,
}

/// What signs notes.
#[derive(Clone)]
pub struct NoteSigner {
    name: String,
    key: SigningKey,
}

/// What verifies notes that were signed under a name.
#[derive(Clone, PartialEq, Eq)]
pub struct NoteVerifier {
    name: String,
    key: VerifyingKey,
}

impl NoteSigner {
    /// A key from a name and 32 random bytes.
    pub fn new(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        if name.is_empty() || name.chars().any(|c| c.is_whitespace() || c == '+') {
            return Err(KeyError::Name { name: name.into() });
        }
        if seed.iter().all(|byte| byte == seed.first().unwrap_or(&0)) {
            return Err(KeyError::Weak);
        }
        Ok(Self {
            name: name.into(),
            key: SigningKey::from_bytes(seed),
        })
    }

    /// The key of a text as [`Self::secret_text`] makes it.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let form = KeyError::Form {
            what: "the signing key",
            expected: "PRIVATE+KEY+<name>+<id>+<base64>",
        };
        let rest = text
            .trim()
            .strip_prefix(SECRET)
            .and_then(|rest| rest.strip_prefix('+'))
            .ok_or_else(|| form.clone())?;
        let (name, id, seed) = parts(rest).ok_or(form)?;
        let signer = Self::new(name, &seed)?;
        check_id(name, id, signer.verifier().id())?;
        Ok(signer)
    }

    /// Its text, secret: `PRIVATE+KEY+<name>+<id>+<base64 of 1 and the seed>`.
    #[must_use]
    pub fn secret_text(&self) -> String {
        let seed = self.key.to_bytes();
        format!(
            "{SECRET}+{}",
            joined(&self.name, self.verifier().id(), seed)
        )
    }

    /// The name it signs under: the log's origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What verifies its signatures.
    #[must_use]
    pub fn verifier(&self) -> NoteVerifier {
        NoteVerifier {
            name: self.name.clone(),
            key: self.key.verifying_key(),
        }
    }

    pub(crate) fn sign(&self, text: &str) -> [u8; 64] {
        self.key.sign(text.as_bytes()).to_bytes()
    }
}

impl NoteVerifier {
    /// The key of a text as its `Display` makes it: `<name>+<id>+<base64 of 1 and the public key>`.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let form = KeyError::Form {
            what: "the verifying key",
            expected: "<name>+<id>+<base64>",
        };
        let (name, id, public) = parts(text.trim()).ok_or_else(|| form.clone())?;
        let verifier = Self {
            name: name.to_owned(),
            key: VerifyingKey::from_bytes(&public).map_err(|_| form)?,
        };
        check_id(name, id, verifier.id())?;
        Ok(verifier)
    }

    /// The name that signatures carry.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first four bytes of the SHA-256 of name, end of line, algorithm and public key.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        let mut digest = Sha256::new();
        digest.update(self.name.as_bytes());
        digest.update([b'\n', ED25519]);
        digest.update(self.key.as_bytes());
        let hash: [u8; 32] = digest.finalize().into();
        let [a, b, c, d, ..] = hash;
        [a, b, c, d]
    }

    pub(crate) fn verifies(&self, text: &str, signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(text.as_bytes(), &signature).is_ok())
    }
}

impl fmt::Display for NoteVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&joined(&self.name, self.id(), self.key.to_bytes()))
    }
}

impl fmt::Debug for NoteVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoteVerifier({self})")
    }
}

impl fmt::Debug for NoteSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoteSigner({})", self.name)
    }
}

fn joined(name: &str, id: [u8; 4], key: [u8; 32]) -> String {
    let mut bytes = vec![ED25519];
    bytes.extend(key);
    format!("{name}+{}+{}", hex::encode(id), STANDARD.encode(bytes))
}

/// Name, id and key. Base64 may hold plus signs, the two before it may not.
fn parts(text: &str) -> Option<(&str, &str, [u8; 32])> {
    let mut parts = text.splitn(3, '+');
    let (name, id, key) = (parts.next()?, parts.next()?, parts.next()?);
    match STANDARD.decode(key).ok()?.split_first() {
        Some((&ED25519, key)) if !name.is_empty() => Some((name, id, key.try_into().ok()?)),
        _ => None,
    }
}

fn check_id(name: &str, found: &str, expected: [u8; 4]) -> Result<(), KeyError> {
    let expected = hex::encode(expected);
    if found == expected {
        return Ok(());
    }
    Err(KeyError::Id {
        name: name.to_owned(),
        found: found.to_owned(),
        expected,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seed() -> [u8; 32] {
        std::array::from_fn(|place| u8::try_from(place).unwrap())
    }

    #[test]
    fn keys_survive_their_text_forms() {
        let signer = NoteSigner::new("example.com/log", &seed()).unwrap();
        let again = NoteSigner::parse(&signer.secret_text()).unwrap();
        assert_eq!(again.verifier(), signer.verifier());
        let public = signer.verifier().to_string();
        assert!(public.starts_with("example.com/log+"), "{public}");
        assert_eq!(NoteVerifier::parse(&public).unwrap(), signer.verifier());
    }

    #[test]
    fn a_key_whose_id_does_not_fit_is_refused() {
        let text = NoteSigner::new("example.com/log", &seed())
            .unwrap()
            .verifier()
            .to_string();
        let renamed = text.replacen("example.com/log", "example.com/gol", 1);
        assert!(matches!(
            NoteVerifier::parse(&renamed),
            Err(KeyError::Id { .. })
        ));
    }

    #[test]
    fn a_weak_key_and_an_impossible_name_are_refused() {
        assert_eq!(NoteSigner::new("a", &[0; 32]).unwrap_err(), KeyError::Weak);
        assert_eq!(NoteSigner::new("a", &[7; 32]).unwrap_err(), KeyError::Weak);
        for name in ["", "a b", "a+b", "a\nb"] {
            assert!(matches!(
                NoteSigner::new(name, &seed()),
                Err(KeyError::Name { .. })
            ));
        }
        for text in ["", "PRIVATE+KEY+", "PRIVATE+KEY+a+b+c", "a+b"] {
            assert!(NoteSigner::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_printed_of_a_signer_is_not_its_secret() {
        let signer = NoteSigner::new("a", &seed()).unwrap();
        assert_eq!(format!("{signer:?}"), "NoteSigner(a)");
    }
}
