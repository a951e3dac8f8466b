//! The subjects' keys, ready for use: wrapped and unwrapped, remembered for a while, forgotten at an erasure.
//!
//! "The store is away" is an error and never taken for "erased".

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use accession_events::ids::SubjectId;
use accession_service::keys::random_bytes;
use jiff::Timestamp;
use moka::sync::Cache;

use crate::database::PrivateDatabase;
use crate::error::SecretsError;
use crate::root_key::{Purpose, RootKey};
use crate::sealed;
use crate::subject_keys::{self, KeptKey, SubjectKeyStore};

/// Keys kept in memory: about 100 bytes each.
const REMEMBERED: u64 = 50_000;
/// How long a key is believed in; who has not heard of an erasure by then looks again.
const BELIEVED_FOR: Duration = Duration::from_mins(1);

/// The key of a subject, if it can be had.
#[derive(Clone)]
pub(crate) enum Key {
    Known(Arc<[u8; 32]>),
    Erased,
    /// There never was one: the private tables are not those that belong to the log.
    Missing,
}

/// The keys of the subjects. Clones share what is remembered.
#[derive(Clone)]
pub struct SubjectKeys {
    store: Arc<dyn SubjectKeyStore>,
    wrapping: Arc<[u8; 32]>,
    remembered: Cache<SubjectId, Key>,
}

impl SubjectKeys {
    /// The keys in this database, wrapped under this root key.
    #[must_use]
    pub fn new(database: &PrivateDatabase, root: &RootKey) -> Self {
        Self::over(subject_keys::open(database), root)
    }

    /// The same over another store, such as a failing one of a test.
    #[must_use]
    pub fn over(store: Arc<dyn SubjectKeyStore>, root: &RootKey) -> Self {
        Self {
            store,
            wrapping: Arc::new(root.derive(Purpose::SubjectKeys)),
            remembered: Cache::builder()
                .max_capacity(REMEMBERED)
                .time_to_live(BELIEVED_FOR)
                .build(),
        }
    }

    /// Destroys the key of a subject, for good. Safe to repeat; whether this call did it.
    pub async fn destroy(&self, subject: SubjectId, at: Timestamp) -> Result<bool, SecretsError> {
        let done = self.store.destroy(subject, at).await?;
        self.mark_erased(subject);
        Ok(done)
    }

    /// Whether nothing sealed of this subject can be read any more, as the store says it.
    pub async fn is_destroyed(&self, subject: SubjectId) -> Result<bool, SecretsError> {
        let kept = self.store.get_many(&[subject]).await?;
        Ok(matches!(kept.first(), Some(Some(KeptKey::Destroyed))))
    }

    /// From now on the subject counts as erased here, whatever the store still holds.
    pub fn mark_erased(&self, subject: SubjectId) {
        self.remembered.insert(subject, Key::Erased);
    }

    /// The key of a subject, made if there is none; never one for an erased subject.
    pub(crate) async fn make_or_get(&self, subject: SubjectId) -> Result<Key, SecretsError> {
        if let Some(key @ (Key::Known(_) | Key::Erased)) = self.remembered.get(&subject) {
            return Ok(key);
        }
        let wrapped = self.wrap(subject, &random_bytes()?)?;
        let kept = self.store.create_or_get(subject, &wrapped).await?;
        self.take_in(subject, Some(kept))
    }

    /// The keys of these subjects: those that are not remembered in one round trip.
    pub(crate) async fn get_many(
        &self,
        subjects: impl IntoIterator<Item = SubjectId>,
    ) -> Result<HashMap<SubjectId, Key>, SecretsError> {
        let mut keys = HashMap::new();
        let mut wanted = Vec::new();
        for subject in subjects {
            if keys.contains_key(&subject) {
                continue;
            }
            let key = self.remembered.get(&subject);
            if key.is_none() {
                wanted.push(subject);
            }
            // A place is held, so that each is asked for once.
            keys.insert(subject, key.unwrap_or(Key::Missing));
        }
        if !wanted.is_empty() {
            let kept = self.store.get_many(&wanted).await?;
            for (subject, kept) in wanted.into_iter().zip(kept) {
                keys.insert(subject, self.take_in(subject, kept)?);
            }
        }
        Ok(keys)
    }

    /// Remembers what the store has said. An erasure that was heard of meanwhile stands.
    fn take_in(&self, subject: SubjectId, kept: Option<KeptKey>) -> Result<Key, SecretsError> {
        let key = match kept {
            // It may come at any moment, so it is not remembered.
            None => return Ok(Key::Missing),
            Some(KeptKey::Destroyed) => Key::Erased,
            Some(KeptKey::Wrapped(wrapped)) => {
                Key::Known(Arc::new(self.opened(subject, &wrapped)?))
            }
        };
        let entry = self.remembered.entry(subject).or_insert(key);
        Ok(entry.into_value())
    }

    fn wrap(&self, subject: SubjectId, key: &[u8; 32]) -> Result<Vec<u8>, SecretsError> {
        sealed::seal(&self.wrapping, nonce()?, &sealed::holder(subject), key).ok_or_else(|| {
            SecretsError::Unusable {
                reason: "a key could not be wrapped".into(),
            }
        })
    }

    fn opened(&self, subject: SubjectId, wrapped: &[u8]) -> Result<[u8; 32], SecretsError> {
        sealed::open(&self.wrapping, &sealed::holder(subject), wrapped)
            .and_then(|key| <[u8; 32]>::try_from(key).ok())
            .ok_or_else(|| SecretsError::Unusable {
                reason: format!(
                    "the key of subject {subject} cannot be unwrapped: its row was changed, or the root key is another; \
                     restore the private tables from a backup"
                ),
            })
    }
}

impl fmt::Debug for SubjectKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubjectKeys([redacted])")
    }
}

/// A fresh nonce: long enough that two are never the same.
pub(crate) fn nonce() -> Result<[u8; sealed::NONCE], SecretsError> {
    let mut nonce = [0; sealed::NONCE];
    let random = random_bytes()?;
    nonce.copy_from_slice(random.split_at(sealed::NONCE).0);
    Ok(nonce)
}
