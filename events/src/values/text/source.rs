//! The names by which sources and their records are known.
//!
//! Never interprets them: to the catalogue a source's record id is an opaque text.

use std::sync::Arc;

use crate::values::canonical::{canonical_text, excerpt};

use super::bounded::{TextError, TextFault};

/// The name of a source: 1 to 64 of `a`–`z`, `0`–`9`, `.`, `_`, `:` and `-`, such as `goodbooks`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceName(Arc<str>);

/// Why a text does not name a source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{found}` does not name a source: expected 1 to 64 of a-z, 0-9, `.`, `_`, `:` and `-`, such as `goodbooks`"
)]
pub struct SourceNameError {
    /// The start of what was given.
    pub found: String,
}

impl SourceName {
    /// The greatest length, in characters.
    pub const LONGEST: usize = 64;

    /// Accepts a source name exactly as it is written.
    pub fn parse(text: &str) -> Result<Self, SourceNameError> {
        let allowed =
            |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b':' | b'-');
        if (1..=Self::LONGEST).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.into()))
        } else {
            Err(SourceNameError {
                found: excerpt(text),
            })
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

canonical_text!(SourceName, SourceNameError, "the name of a source as text");

/// The id that a source gives its own record: 1 to 200 printable characters, without blanks at the ends.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceRecordId(Arc<str>);

impl SourceRecordId {
    /// The greatest length, in characters.
    pub const LONGEST: usize = 200;

    /// Trims the text and takes it as it is: blanks inside are the source's business.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let trimmed = text.trim();
        let fault = if trimmed.is_empty() {
            TextFault::Empty
        } else if let Some((place, character)) = text
            .chars()
            .enumerate()
            .find(|(_, character)| character.is_control())
        {
            TextFault::ControlCharacter {
                character,
                at: place + 1,
            }
        } else if trimmed.chars().nth(Self::LONGEST).is_some() {
            TextFault::TooLong {
                found: trimmed.chars().count(),
            }
        } else {
            return Ok(Self(trimmed.into()));
        };
        Err(TextError {
            what: "source record id",
            fault,
            longest: Self::LONGEST,
        })
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

canonical_text!(
    SourceRecordId,
    TextError,
    "the id of a source's record as text"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn source_names_are_small_and_plain() {
        for text in [
            "goodbooks",
            "kodik",
            "curator:0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5c",
            "a.b_c-1",
        ] {
            assert_eq!(SourceName::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "Good", "a b", "ä", &"a".repeat(65)] {
            assert!(SourceName::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn record_ids_are_opaque_but_printable() {
        assert_eq!(
            SourceRecordId::parse(" /works/OL45883W ").unwrap().as_str(),
            "/works/OL45883W"
        );
        assert_eq!(SourceRecordId::parse("a  b").unwrap().as_str(), "a  b");
        for text in ["", " ", "a\nb", &"x".repeat(201)] {
            assert!(SourceRecordId::parse(text).is_err(), "{text:?}");
        }
    }
}
