//! Makes the blind indexes: by them e-mail addresses and identities at other providers are unique and found without being
//! readable.
//!
//! The keys never leave the process; without them nobody can try addresses against an index.

use std::fmt;
use std::sync::Arc;

use accession_events::values::{EmailAddress, EmailIndex, ExternalIndex, HandleName};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::root_key::{Purpose, RootKey};

/// Makes blind indexes. Cheap to clone.
#[derive(Clone)]
pub struct BlindIndexer {
    keys: Arc<Keys>,
}

struct Keys {
    email: [u8; 32],
    external: [u8; 32],
}

impl BlindIndexer {
    /// Under this root key; another one makes other indexes.
    #[must_use]
    pub fn new(root: &RootKey) -> Self {
        let keys = Keys {
            email: root.derive(Purpose::EmailIndex),
            external: root.derive(Purpose::ExternalIndex),
        };
        Self {
            keys: Arc::new(keys),
        }
    }

    /// The index of an address: the same for all spellings of it.
    #[must_use]
    pub fn email(&self, address: &EmailAddress) -> EmailIndex {
        EmailIndex::new(keyed_hash(&self.keys.email, &[&address.normalised()]))
    }

    /// The index of the id by which a provider knows a person.
    #[must_use]
    pub fn external(&self, provider: &HandleName, subject: &str) -> ExternalIndex {
        let parts = [provider.as_str(), subject];
        ExternalIndex::new(keyed_hash(&self.keys.external, &parts))
    }
}

/// HMAC-SHA-256 over texts; lengths keep them apart.
fn keyed_hash(key: &[u8; 32], parts: &[&str]) -> [u8; 32] {
    // HMAC fills a short key up to its block with zeros; done here, no key can have a wrong length.
    let mut block = [0; 64];
    if let Some(start) = block.first_chunk_mut() {
        *start = *key;
    }
    let mut mac = Hmac::<Sha256>::new(&block.into());
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().into()
}

impl fmt::Debug for BlindIndexer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BlindIndexer([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(root: u8, address: &str) -> EmailIndex {
        let indexer = BlindIndexer::new(&RootKey::from_bytes([root; 32]));
        indexer.email(&EmailAddress::parse(address).unwrap())
    }

    #[test]
    fn spellings_of_one_address_have_one_index_and_others_and_other_keys_have_others() {
        assert_eq!(index(1, "ANA@Example.org"), index(1, " ana@example.org"));
        assert_ne!(index(1, "ana@example.org"), index(1, "anna@example.org"));
        assert_ne!(index(1, "ana@example.org"), index(2, "ana@example.org"));
    }

    #[test]
    fn one_id_at_two_providers_has_two_indexes() {
        let indexer = BlindIndexer::new(&RootKey::from_bytes([1; 32]));
        let at =
            |provider: &str, id: &str| indexer.external(&HandleName::parse(provider).unwrap(), id);
        assert_eq!(at("google", "1"), at("google", "1"));
        assert_ne!(at("google", "1"), at("github", "1"));
        assert_ne!(at("google", "1"), at("google", "11"));
    }
}
