//! What a scanner reads off a copy: the number that a library sticks on it.
//!
//! Never an ISBN's business: a barcode names one copy of one library, an ISBN every copy of an edition.

use std::sync::Arc;

use super::canonical::{canonical_text, excerpt};

/// A barcode such as `PEM-000417`: 1 to 40 of letters, digits and `- . _ / + $ %`, letters in upper case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Barcode(Arc<str>);

/// Why a text is not a barcode.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{found}` is not a barcode: expected 1 to 40 letters, digits and `- . _ / + $ %` without blanks, such as `PEM-000417`"
)]
pub struct BarcodeError {
    /// The start of what was given.
    pub found: String,
}

impl Barcode {
    /// The greatest length, in characters.
    pub const LONGEST: usize = 40;

    /// Accepts a barcode; blanks around it go, and letters become upper case, as scanners differ in both.
    pub fn parse(text: &str) -> Result<Self, BarcodeError> {
        let trimmed = text.trim();
        let allowed = |byte: u8| {
            byte.is_ascii_alphanumeric()
                || matches!(byte, b'-' | b'.' | b'_' | b'/' | b'+' | b'$' | b'%')
        };
        if (1..=Self::LONGEST).contains(&trimmed.len()) && trimmed.bytes().all(allowed) {
            Ok(Self(trimmed.to_ascii_uppercase().into()))
        } else {
            Err(BarcodeError {
                found: excerpt(text),
            })
        }
    }

    /// The barcode.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

canonical_text!(Barcode, BarcodeError, "a barcode");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_barcode_is_what_a_scanner_reads_whichever_way_it_writes_it() {
        assert_eq!(
            Barcode::parse(" pem-000417 ").unwrap().as_str(),
            "PEM-000417"
        );
        for text in ["1", "31234/05.7", "A+B$C%_", &"9".repeat(40)] {
            assert_eq!(Barcode::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn what_no_scanner_reads_is_refused_and_named() {
        for text in ["", "  ", "a b", "ä", "x\n1", &"9".repeat(41)] {
            assert!(Barcode::parse(text).is_err(), "{text:?}");
        }
        let said = Barcode::parse("a b").unwrap_err().to_string();
        assert!(said.contains("`a b`"), "{said}");
    }
}
