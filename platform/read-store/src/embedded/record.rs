//! How a document and its fold's memory lie together as one value: half as many keys to write, compare and find.
//! Never looks into either.

use accession_events::Position;
use bytes::Bytes;

use super::failure::unreadable;
use crate::commit::DocumentWrite;
use crate::store::{Document, ReadStoreError};

/// Flags, position, length of the state; then the state and the body.
const HEADER: usize = 1 + 8 + 4;
const HIDDEN: u8 = 0b01;
/// There is something to show.
const SHOWN: u8 = 0b10;

/// Writes a record into a buffer, which is emptied first.
pub(super) fn encode(write: &DocumentWrite, into: &mut Vec<u8>) -> Result<(), ReadStoreError> {
    let state = u32::try_from(write.state.len()).map_err(|_| ReadStoreError::Unusable {
        reason: format!("the state of document {:?} is over 4 GB", write.key),
    })?;
    let hidden = if write.hidden { HIDDEN } else { 0 };
    let shown = if write.body.is_some() { SHOWN } else { 0 };
    into.clear();
    into.push(hidden | shown);
    into.extend_from_slice(&write.position.get().to_be_bytes());
    into.extend_from_slice(&state.to_be_bytes());
    into.extend_from_slice(&write.state);
    into.extend_from_slice(write.body.as_deref().unwrap_or_default());
    Ok(())
}

/// The document of a record, copied out of the engine's memory; none when there is nothing to show.
pub(super) fn document(key: &str, record: &[u8]) -> Result<Option<Document>, ReadStoreError> {
    let parts = Parts::of(key, record)?;
    if parts.flags & SHOWN == 0 {
        return Ok(None);
    }
    Ok(Some(Document {
        body: Bytes::copy_from_slice(parts.body),
        position: parts.position,
        hidden: parts.flags & HIDDEN != 0,
    }))
}

/// What a reader sees of a record, position aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shown<'a> {
    hidden: bool,
    body: &'a [u8],
}

/// What a reader sees of a record, where it lies; none when there is nothing to show.
pub(super) fn shown<'a>(key: &str, record: &'a [u8]) -> Result<Option<Shown<'a>>, ReadStoreError> {
    let parts = Parts::of(key, record)?;
    Ok((parts.flags & SHOWN != 0).then_some(Shown {
        hidden: parts.flags & HIDDEN != 0,
        body: parts.body,
    }))
}

/// The state of a record, copied out of the engine's memory.
pub(super) fn state(key: &str, record: &[u8]) -> Result<Bytes, ReadStoreError> {
    Ok(Bytes::copy_from_slice(Parts::of(key, record)?.state))
}

struct Parts<'a> {
    flags: u8,
    position: Position,
    state: &'a [u8],
    body: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(key: &str, record: &'a [u8]) -> Result<Self, ReadStoreError> {
        let parts = || {
            let (&[flags, ref rest @ ..], values) = record.split_first_chunk::<HEADER>()?;
            let (position, length) = rest.split_first_chunk::<8>()?;
            let length = u32::from_be_bytes(length.try_into().ok()?);
            let (state, body) = values.split_at_checked(usize::try_from(length).ok()?)?;
            Some(Self {
                flags,
                position: Position::new(u64::from_be_bytes(*position)),
                state,
                body,
            })
        };
        parts()
            .filter(|parts| parts.flags <= HIDDEN | SHOWN)
            .ok_or_else(|| unreadable(&format!("document {key}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(state: &'static [u8], body: Option<&'static [u8]>, hidden: bool) -> DocumentWrite {
        DocumentWrite {
            key: "a".into(),
            state: Bytes::from_static(state),
            body: body.map(Bytes::from_static),
            hidden,
            position: Position::new(7),
            add: Vec::new(),
            remove: Vec::new(),
        }
    }

    #[test]
    fn a_record_gives_back_its_document_and_its_state() {
        let mut record = b"left from before".to_vec();
        for (state, body, hidden) in [
            (&b"memory"[..], Some(&b"{}"[..]), true),
            (b"", Some(b"{}"), false),
            (b"memory", None, true),
        ] {
            encode(&write(state, body, hidden), &mut record).unwrap();
            assert_eq!(super::state("a", &record).unwrap(), state);
            let found = document("a", &record).unwrap();
            assert_eq!(found.as_ref().map(|found| &*found.body), body);
            assert!(found.is_none_or(|found| found.hidden == hidden && found.position.get() == 7));
        }
    }

    #[test]
    fn a_record_that_was_cut_off_or_is_of_another_form_is_refused() {
        let mut record = Vec::new();
        encode(&write(b"memory", None, false), &mut record).unwrap();
        let cut = record.get(..HEADER + 3).unwrap();
        assert!(document("a", cut).is_err());
        assert!(state("a", &record[..5]).is_err());
        record[0] = 4;
        assert!(document("a", &record).is_err());
    }
}
