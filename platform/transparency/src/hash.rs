//! The hashes of an RFC 6962 tree: SHA-256, with leaves and inner nodes kept apart by their first byte.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

/// Bytes of a hash.
pub const HASH_BYTES: usize = 32;

/// A SHA-256 hash; as text in standard base64, as the checkpoint and proof formats have it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; HASH_BYTES]);

impl Hash {
    /// The hash with these bytes.
    #[must_use]
    pub const fn new(bytes: [u8; HASH_BYTES]) -> Self {
        Self(bytes)
    }

    /// The hash with these bytes, if there are 32 of them.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The hash in a text of standard base64.
    #[must_use]
    pub fn from_base64(text: &str) -> Option<Self> {
        Self::from_slice(&STANDARD.decode(text).ok()?)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; HASH_BYTES] {
        &self.0
    }

    /// The root of the tree without leaves.
    #[must_use]
    pub fn of_nothing() -> Self {
        Self(Sha256::digest([]).into())
    }

    /// The hash of a leaf with this content.
    #[must_use]
    pub fn of_leaf(content: &[u8]) -> Self {
        let mut digest = Self::leaf_digest();
        digest.update(content);
        Self(digest.finalize().into())
    }

    /// The hash of an inner node over its two children.
    #[must_use]
    pub fn of_node(left: &Self, right: &Self) -> Self {
        let mut digest = Sha256::new();
        digest.update([1]);
        digest.update(left.0);
        digest.update(right.0);
        Self(digest.finalize().into())
    }

    /// For a leaf whose content comes in pieces.
    pub(crate) fn leaf_digest() -> Sha256 {
        let mut digest = Sha256::new();
        digest.update([0]);
        digest
    }

    /// Ends a leaf whose content came in pieces.
    pub(crate) fn finish(digest: Sha256) -> Self {
        Self(digest.finalize().into())
    }
}

/// Hashes one after the other, as a tile holds them.
#[must_use]
pub fn concatenated(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// The hashes in such bytes; nothing if their length is not that of whole hashes.
#[must_use]
pub fn separated(bytes: &[u8]) -> Option<Vec<Hash>> {
    bytes
        .chunks(HASH_BYTES)
        .map(Hash::from_slice)
        .collect::<Option<_>>()
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_base64(&text)
            .ok_or_else(|| de::Error::custom(format!("`{text}` is not 32 bytes in base64")))
    }
}
