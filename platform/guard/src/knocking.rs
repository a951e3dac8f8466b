//! Who knocks, as a limiter knows them: a digest of a limit and a place or an account, under a key of this deployment.
//!
//! Never keeps an address or an account: a limiter's memory tells nobody who was here.

use accession_service::client::{ClientAddress, PlaceDigest};
use sha2::{Digest as _, Sha256};

/// Makes the digests.
#[derive(Debug, Clone)]
pub(crate) struct Knocking {
    keyed: Sha256,
}

impl Knocking {
    /// Digests under this key; all processes that share a limiter need the same one.
    pub(crate) fn new(key: &[u8]) -> Self {
        let mut keyed = Sha256::new();
        keyed.update(u64::try_from(key.len()).unwrap_or_default().to_be_bytes());
        keyed.update(key);
        Self { keyed }
    }

    /// Three bytes of the digest of a place, in hexadecimal: hundreds of IPv4 addresses share each.
    pub(crate) fn place(&self, client: ClientAddress) -> PlaceDigest {
        let digest = self.who(b'p', client.place().to_string().as_bytes());
        PlaceDigest(format!("{:06x}", digest >> 104).into())
    }

    /// The digest of one who knocks.
    pub(crate) fn who(&self, kind: u8, text: &[u8]) -> u128 {
        let mut hasher = self.keyed.clone();
        hasher.update([kind]);
        hasher.update(text);
        let digest: [u8; 32] = hasher.finalize().into();
        let (first, _) = digest.split_at(16);
        first
            .try_into()
            .map(u128::from_be_bytes)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_kind_another_text_and_another_key_are_another_one() {
        let (here, there) = (Knocking::new(b"a"), Knocking::new(b"b"));
        let all = [
            here.who(1, b"x"),
            here.who(2, b"x"),
            here.who(1, b"y"),
            there.who(1, b"x"),
        ];
        for (place, one) in all.iter().enumerate() {
            assert!(!all.iter().take(place).any(|other| other == one));
        }
        assert_eq!(here.who(1, b"x"), here.who(1, b"x"));
    }
}
