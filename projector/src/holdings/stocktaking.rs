//! A stock-taking: what ought to stand there, what was scanned, what was missing; and what lists show of it.
//!
//! Never knows where copies stand now, nor what they are called: that is joined when somebody asks.

use accession_events::holdings::{ExpectedThere, Finding, Scan, StocktakingEvent};
use accession_events::ids::{AccountId, CopyId, LibraryId, PlaceId, StocktakingId};
use accession_events::{Event, Position, RecordedEvent};
use accession_read_store::IndexEntry;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{FoldError, ReadModel, Rendered, json, own_id};
use crate::moment::Moment;

/// What the key of a summary begins with.
const SUMMARY: &str = "summary:";

/// How far a stock-taking is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StocktakingStage {
    /// Scans come in.
    Open,
    /// It is done.
    Closed,
    /// It was given up.
    Abandoned,
}

/// How many there are of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StocktakingCounts {
    /// Copies that ought to be found.
    pub expected: usize,
    /// Scans that were noted.
    pub scans: usize,
    /// Copies that were where they ought to be.
    pub present: usize,
    /// Copies that ought to stand elsewhere.
    pub misplaced: usize,
    /// Scans that nobody expected.
    pub unexpected: usize,
    /// Copies that were moved to where they were found.
    pub moved: usize,
}

/// A scan, and where it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotedScan {
    /// Where.
    pub place_id: PlaceId,
    /// What.
    #[serde(flatten)]
    pub scan: Scan,
}

/// A stock-taking. A summary has neither `expected` nor `scans` nor `missing`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StocktakingDocument {
    /// Its id.
    pub id: StocktakingId,
    /// Whose it is.
    pub library_id: LibraryId,
    /// Over which place.
    pub place_id: PlaceId,
    /// How far it is.
    pub stage: StocktakingStage,
    /// How many there are of each.
    pub counts: StocktakingCounts,
    /// How many were missing in the end; none while it goes on, or when it was given up.
    pub missing_in_all: Option<usize>,
    /// What ought to stand there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expected: Vec<ExpectedThere>,
    /// What was scanned, in the order in which it came in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scans: Vec<NotedScan>,
    /// What was missing in the end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<CopyId>,
    /// Who began it.
    pub opened_by: Option<AccountId>,
    /// When it began.
    pub opened_at: Timestamp,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// Version of its stream, for `If-Match`.
    pub version: u64,
    /// Position of the last event in it.
    pub position: Position,
}

/// Memory of a stock-taking.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct StocktakingMemory {
    stocktaking: Option<StocktakingDocument>,
    opened: Moment,
}

/// Stock-takings by id, and summaries by [`StocktakingModel::summary_key`]; the summaries are found in `library:<id>`, by when they
/// began.
#[derive(Debug, Clone, Copy, Default)]
pub struct StocktakingModel;

impl StocktakingModel {
    /// The key of what lists show of it.
    #[must_use]
    pub fn summary_key(id: &str) -> String {
        format!("{SUMMARY}{id}")
    }
}

impl ReadModel for StocktakingModel {
    type State = StocktakingMemory;

    const NAME: &'static str = "stocktaking";
    const FOLD_VERSION: &'static str = "1";

    fn keys(&self, event: &Event, recorded: &RecordedEvent) -> Vec<String> {
        let id = &recorded.stream.aggregate_id;
        match event {
            Event::Stocktaking(_) => vec![id.to_string(), Self::summary_key(id)],
            _ => Vec::new(),
        }
    }

    fn fold(
        &self,
        key: &str,
        state: &mut StocktakingMemory,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        let Event::Stocktaking(event) = event else {
            return Ok(());
        };
        if let StocktakingEvent::StocktakingOpened {
            library_id,
            place_id,
            ..
        } = event
        {
            let new = StocktakingDocument::new(recorded, *library_id, *place_id)?;
            (state.stocktaking, state.opened) = (Some(new), Moment::of(recorded));
        }
        let Some(known) = &mut state.stocktaking else {
            return Err(FoldError::new(format!(
                "stock-taking {} was never begun",
                recorded.stream.aggregate_id
            )));
        };
        known.version = known.version.max(recorded.sequence);
        known.position = known.position.max(recorded.position);
        known.count(event, recorded.recorded_at);
        if !key.starts_with(SUMMARY) {
            known.take(event);
        }
        Ok(())
    }

    fn render(&self, key: &str, state: &StocktakingMemory) -> Rendered {
        let body = state.stocktaking.as_ref();
        Rendered {
            body: body.and_then(|known| json(known).ok()),
            hidden: true,
            entries: self.entries(key, state),
        }
    }

    fn entries(&self, key: &str, state: &StocktakingMemory) -> Vec<IndexEntry> {
        let known = state.stocktaking.iter();
        known
            .filter(|_| key.starts_with(SUMMARY))
            .map(|known| IndexEntry {
                index: format!("library:{}", known.library_id),
                sort: state.opened.sort(),
                key: key.to_owned(),
            })
            .collect()
    }
}

impl StocktakingDocument {
    fn new(
        recorded: &RecordedEvent,
        library_id: LibraryId,
        place_id: PlaceId,
    ) -> Result<Self, FoldError> {
        let actor = recorded.parsed_metadata().actor;
        Ok(Self {
            id: own_id(recorded)?,
            library_id,
            place_id,
            stage: StocktakingStage::Open,
            counts: StocktakingCounts::default(),
            missing_in_all: None,
            expected: Vec::new(),
            scans: Vec::new(),
            missing: Vec::new(),
            opened_by: actor.and_then(|actor| actor.split_once(':')?.1.parse().ok()),
            opened_at: recorded.recorded_at,
            ended_at: None,
            version: recorded.sequence,
            position: recorded.position,
        })
    }

    fn count(&mut self, event: &StocktakingEvent, at: Timestamp) {
        match event {
            StocktakingEvent::StocktakingOpened { expected, .. } => {
                self.counts.expected = expected.iter().map(|there| there.copies.len()).sum();
            }
            StocktakingEvent::CopiesScanned { scans, .. } => {
                self.counts.scans += scans.len();
                for scan in scans {
                    match scan.found {
                        Finding::Present { .. } => self.counts.present += 1,
                        Finding::Misplaced { .. } => self.counts.misplaced += 1,
                        Finding::Unexpected { .. } => self.counts.unexpected += 1,
                    }
                }
            }
            StocktakingEvent::FoundCopiesShelved { copies, .. } => {
                self.counts.moved += copies.len();
            }
            StocktakingEvent::StocktakingClosed { missing, .. } => {
                self.missing_in_all = Some(missing.len());
                (self.stage, self.ended_at) = (StocktakingStage::Closed, Some(at));
            }
            StocktakingEvent::StocktakingAbandoned { .. } => {
                (self.stage, self.ended_at) = (StocktakingStage::Abandoned, Some(at));
            }
        }
    }

    fn take(&mut self, event: &StocktakingEvent) {
        match event {
            StocktakingEvent::StocktakingOpened { expected, .. } => {
                self.expected.clone_from(expected);
            }
            StocktakingEvent::CopiesScanned {
                place_id, scans, ..
            } => {
                let scans = scans.iter().map(|scan| NotedScan {
                    place_id: *place_id,
                    scan: scan.clone(),
                });
                self.scans.extend(scans);
            }
            StocktakingEvent::StocktakingClosed { missing, .. } => {
                self.missing.clone_from(missing);
            }
            StocktakingEvent::FoundCopiesShelved { .. }
            | StocktakingEvent::StocktakingAbandoned { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{History, given, id};

    fn happened(name: &str, more: &Value) -> Value {
        let mut event = json!({ "library_id": id(50) });
        for (field, value) in more.as_object().unwrap() {
            event[field] = value.clone();
        }
        json!({ name: event })
    }

    fn scan(number: u64, found: &Value) -> Value {
        let mut scan =
            json!({ "scan_id": id(200 + number), "code": "PEM-1", "at": "2026-03-01T10:00:00Z" });
        for (field, value) in found.as_object().unwrap() {
            scan[field] = value.clone();
        }
        scan
    }

    fn taken() -> History {
        let expected = json!([{ "place_id": id(80), "copies": [id(1), id(2)] }]);
        let scans = json!([
            scan(
                1,
                &json!({ "finding": "present", "copy_id": id(1), "belongs_at": id(80) })
            ),
            scan(2, &json!({ "finding": "misplaced", "copy_id": id(3) })),
            scan(3, &json!({ "finding": "unexpected", "because": "unknown" })),
        ]);
        History::new()
            .stocktaking(
                9,
                happened(
                    "StocktakingOpened",
                    &json!({ "place_id": id(80), "expected": expected }),
                ),
            )
            .stocktaking(
                9,
                happened(
                    "CopiesScanned",
                    &json!({ "place_id": id(80), "scans": scans }),
                ),
            )
            .stocktaking(
                9,
                happened(
                    "FoundCopiesShelved",
                    &json!({ "place_id": id(80), "copies": [id(3)] }),
                ),
            )
            .stocktaking(
                9,
                happened("StocktakingClosed", &json!({ "missing": [id(2)] })),
            )
    }

    #[test]
    fn a_stock_taking_tells_what_was_found_and_its_summary_only_how_much() {
        let model = given(StocktakingModel, &taken());
        let whole = model.then(&id(9));
        assert_eq!(whole.body["missing"], json!([id(2)]));
        assert_eq!(whole.body["scans"][1]["finding"], "misplaced");
        assert!(whole.hidden && whole.entries.is_empty(), "{whole:?}");
        let summary = model.then(&StocktakingModel::summary_key(&id(9)));
        assert_eq!(summary.body["scans"], Value::Null);
        assert_eq!(
            summary.body["counts"],
            json!({ "expected": 2, "scans": 3, "present": 1, "misplaced": 1, "unexpected": 1, "moved": 1 })
        );
        assert_eq!(
            (&summary.body["stage"], &summary.body["missing_in_all"]),
            (&json!("closed"), &json!(1))
        );
        assert_eq!(
            summary.entries,
            [format!(
                "library:{} 00000000000000000001 → summary:{}",
                id(50),
                id(9)
            )]
        );
    }

    #[test]
    fn what_was_given_up_tells_nothing_to_be_missing() {
        let history = History::new()
            .stocktaking(
                9,
                happened(
                    "StocktakingOpened",
                    &json!({ "place_id": id(80), "expected": [] }),
                ),
            )
            .stocktaking(9, happened("StocktakingAbandoned", &json!({})));
        let given_up = given(StocktakingModel, &history).then(&id(9));
        assert_eq!(given_up.body["stage"], "abandoned");
        assert_eq!(given_up.body["missing_in_all"], Value::Null);
    }
}
