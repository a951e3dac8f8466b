//! Names that configuration gives to things: sign-in providers, themes.
//!
//! Never text for people: it is not translated and has no blanks.

use std::sync::Arc;

use super::canonical::{canonical_text, excerpt};

/// A name such as `google` or `sumi`: 1 to 40 of `a`–`z`, `0`–`9`, `_` and `-`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HandleName(Arc<str>);

/// Why a text is not such a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{found}` is not a name here: expected 1 to 40 of a-z, 0-9, `_` and `-`, such as `google`"
)]
pub struct HandleNameError {
    /// The start of what was given.
    pub found: String,
}

impl HandleName {
    /// The greatest length, in characters.
    pub const LONGEST: usize = 40;

    /// Accepts a name exactly as it is written.
    pub fn parse(text: &str) -> Result<Self, HandleNameError> {
        let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
        if (1..=Self::LONGEST).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.into()))
        } else {
            Err(HandleNameError {
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

canonical_text!(
    HandleName,
    HandleNameError,
    "a name of a-z, 0-9, `_` and `-`"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_lowercase_and_without_blanks() {
        for text in ["google", "my-idp_2", &"x".repeat(40)] {
            assert_eq!(HandleName::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "Google", "a b", "a:b", "ä", &"x".repeat(41)] {
            assert!(HandleName::parse(text).is_err(), "{text}");
        }
    }
}
