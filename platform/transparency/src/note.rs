//! Signed notes (C2SP signed-note): a text, an empty line, and signature lines.
//!
//! A text is only worth something once a known key has signed it: [`SignedNote::verify`] says so.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::key::{NoteSigner, NoteVerifier};

/// What a signature line begins with: an em dash and a space.
const MARK: &str = "\u{2014} ";
/// More signatures than any log of ours gathers; a note with more is refused.
const MOST_SIGNATURES: usize = 100;
/// Bytes of a key id.
const ID: usize = 4;

/// Why a note is not to be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not a signed note.
    #[error("not a signed note: {reason}")]
    Form {
        /// What is wrong.
        reason: &'static str,
    },
    /// A known key's signature is not that of the text.
    #[error("the signature of `{name}` is not that of this text: the note was changed or forged")]
    Forged {
        /// The key's name.
        name: String,
    },
    /// None of the keys that were given has signed it.
    #[error("none of the given keys has signed it; it is signed by {}", signers.join(", "))]
    Unknown {
        /// Who has, `<name>+<key id>`.
        signers: Vec<String>,
    },
}

/// A note taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<NoteSignature>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct NoteSignature {
    name: String,
    id: [u8; ID],
    bytes: Vec<u8>,
}

/// Signs a text that ends with an end of line; the whole note.
#[must_use]
pub fn sign(text: &str, signer: &NoteSigner) -> String {
    let mut signature = signer.verifier().id().to_vec();
    signature.extend(signer.sign(text));
    format!(
        "{text}\n{MARK}{} {}\n",
        signer.name(),
        STANDARD.encode(signature)
    )
}

impl SignedNote {
    /// Takes a note apart. Nothing of it is verified yet.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        let form = |reason| NoteError::Form { reason };
        if note.chars().any(|c| c < ' ' && c != '\n') {
            return Err(form("it holds a control character"));
        }
        let (text, lines) = note
            .rsplit_once("\n\n")
            .ok_or_else(|| form("no empty line between text and signatures"))?;
        let lines = lines
            .strip_suffix('\n')
            .ok_or_else(|| form("its last line does not end"))?;
        let signatures: Vec<NoteSignature> = lines
            .split('\n')
            .map(signature)
            .collect::<Option<_>>()
            .ok_or_else(|| form("a line below the empty line is not a signature"))?;
        if signatures.len() > MOST_SIGNATURES {
            return Err(form("it has too many signatures"));
        }
        Ok(Self {
            text: format!("{text}\n"),
            signatures,
        })
    }

    /// The text, once one of these keys has signed it. A known key whose signature is wrong spoils the whole note;
    /// signatures of others don't count.
    pub fn verify(&self, keys: &[NoteVerifier]) -> Result<&str, NoteError> {
        let mut verified = false;
        for signature in &self.signatures {
            let known = keys
                .iter()
                .find(|key| key.name() == signature.name && key.id() == signature.id);
            let Some(key) = known else { continue };
            if !key.verifies(&self.text, &signature.bytes) {
                return Err(NoteError::Forged {
                    name: signature.name.clone(),
                });
            }
            verified = true;
        }
        if verified {
            return Ok(&self.text);
        }
        Err(NoteError::Unknown {
            signers: self
                .signatures
                .iter()
                .map(|signature| format!("{}+{}", signature.name, hex::encode(signature.id)))
                .collect(),
        })
    }

    /// The text, whoever may have written it.
    #[must_use]
    pub fn unverified_text(&self) -> &str {
        &self.text
    }
}

fn signature(line: &str) -> Option<NoteSignature> {
    let (name, encoded) = line.strip_prefix(MARK)?.split_once(' ')?;
    if name.is_empty() || name.chars().any(|c| c.is_whitespace() || c == '+') {
        return None;
    }
    let bytes = STANDARD.decode(encoded).ok()?;
    let (id, bytes) = bytes.split_first_chunk::<ID>()?;
    (!bytes.is_empty()).then(|| NoteSignature {
        name: name.to_owned(),
        id: *id,
        bytes: bytes.to_vec(),
    })
}
