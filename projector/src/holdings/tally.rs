//! How many copies a library has: in all, by state, by place, out, and of how many titles. Kept, never counted when asked.
//!
//! What needs to know every title of a library is kept in shares, so that no document grows with the library.

use std::collections::BTreeMap;

use accession_events::holdings::{CopyEvent, CopyState, Standing};
use accession_events::ids::{LibraryId, PlaceId, TitleId};
use accession_events::{Event, Position, RecordedEvent};
use serde::{Deserialize, Serialize};

use crate::model::{FoldError, ReadModel, Rendered, json};

/// In how many shares the titles of a library are counted.
const SHARES: u128 = 64;

/// A tally, or a share of one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TallyDocument {
    /// Copies that are listed.
    #[serde(default)]
    pub copies: u64,
    /// Those that are out.
    #[serde(default)]
    pub lent: u64,
    /// Listed copies by state.
    #[serde(default)]
    pub by_state: BTreeMap<CopyState, u64>,
    /// Listed copies by the place that they stand right at.
    #[serde(default)]
    pub by_place: BTreeMap<PlaceId, u64>,
    /// Titles of which copies are listed, of this share.
    #[serde(default)]
    pub titles: u64,
    /// Position of the last event in it.
    #[serde(default)]
    pub position: Position,
}

/// Memory of a tally, or of a share.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TallyState {
    tally: TallyDocument,
    /// Listed copies by title; in shares alone.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    titles: BTreeMap<TitleId, u64>,
}

/// Tallies by library id, and their shares by `<library id>.<share>`.
#[derive(Debug, Clone, Copy, Default)]
pub struct TallyModel;

/// The keys of all shares of a library.
pub fn shards_of(library: LibraryId) -> impl Iterator<Item = String> {
    (0..SHARES).map(move |share| format!("{library}.{share}"))
}

fn share_of(library: LibraryId, title: TitleId) -> String {
    format!("{library}.{}", title.as_uuid().as_u128() % SHARES)
}

impl ReadModel for TallyModel {
    type State = TallyState;

    const NAME: &'static str = "holdings_tally";
    const FOLD_VERSION: &'static str = "1";

    fn keys(&self, event: &Event, _recorded: &RecordedEvent) -> Vec<String> {
        let Event::Copy(event) = event else {
            return Vec::new();
        };
        let library = event.library_id();
        match event {
            CopyEvent::CopyAdded { .. }
            | CopyEvent::CopyRemoved { .. }
            | CopyEvent::CopyRestored { .. } => {
                vec![library.to_string(), share_of(library, event.title_id())]
            }
            CopyEvent::CopyDetailsChanged { .. } => Vec::new(),
            _ => vec![library.to_string()],
        }
    }

    fn fold(
        &self,
        key: &str,
        state: &mut TallyState,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        let Event::Copy(event) = event else {
            return Ok(());
        };
        state.tally.position = state.tally.position.max(recorded.position);
        if key.contains('.') {
            state.count_title(event);
        } else {
            state.tally.count(event);
        }
        Ok(())
    }

    fn render(&self, _key: &str, state: &TallyState) -> Rendered {
        Rendered {
            body: json(&state.tally).ok(),
            hidden: true,
            entries: Vec::new(),
        }
    }
}

impl TallyState {
    fn count_title(&mut self, event: &CopyEvent) {
        let count = self.titles.entry(event.title_id()).or_default();
        match event {
            CopyEvent::CopyAdded { .. } | CopyEvent::CopyRestored { .. } => *count += 1,
            CopyEvent::CopyRemoved { .. } => *count = count.saturating_sub(1),
            _ => {}
        }
        self.titles.retain(|_, count| *count > 0);
        self.tally.titles = self.titles.len() as u64;
    }
}

impl TallyDocument {
    fn count(&mut self, event: &CopyEvent) {
        match event {
            CopyEvent::CopyAdded { .. } => self.listed(CopyState::Present),
            CopyEvent::CopyRestored { state, .. } => self.listed(*state),
            CopyEvent::CopyRemoved { stood, state, .. } => {
                self.copies = self.copies.saturating_sub(1);
                less(&mut self.by_state, state);
                self.leaves(*stood);
            }
            CopyEvent::CopyMoved { from, to, .. } => {
                self.leaves(*from);
                if let Some(to) = to {
                    *self.by_place.entry(to.place_id).or_default() += 1;
                }
            }
            CopyEvent::CopyLentOut { .. } => self.lent += 1,
            CopyEvent::CopyCameBack { .. } => self.lent = self.lent.saturating_sub(1),
            CopyEvent::CopyLost {
                loan_id, former, ..
            } => {
                self.lent = self.lent.saturating_sub(u64::from(loan_id.is_some()));
                self.becomes(*former, CopyState::Lost);
            }
            CopyEvent::CopyDamaged { former, .. } => self.becomes(*former, CopyState::Damaged),
            CopyEvent::CopyWithdrawn { former, .. } => {
                self.becomes(*former, CopyState::Withdrawn);
            }
            CopyEvent::CopyFound { former, .. } => self.becomes(*former, CopyState::Present),
            CopyEvent::CopyDetailsChanged { .. } => {}
        }
    }

    fn listed(&mut self, state: CopyState) {
        self.copies += 1;
        *self.by_state.entry(state).or_default() += 1;
    }

    fn becomes(&mut self, former: CopyState, state: CopyState) {
        less(&mut self.by_state, &former);
        *self.by_state.entry(state).or_default() += 1;
    }

    fn leaves(&mut self, stood: Option<Standing>) {
        if let Some(stood) = stood {
            less(&mut self.by_place, &stood.place_id);
        }
    }
}

/// One less of these; none is not kept.
fn less<K: Ord>(counts: &mut BTreeMap<K, u64>, of: &K) {
    if let Some(count) = counts.get_mut(of) {
        *count = count.saturating_sub(1);
    }
    counts.retain(|_, count| *count > 0);
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::holdings::copy::tests::{added, happened, moved, standing};
    use crate::testing::{History, given, id};

    fn tally(history: &History) -> TallyDocument {
        serde_json::from_value(given(TallyModel, history).then(&id(50)).body).unwrap()
    }

    fn titles(history: &History) -> u64 {
        let library = id(50).parse().unwrap();
        let shares = shards_of(library).map(|share| given(TallyModel, history).then(&share).body);
        shares.filter_map(|share| share["titles"].as_u64()).sum()
    }

    #[test]
    fn copies_are_counted_by_state_by_place_and_by_whether_they_are_out() {
        let history = added()
            .copy(1, moved(&Value::Null, &standing(80, 1)))
            .copy(1, happened("CopyLentOut", &json!({ "loan_id": id(70) })));
        let counted = tally(&history);
        assert_eq!((counted.copies, counted.lent), (1, 1));
        assert_eq!(counted.by_place.values().sum::<u64>(), 1);
        let history = history
            .copy(
                1,
                happened(
                    "CopyLost",
                    &json!({ "loan_id": id(70), "former": "present" }),
                ),
            )
            .copy(1, moved(&standing(80, 1), &Value::Null));
        let counted = tally(&history);
        assert_eq!((counted.lent, counted.by_place.len()), (0, 0));
        assert_eq!(counted.by_state, BTreeMap::from([(CopyState::Lost, 1)]));
    }

    #[test]
    fn a_title_counts_once_however_many_copies_there_are_of_it() {
        let second = happened("CopyAdded", &json!({ "details": [] }));
        let history = added().copy(2, second);
        assert_eq!((titles(&history), tally(&history).copies), (1, 2));
        let history = history
            .copy(1, happened("CopyRemoved", &json!({})))
            .copy(2, happened("CopyRemoved", &json!({})));
        assert_eq!((titles(&history), tally(&history).copies), (0, 0));
    }
}
