//! Blind indexes: what a personal value is claimed and found by without being readable.
//!
//! Never computed here: the key is the platform's, and this room holds none.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::canonical::parse_text;

/// A text that is not a blind index. It does not repeat the text, which might be what was to be hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no blind index: expected 43 characters of URL-safe base64")]
pub struct BlindIndexError;

/// Declares blind indexes: data only, no control flow.
macro_rules! blind_indexes {
    ($($(#[$doc:meta])* $name:ident, $expected:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 32]);

        impl $name {
            /// The index that these bytes are: an HMAC-SHA-256 under a derived key.
            #[must_use]
            pub const fn new(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// Reads the written form.
            pub fn parse(text: &str) -> Result<Self, BlindIndexError> {
                decoded(text).map(Self)
            }

            /// The 32 bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&URL_SAFE_NO_PAD.encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl std::str::FromStr for $name {
            type Err = BlindIndexError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                parse_text(deserializer, $expected)
            }
        }
    )*};
}

blind_indexes! {
    /// Of a normalised e-mail address.
    EmailIndex, "the blind index of an e-mail address as text";
    /// Of the id by which a sign-in provider knows a person.
    ExternalIndex, "the blind index of a provider's id of a person as text";
}

fn decoded(text: &str) -> Result<[u8; 32], BlindIndexError> {
    let mut bytes = [0u8; 32];
    match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) {
        Ok(32) if text.len() == 43 => Ok(bytes),
        _ => Err(BlindIndexError),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_written_as_43_characters_and_read_back() {
        let index = EmailIndex::new([7; 32]);
        let text = index.to_string();
        assert_eq!(text.len(), 43);
        assert_eq!(EmailIndex::parse(&text), Ok(index));
        let json = serde_json::to_string(&index).unwrap();
        assert_eq!(serde_json::from_str::<EmailIndex>(&json).unwrap(), index);
    }

    #[test]
    fn anything_else_is_refused_without_being_repeated() {
        let long = "A".repeat(44);
        for text in ["", "ana@example.org", &*long, &long[..42]] {
            let error = EmailIndex::parse(text).unwrap_err().to_string();
            assert!(!error.contains("ana@"), "{error}");
        }
    }
}
