//! A read model that counts, and that refuses what it is told to refuse.
//!
//! Its documents are small enough to be compared by eye.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use accession_events::{Event, Position, RecordedEvent};
use accession_read_store::IndexEntry;
use serde::{Deserialize, Serialize};

use crate::model::{FoldError, ReadModel, Rendered};

/// Lists the positions of every stream's events, and of all events together under `total`.
#[derive(Clone, Default)]
pub(crate) struct Counting<const VERSION: u8 = 1> {
    /// Positions that are refused for now, under the key of the stream.
    pub(crate) refused: Arc<Mutex<HashSet<u64>>>,
    /// Whether it panics where it would refuse.
    pub(crate) panics: bool,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Counted {
    positions: Vec<Position>,
}

impl<const VERSION: u8> ReadModel for Counting<VERSION> {
    type State = Counted;

    const NAME: &'static str = "counting";
    const FOLD_VERSION: &'static str = "1";

    fn fold_version(&self) -> String {
        VERSION.to_string()
    }

    fn keys(&self, _event: &Event, recorded: &RecordedEvent) -> Vec<String> {
        vec![recorded.stream.aggregate_id.to_string(), "total".to_owned()]
    }

    fn fold(
        &self,
        key: &str,
        state: &mut Counted,
        _event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        // Changed before it is refused: whatever a failing fold leaves behind must not be seen.
        state.positions.push(recorded.position);
        let refused = self
            .refused
            .lock()
            .unwrap()
            .contains(&recorded.position.get());
        assert!(
            !(refused && self.panics && key != "total"),
            "the fold of {} panics",
            recorded.position
        );
        if refused && key != "total" {
            return Err(FoldError::new(format!(
                "event {} is poison",
                recorded.position
            )));
        }
        Ok(())
    }

    fn render(&self, key: &str, state: &Counted) -> Rendered {
        let last = state.positions.last().copied().unwrap_or_default();
        let entry = IndexEntry {
            index: "last".into(),
            sort: format!("{:05}", last.get()),
            key: key.into(),
        };
        let prefix = if VERSION == 1 { "" } else { "new " };
        let positions: Vec<u64> = state
            .positions
            .iter()
            .map(|position| position.get())
            .collect();
        let body = serde_json::to_vec(&format!("{prefix}{positions:?}")).ok();
        Rendered {
            body,
            hidden: false,
            entries: vec![entry],
        }
    }
}
