//! The cipher: XChaCha20-Poly1305 with a random nonce in front, and what a box is bound to.
//!
//! Pure but for the nonce, which is handed in. A box opens only where it was sealed.

use accession_events::StreamName;
use accession_events::ids::SubjectId;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

/// Bytes of a nonce.
pub(crate) const NONCE: usize = 24;

/// Seals bytes; the answer is nonce and ciphertext.
pub(crate) fn seal(
    key: &[u8; 32],
    nonce: [u8; NONCE],
    bound_to: &[u8],
    plain: &[u8],
) -> Option<Vec<u8>> {
    let payload = Payload {
        msg: plain,
        aad: bound_to,
    };
    let sealed = XChaCha20Poly1305::new(&(*key).into())
        .encrypt(&XNonce::from(nonce), payload)
        .ok()?;
    Some([nonce.as_slice(), &sealed].concat())
}

/// Opens nonce and ciphertext; nothing when the key, the bytes or what they are bound to are others.
pub(crate) fn open(key: &[u8; 32], bound_to: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
    let payload = Payload {
        msg: sealed,
        aad: bound_to,
    };
    XChaCha20Poly1305::new(&(*key).into())
        .decrypt(&XNonce::from(*nonce), payload)
        .ok()
}

/// What a box in an event is bound to: its subject, its stream and its field. Lengths keep the parts apart.
pub(crate) fn place(subject: SubjectId, stream: &StreamName, field: &str) -> Vec<u8> {
    let parts = [&*stream.aggregate_type, &*stream.aggregate_id, field];
    let mut place = b"accession box v1".to_vec();
    place.extend_from_slice(subject.as_uuid().as_bytes());
    for part in parts {
        place.extend_from_slice(&(part.len() as u64).to_be_bytes());
        place.extend_from_slice(part.as_bytes());
    }
    place
}

/// What a wrapped key is bound to.
pub(crate) fn holder(subject: SubjectId) -> Vec<u8> {
    [
        b"accession subject key v1".as_slice(),
        subject.as_uuid().as_bytes(),
    ]
    .concat()
}
