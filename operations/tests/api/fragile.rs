//! A read model that counts, and that refuses what it is told to refuse.
//!
//! Its documents are small enough to be compared by eye.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use accession_events::{Event, RecordedEvent};
use accession_projector::{FoldError, ReadModel, Rendered};
use accession_read_store::IndexEntry;

/// Lists the positions of every stream's events.
#[derive(Clone, Default)]
pub(crate) struct Fragile {
    /// Positions that are refused for now.
    pub(crate) refused: Arc<Mutex<HashSet<u64>>>,
    /// The version of its fold.
    pub(crate) version: u8,
}

impl ReadModel for Fragile {
    type State = Vec<u64>;

    const NAME: &'static str = "fragile";
    const FOLD_VERSION: &'static str = "1";

    fn fold_version(&self) -> String {
        format!("{}", self.version)
    }

    fn keys(&self, _event: &Event, recorded: &RecordedEvent) -> Vec<String> {
        vec![recorded.stream.aggregate_id.to_string()]
    }

    fn fold(
        &self,
        _key: &str,
        state: &mut Vec<u64>,
        _event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        let position = recorded.position.get();
        if self.refused.lock().unwrap().contains(&position) {
            return Err(FoldError::new(format!("event {position} is poison")));
        }
        state.push(position);
        Ok(())
    }

    fn render(&self, key: &str, state: &Vec<u64>) -> Rendered {
        let entry = IndexEntry {
            index: "count".into(),
            sort: format!("{:06}", state.len()),
            key: key.into(),
        };
        Rendered {
            body: serde_json::to_vec(state).ok(),
            hidden: false,
            entries: vec![entry],
        }
    }
}
