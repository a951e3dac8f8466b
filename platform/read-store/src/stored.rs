//! How a document lies in a store: one byte of flags, eight of position, then the JSON bytes as they will be sent.
//! Never looks into the body.

use accession_events::Position;
use bytes::Bytes;

use crate::commit::DocumentWrite;
use crate::store::{Document, ReadStoreError};

/// Bytes before the body.
pub(crate) const HEADER: usize = 9;
const HIDDEN: u8 = 1;

/// What comes before the body in the stored form of a document.
pub(crate) fn header(write: &DocumentWrite) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    if let Some((flags, position)) = header.split_first_mut() {
        *flags = if write.hidden { HIDDEN } else { 0 };
        position.copy_from_slice(&write.position.get().to_be_bytes());
    }
    header
}

/// Reads the stored form back; the body shares its memory.
pub(crate) fn decode(key: &str, stored: &Bytes) -> Result<Document, ReadStoreError> {
    let Some((&[flags, ref position @ ..], _)) = stored.split_first_chunk::<HEADER>() else {
        return Err(corrupt(key, "is too short"));
    };
    if flags > HIDDEN {
        return Err(corrupt(key, "has flags of another version"));
    }
    let position = Position::new(u64::from_be_bytes(*position));
    Ok(Document {
        body: stored.slice(HEADER..),
        position,
        hidden: flags == HIDDEN,
    })
}

fn corrupt(key: &str, what: &str) -> ReadStoreError {
    ReadStoreError::Corrupt {
        reason: format!("document {key} {what}; rebuild its read model"),
    }
}
