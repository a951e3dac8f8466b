//! How far an index reaches, as its commits say: in the same atomic step as the entries.
//!
//! Never believed on its own: a store can have been wiped, replaced, or gone back after a power failure, so a place in
//! its change feed counts only if the feed still says there what it said.

use accession_events::Position;
use accession_read_store::{Change, ChangeCursor, ModelRef};
use accession_search::SCHEMA_VERSION;
use serde::{Deserialize, Serialize};

/// What a commit says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checkpoint {
    schema: u32,
    /// The generation of the documents that became entries.
    pub(super) generation: u32,
    /// Those of the documents that they were joined with.
    pub(super) joined: Vec<u32>,
    /// Each lane, in order.
    pub(super) lanes: Vec<Mark>,
}

/// How far it reaches in a lane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    /// Everything that these documents say up to this event is in the index.
    pub(super) position: Position,
    /// The same of each model that they are joined with.
    pub(super) joined: Vec<Position>,
    /// Behind this place of the feed comes what may not be in it.
    pub(super) place: String,
    /// The newest change of these documents that was taken in; none when there was none since the index was made.
    pub(super) proof: Option<Proof>,
}

/// A change, as it was read from the feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Proof {
    /// The place that it follows.
    pub(super) after: String,
    /// The documents' position behind it.
    position: Position,
    /// A digest of the keys it named.
    keys: u64,
}

impl Checkpoint {
    /// Of an index that is made from these generations.
    pub(super) fn new(generation: u32, joined: Vec<u32>, lanes: Vec<Mark>) -> Self {
        Self {
            schema: SCHEMA_VERSION,
            generation,
            joined,
            lanes,
        }
    }

    /// As it is written into a commit.
    pub(super) fn text(&self) -> String {
        // Numbers and texts always become JSON.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads one back; none when an index of another version wrote it, or nobody did.
    pub(super) fn read(text: &str) -> Option<Self> {
        let read: Self = serde_json::from_str(text).ok()?;
        (read.schema == SCHEMA_VERSION).then_some(read)
    }
}

impl Proof {
    /// What a change says of a model that it moves on; none when it says nothing of it.
    pub(super) fn of(after: &ChangeCursor, change: &Change, model: &ModelRef) -> Option<Self> {
        let (_, position, keys) = change.models.iter().find(|(of, ..)| of == model)?;
        Some(Self {
            after: after.0.clone(),
            position: *position,
            keys: digest(keys),
        })
    }
}

/// FNV-1a, which is the same in every build: two steps at the same position of two logs name other keys.
fn digest(keys: &[String]) -> u64 {
    let bytes = keys
        .iter()
        .flat_map(|key| key.bytes().chain(std::iter::once(0)));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use accession_read_store::Generation;

    use super::*;

    fn model(generation: u32) -> ModelRef {
        ModelRef {
            name: "title_page".into(),
            generation: Generation(generation),
        }
    }

    fn change(keys: &[&str]) -> Change {
        let keys = keys.iter().map(ToString::to_string).collect();
        Change {
            cursor: ChangeCursor("1-2".into()),
            models: vec![(model(1), Position::new(7), keys)],
        }
    }

    #[test]
    fn a_checkpoint_gives_back_what_was_written_and_one_of_another_version_is_none() {
        let place = ChangeCursor("1-1".into());
        let mark = Mark {
            position: Position::new(7),
            joined: vec![Position::new(6)],
            place: "1-2".into(),
            proof: Proof::of(&place, &change(&["a"]), &model(1)),
        };
        let written = Checkpoint::new(3, vec![1], vec![mark]);
        assert_eq!(Checkpoint::read(&written.text()), Some(written.clone()));
        let other = written.text().replacen(
            &format!("\"schema\":{SCHEMA_VERSION}"),
            &format!("\"schema\":{}", SCHEMA_VERSION + 1),
            1,
        );
        assert_ne!(other, written.text());
        assert_eq!(Checkpoint::read(&other), None);
        assert_eq!(Checkpoint::read(""), None);
    }

    #[test]
    fn a_change_proves_only_itself() {
        let place = ChangeCursor("1-1".into());
        let proof = |keys: &[&str]| Proof::of(&place, &change(keys), &model(1));
        assert_eq!(proof(&["a", "b"]), proof(&["a", "b"]));
        assert_ne!(proof(&["a", "b"]), proof(&["ab"]));
        assert_ne!(proof(&["a"]), proof(&["b"]));
        assert_eq!(Proof::of(&place, &change(&["a"]), &model(2)), None);
    }
}
