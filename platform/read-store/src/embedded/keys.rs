//! How keys are laid out in the tables, so that what belongs together lies together.
//! Never changes without another version of the directory: a stored key is found only as it was written.

use crate::store::{Generation, ModelRef};

/// The number of lanes.
pub(super) const LANES: &[u8] = b"lanes";

/// By which layout of tables and values the directory was made.
pub(super) const LAYOUT: &[u8] = b"layout";

/// Which life of the change feeds the directory is in.
pub(super) const LIFE: &[u8] = b"life";

/// What the keys of a generation begin with, in every table: name, zero byte, generation (big-endian).
pub(super) fn generation(model: &ModelRef) -> Vec<u8> {
    let mut key = Vec::with_capacity(model.name.len() + 5);
    key.extend_from_slice(model.name.as_bytes());
    key.push(0);
    key.extend_from_slice(&model.generation.0.to_be_bytes());
    key
}

/// A document or a state.
pub(super) fn document(model: &ModelRef, key: &str) -> Vec<u8> {
    joined(&generation(model), key.as_bytes())
}

/// What the entries of an index begin with.
pub(super) fn index(model: &ModelRef, index: &str) -> Vec<u8> {
    let mut key = generation(model);
    key.extend_from_slice(index.as_bytes());
    key.push(0);
    key
}

/// Where a generation stands in a lane.
pub(super) fn checkpoint(model: &ModelRef, lane: u16) -> Vec<u8> {
    let mut key = b"at\0".to_vec();
    key.extend_from_slice(&lane.to_be_bytes());
    key.extend_from_slice(&generation(model));
    key
}

/// Which generation readers are sent to.
pub(super) fn live(name: &str) -> Vec<u8> {
    joined(b"live\0", name.as_bytes())
}

/// Which generation they were sent to before.
pub(super) fn previous(name: &str) -> Vec<u8> {
    joined(b"previous\0", name.as_bytes())
}

/// The highest generation that they were ever sent to.
pub(super) fn newest_live(name: &str) -> Vec<u8> {
    joined(b"newest\0", name.as_bytes())
}

/// A note of the operators.
pub(super) fn note(name: &str) -> Vec<u8> {
    joined(b"note\0", name.as_bytes())
}

/// The version of the fold that builds a generation.
pub(super) fn fold(model: &ModelRef) -> Vec<u8> {
    joined(b"fold\0", &generation(model))
}

/// What the fold versions of all generations of a model begin with.
pub(super) fn folds(name: &str) -> Vec<u8> {
    let mut key = joined(b"fold\0", name.as_bytes());
    key.push(0);
    key
}

/// Marks a generation that is being dropped.
pub(super) fn dropping(model: &ModelRef) -> Vec<u8> {
    joined(DROPPING, &generation(model))
}

/// What the marks of dropped generations begin with.
pub(super) const DROPPING: &[u8] = b"drop\0";

/// The generation a key of [`fold`] or [`dropping`] names, given what is left behind its first word.
pub(super) fn parse_generation(rest: &[u8]) -> Option<ModelRef> {
    let (name, number) = rest.split_last_chunk::<4>()?;
    let name = std::str::from_utf8(name.strip_suffix(&[0])?).ok()?;
    Some(ModelRef {
        name: name.to_owned(),
        generation: Generation(u32::from_be_bytes(*number)),
    })
}

/// What the change feed of a lane begins with.
pub(super) fn feed(lane: u16) -> [u8; 2] {
    lane.to_be_bytes()
}

/// One entry of a lane's change feed.
pub(super) fn change(lane: u16, number: u64) -> Vec<u8> {
    joined(&feed(lane), &number.to_be_bytes())
}

/// The number of an entry of the change feed.
pub(super) fn change_number(key: &[u8]) -> Option<u64> {
    key.get(2..)?.try_into().ok().map(u64::from_be_bytes)
}

fn joined(first: &[u8], second: &[u8]) -> Vec<u8> {
    [first, second].concat()
}
