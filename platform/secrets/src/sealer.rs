//! Seals personal data before a command is given, and opens one value where a use case must look at it.
//!
//! Never seals for somebody who was erased.

use accession_events::StreamName;
use accession_events::ids::SubjectId;
use accession_events::values::{Personal, SealedBox};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::SecretsError;
use crate::keyring::{Key, SubjectKeys, nonce};
use crate::sealed;

/// Why a value could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The subject was erased: nothing may be kept of it any more.
    #[error("{0} was erased; nothing may be kept about this person any more")]
    Erased(SubjectId),
    /// The box cannot be opened: it was changed, or moved from another place.
    #[error(
        "the box of subject {subject} in field `{field}` of {stream} cannot be opened: {reason}"
    )]
    Unreadable {
        /// Whose.
        subject: SubjectId,
        /// Where it stands.
        stream: StreamName,
        /// In which field.
        field: String,
        /// Why.
        reason: String,
    },
    /// The private tables could not be used.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
}

/// Seals and opens single values. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sealer {
    keys: SubjectKeys,
}

impl Sealer {
    /// Seals under these keys.
    #[must_use]
    pub const fn new(keys: SubjectKeys) -> Self {
        Self { keys }
    }

    /// Seals a value for one field of an event of this stream. `field` is the name under which the event's JSON holds
    /// the value; a box is refused in any other place.
    pub async fn seal<T: Serialize>(
        &self,
        subject: SubjectId,
        stream: &StreamName,
        field: &str,
        value: &T,
    ) -> Result<Personal<T>, SealError> {
        self.of(subject).await?.seal(stream, field, value)
    }

    /// The same for many values of one subject: its key is looked up, or made, once.
    pub async fn of(&self, subject: SubjectId) -> Result<SubjectSealer, SealError> {
        match self.keys.make_or_get(subject).await? {
            Key::Known(key) => Ok(SubjectSealer { subject, key }),
            Key::Erased => Err(SealError::Erased(subject)),
            Key::Missing => Err(missing(subject)),
        }
    }

    /// Destroys the key of a subject that was there for one purpose alone, which is done. Safe to repeat.
    pub async fn destroy(&self, subject: SubjectId, at: Timestamp) -> Result<(), SecretsError> {
        self.keys.destroy(subject, at).await?;
        Ok(())
    }

    /// What is in a value of a state: `None` when its subject was erased.
    pub async fn open<T: DeserializeOwned + Clone>(
        &self,
        stream: &StreamName,
        field: &str,
        value: &Personal<T>,
    ) -> Result<Option<T>, SealError> {
        let sealed = match value {
            Personal::Known { known } => return Ok(Some(known.clone())),
            Personal::Erased { .. } => return Ok(None),
            Personal::Sealed(sealed) => sealed,
        };
        let mut keys = self.keys.get_many([sealed.subject]).await?;
        match keys.remove(&sealed.subject) {
            Some(Key::Known(key)) => {
                let unreadable = |reason: String| SealError::Unreadable {
                    subject: sealed.subject,
                    stream: stream.clone(),
                    field: field.to_owned(),
                    reason,
                };
                let plain = opened(&key, sealed, stream, field)
                    .map_err(|reason| unreadable(reason.into()))?;
                serde_json::from_slice(&plain)
                    .map(Some)
                    .map_err(|_| unreadable("what is in it is not of the expected kind".into()))
            }
            Some(Key::Erased) => Ok(None),
            Some(Key::Missing) | None => Err(missing(sealed.subject)),
        }
    }
}

/// Seals for one subject.
pub struct SubjectSealer {
    subject: SubjectId,
    key: std::sync::Arc<[u8; 32]>,
}

impl SubjectSealer {
    /// For whom it seals.
    #[must_use]
    pub const fn subject(&self) -> SubjectId {
        self.subject
    }

    /// Seals a value for one field of an event of this stream.
    pub fn seal<T: Serialize>(
        &self,
        stream: &StreamName,
        field: &str,
        value: &T,
    ) -> Result<Personal<T>, SealError> {
        let unusable = |reason: &str| SecretsError::Unusable {
            reason: reason.to_owned(),
        };
        let plain = serde_json::to_vec(value)
            .map_err(|_| unusable("a value that was to be sealed cannot be written as JSON"))?;
        let place = sealed::place(self.subject, stream, field);
        let sealed = sealed::seal(&self.key, nonce()?, &place, &plain)
            .ok_or_else(|| unusable("a value could not be sealed"))?;
        Ok(Personal::Sealed(SealedBox {
            subject: self.subject,
            contents: URL_SAFE_NO_PAD.encode(sealed),
        }))
    }
}

/// What is in a box, as JSON; or why it cannot be opened.
pub(crate) fn opened(
    key: &[u8; 32],
    sealed: &SealedBox,
    stream: &StreamName,
    field: &str,
) -> Result<Vec<u8>, &'static str> {
    let contents = URL_SAFE_NO_PAD
        .decode(&sealed.contents)
        .map_err(|_| "it is not base64url")?;
    let place = sealed::place(sealed.subject, stream, field);
    sealed::open(key, &place, &contents)
        .ok_or("it was changed, or it was sealed for another stream, field or person")
}

fn missing(subject: SubjectId) -> SealError {
    SealError::Secrets(SecretsError::Unusable {
        reason: format!(
            "there is no key of subject {subject}, and it was not erased: these tables do not belong to this log; restore \
             them from a backup"
        ),
    })
}
