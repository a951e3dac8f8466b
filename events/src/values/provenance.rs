//! Who said something: the source, how much its word counts, and where in the source it stands.
//!
//! Never holds what was said; that is the fact beside it.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::authority::Authority;
use super::canonical::{excerpt, parse_text};
use super::text::{SourceName, SourceRecordId};
use crate::ids::ImportRunId;

/// Where a statement comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// The source, such as `goodbooks` or `curator:018f…`.
    pub source: SourceName,
    /// How much the source's word counts.
    pub authority: Authority,
    /// The record in the source; absent for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<SourceRecordId>,
    /// The record's content when it was read, so that the same content makes no event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_hash: Option<ContentHash>,
    /// The import run that brought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import_run: Option<ImportRunId>,
}

impl Provenance {
    /// A statement of a source, without record, hash or run.
    #[must_use]
    pub const fn of(source: SourceName, authority: Authority) -> Self {
        Self {
            source,
            authority,
            record: None,
            content_hash: None,
            import_run: None,
        }
    }

    /// Whether both come from the same asserter: the same record of the same source.
    #[must_use]
    pub fn same_asserter(&self, other: &Self) -> bool {
        self.source == other.source && self.record == other.record
    }
}

/// The SHA-256 of a source record's content, written as 43 characters of URL-safe base64.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash([u8; 32]);

/// A text that is not a content hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{found}` is not a content hash: expected a SHA-256 as 43 characters of URL-safe base64 or 64 of hexadecimal"
)]
pub struct ContentHashError {
    /// The start of what was given.
    pub found: String,
}

impl ContentHash {
    /// The hash of some bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Reads either written form.
    pub fn parse(text: &str) -> Result<Self, ContentHashError> {
        let mut bytes = [0u8; 32];
        let read = match text.len() {
            43 => URL_SAFE_NO_PAD
                .decode_slice(text, &mut bytes)
                .is_ok_and(|length| length == 32),
            64 => hex::decode_to_slice(text, &mut bytes).is_ok(),
            _ => false,
        };
        if read {
            Ok(Self(bytes))
        } else {
            Err(ContentHashError {
                found: excerpt(text),
            })
        }
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Writes the canonical text into a buffer, without allocating.
    fn written<'a>(&self, buffer: &'a mut [u8; 43]) -> &'a str {
        // 32 bytes always make 43 characters of ASCII, so the default is unreachable.
        let length = URL_SAFE_NO_PAD
            .encode_slice(self.0, buffer)
            .unwrap_or_default();
        buffer
            .get(..length)
            .and_then(|ascii| std::str::from_utf8(ascii).ok())
            .unwrap_or_default()
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.written(&mut [0; 43]))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentHash({self})")
    }
}

impl std::str::FromStr for ContentHash {
    type Err = ContentHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for ContentHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.written(&mut [0; 43]))
    }
}

impl<'de> Deserialize<'de> for ContentHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parse_text(deserializer, "a SHA-256 as text")
    }
}

/// A provenance shared by all that one asserter said at once.
pub(crate) type SharedProvenance = Arc<Provenance>;

#[cfg(test)]
mod tests {
    use super::*;

    const HELLO_HEX: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    #[test]
    fn a_hash_is_read_from_both_forms_and_written_short() {
        let hash = ContentHash::of(b"hello");
        assert_eq!(ContentHash::parse(HELLO_HEX), Ok(hash));
        assert_eq!(
            hash.to_string(),
            "LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ"
        );
        assert_eq!(ContentHash::parse(&hash.to_string()), Ok(hash));
        for text in [
            "",
            "hello",
            &HELLO_HEX[1..],
            &format!("g{}", &HELLO_HEX[1..]),
        ] {
            assert!(ContentHash::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_absent_is_not_written() {
        let by = Provenance::of(
            SourceName::parse("goodbooks").unwrap(),
            Authority::PrimaryProvider,
        );
        let json = serde_json::to_string(&by).unwrap();
        assert_eq!(
            json,
            r#"{"source":"goodbooks","authority":"primary_provider"}"#
        );
        assert_eq!(serde_json::from_str::<Provenance>(&json).unwrap(), by);
    }

    #[test]
    fn an_asserter_is_a_record_of_a_source_whatever_its_content() {
        let mut one = Provenance::of(
            SourceName::parse("goodbooks").unwrap(),
            Authority::PrimaryProvider,
        );
        one.record = Some(SourceRecordId::parse("2767052").unwrap());
        let mut later = one.clone();
        later.content_hash = Some(ContentHash::of(b"changed"));
        assert!(one.same_asserter(&later));
        later.record = None;
        assert!(!one.same_asserter(&later));
    }
}
