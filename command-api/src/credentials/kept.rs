//! What is kept of a credential, and how its text is taken apart.
//!
//! Never a secret itself: only its digest.

use std::str::FromStr as _;

use accession_events::ids::ServiceCredentialId;
use accession_service::access::{CREDENTIAL_PREFIX, Scope};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::CredentialError;

/// A credential as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its id, the middle of its text form.
    pub id: ServiceCredentialId,
    /// What an operator called it.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// When it was issued.
    pub created_at: Timestamp,
    /// From when on it opens nothing: past when it was revoked, to come when another takes its place.
    pub ends_at: Option<Timestamp>,
    /// When it was used last, to about a minute.
    pub last_used_at: Option<Timestamp>,
}

/// A credential and the one that takes its place.
#[derive(Debug, Clone)]
pub struct Rotated {
    /// The one that was there.
    pub old: Credential,
    /// The new one.
    pub successor: ServiceCredentialId,
    /// The new one's text, told once.
    pub text: String,
    /// Until then the old one is good, too.
    pub good_until: Timestamp,
}

impl Credential {
    /// Whether it opens anything at this time.
    #[must_use]
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.ends_at.is_none_or(|ends_at| now < ends_at)
    }
}

/// A credential as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCredential {
    /// What an operator sees.
    pub credential: Credential,
    /// SHA-256 of its secret, in hexadecimal.
    pub secret_hash: String,
}

pub(super) fn hash(secret: &[u8; 32]) -> String {
    hex::encode(Sha256::digest(secret))
}

/// Id and secret of `acc_<id>_<secret>`.
pub(super) fn taken_apart(text: &str) -> Option<(ServiceCredentialId, [u8; 32])> {
    let (id, secret) = text.strip_prefix(CREDENTIAL_PREFIX)?.split_once('_')?;
    let id = ServiceCredentialId::from_str(id).ok()?;
    let mut bytes = [0; 32];
    hex::decode_to_slice(secret, &mut bytes).ok()?;
    Some((id, bytes))
}

/// The scopes as they are kept, in the order they were granted.
pub(super) fn scope_names(scopes: &[Scope]) -> Vec<String> {
    scopes
        .iter()
        .map(|scope| scope.as_str().to_owned())
        .collect()
}

pub(super) fn scopes_named(
    id: ServiceCredentialId,
    names: &[String],
) -> Result<Vec<Scope>, CredentialError> {
    let unreadable = |name: &String| CredentialError::Unreadable {
        id: id.to_string(),
        reason: format!("`{name}` is not a scope that this version knows"),
    };
    names
        .iter()
        .map(|name| Scope::named(name).ok_or_else(|| unreadable(name)))
        .collect()
}

pub(super) fn time(id: ServiceCredentialId, micros: i64) -> Result<Timestamp, CredentialError> {
    Timestamp::from_microsecond(micros).map_err(|error| CredentialError::Unreadable {
        id: id.to_string(),
        reason: error.to_string(),
    })
}
