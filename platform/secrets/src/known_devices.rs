//! By what a browser is known again at a sign-in: it signed in to this account before, so strangers' guesses do not count
//! against it.
//!
//! Opens nothing: whoever has it still needs the password.

use accession_events::values::EmailIndex;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::root_key::{Purpose, RootKey};

const ID: usize = 16;

/// Makes and recognises devices. Cheap to clone.
#[derive(Clone)]
pub struct KnownDevices {
    key: [u8; 32],
}

impl KnownDevices {
    /// Under this root key.
    #[must_use]
    pub fn new(root: &RootKey) -> Self {
        Self {
            key: root.derive(Purpose::DeviceCookies),
        }
    }

    /// What a browser with this id keeps for this account.
    #[must_use]
    pub fn token(&self, id: [u8; ID], account: &EmailIndex) -> String {
        let mut bytes = id.to_vec();
        bytes.extend_from_slice(&self.mac(&id, account));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The id of the browser, when it signed in to this account before.
    #[must_use]
    pub fn recognise(&self, text: &str, account: &EmailIndex) -> Option<[u8; ID]> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (id, mac) = bytes.split_first_chunk::<ID>()?;
        let ours = bool::from(self.mac(id, account).as_slice().ct_eq(mac));
        ours.then_some(*id)
    }

    fn mac(&self, id: &[u8; ID], account: &EmailIndex) -> [u8; 32] {
        // HMAC fills a short key up to its block with zeros; done here, no key can have a wrong length.
        let mut block = [0; 64];
        if let Some(start) = block.first_chunk_mut() {
            *start = self.key;
        }
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(id);
        mac.update(account.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_known_to_its_own_account_only() {
        let devices = KnownDevices::new(&RootKey::from_bytes([1; 32]));
        let (ana, bo) = (EmailIndex::new([1; 32]), EmailIndex::new([2; 32]));
        let token = devices.token([9; 16], &ana);
        assert_eq!(devices.recognise(&token, &ana), Some([9; 16]));
        assert_eq!(devices.recognise(&token, &bo), None);
        let other = KnownDevices::new(&RootKey::from_bytes([2; 32]));
        assert_eq!(other.recognise(&token, &ana), None);
        for bad in ["", "AAAA", "*", &token[..30]] {
            assert_eq!(devices.recognise(bad, &ana), None, "{bad}");
        }
    }
}
