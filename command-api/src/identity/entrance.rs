//! The door of accounts: what a sign-in needs beside accounts and sessions — who guesses too often, which browser is known,
//! and how cookies are set.
//!
//! Never locks an account: each place, and each known device, only slows down itself.

use std::sync::Arc;

use accession_events::values::{EmailAddress, EmailIndex};
use accession_secrets::guesses::{self, GuessStore, GuesserKey};
use accession_secrets::{
    BlindIndexer, KnownDevices, PrivateDatabase, Purpose, RootKey, SecretsError,
};
use accession_service::access::Csrf;
use accession_service::access::cookies::CookieOptions;
use accession_service::client::ClientAddress;
use accession_service::keys::{KeyError, random_bytes};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

/// What guards signing in. Cheap to clone.
#[derive(Clone)]
pub struct Entrance {
    guesses: Arc<dyn GuessStore>,
    devices: KnownDevices,
    indexer: BlindIndexer,
    /// Tokens against forged requests.
    pub csrf: Csrf,
    /// How cookies are set.
    pub cookies: CookieOptions,
}

/// Somebody who is about to try a password.
#[derive(Debug, Clone, Copy)]
pub struct Guesser {
    key: GuesserKey,
    account: EmailIndex,
    device: Option<[u8; 16]>,
}

impl Entrance {
    /// The entrance over this private room.
    #[must_use]
    pub fn new(database: &PrivateDatabase, root: &RootKey, cookies: CookieOptions) -> Self {
        Self {
            guesses: guesses::open(database),
            devices: KnownDevices::new(root),
            indexer: BlindIndexer::new(root),
            csrf: csrf(root),
            cookies,
        }
    }

    /// Who tries: a browser that signed in to this account before, or somebody at a place.
    #[must_use]
    pub fn guesser(
        &self,
        address: &EmailAddress,
        device: Option<&str>,
        from: ClientAddress,
    ) -> Guesser {
        let account = self.indexer.email(address);
        let device = device.and_then(|text| self.devices.recognise(text, &account));
        let mut digest = Sha256::new();
        digest.update(account.as_bytes());
        match &device {
            Some(id) => {
                digest.update(b"device");
                digest.update(id);
            }
            None => digest.update(format!("place {}", from.place())),
        }
        Guesser {
            key: digest.finalize().into(),
            account,
            device,
        }
    }

    /// Counts the attempt as a wrong one until it is known to be right. Until when to wait instead, if so.
    pub async fn attempt(
        &self,
        guesser: &Guesser,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, SecretsError> {
        self.guesses.attempt(&guesser.key, now).await
    }

    /// It was right: nothing counts any more, and the browser is known from now on by this value.
    pub async fn was_right(&self, guesser: &Guesser) -> Result<Option<String>, EntranceError> {
        self.guesses.was_right(&guesser.key).await?;
        if guesser.device.is_some() {
            return Ok(None);
        }
        let mut id = [0; 16];
        for (place, byte) in id.iter_mut().zip(random_bytes()?) {
            *place = byte;
        }
        Ok(Some(self.devices.token(id, &guesser.account)))
    }
}

/// Why the entrance cannot do its work.
#[derive(Debug, thiserror::Error)]
pub enum EntranceError {
    /// The private tables could not be used.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// No random bytes.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Tokens against forged requests under this root key.
#[must_use]
pub fn csrf(root: &RootKey) -> Csrf {
    Csrf::new(root.derive(Purpose::CsrfTokens))
}
