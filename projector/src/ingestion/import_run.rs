//! The report of an import run: how far it is, how many items went which way, and what was refused.
//!
//! Never holds more than the first thousand refused items; the rest is counted.

use accession_events::ids::ImportRunId;
use accession_events::ingestion::{ImportCounts, ImportRunEvent, RejectedItem};
use accession_events::values::SourceName;
use accession_events::{Event, Position, RecordedEvent};
use accession_read_store::IndexEntry;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{FoldError, ReadModel, Rendered, json};
use crate::moment::Moment;

/// How many refused items a report lists.
const LISTED: usize = 1000;

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// It goes on, or can be resumed at its cursor.
    Open,
    /// All of its input was brought in.
    Completed,
    /// It was given up.
    Abandoned,
    /// What it had brought in was taken back.
    Undone,
}

/// How many items went which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CountsView {
    /// Items that changed the catalog.
    pub accepted: u64,
    /// Items that said nothing new.
    pub unchanged: u64,
    /// Items that were refused.
    pub rejected: u64,
}

/// An item that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RejectedView {
    /// The record's id at its source, or its line in a file.
    pub record: String,
    /// Machine-readable reason.
    #[schema(example = "bad_isbn")]
    pub code: String,
    /// What is wrong, for a person.
    pub detail: String,
}

/// The report of an import run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportRunDocument {
    /// The run's id.
    #[schema(value_type = Uuid)]
    pub id: ImportRunId,
    /// The source.
    #[schema(value_type = String, example = "goodbooks")]
    pub source: SourceName,
    /// Which input of the source.
    pub input: String,
    /// Where the run stands.
    pub state: RunState,
    /// Everything before this mark is done; null before the first checkpoint.
    pub cursor: Option<String>,
    /// Totals, as the importer last told them.
    pub counts: CountsView,
    /// The first thousand refused items.
    pub rejected: Vec<RejectedView>,
    /// How many refused items were noted, also those that are not listed.
    pub rejected_total: u64,
    /// Why the run was given up or undone; null otherwise.
    pub reason: Option<String>,
    /// Who opened it.
    pub actor: Option<String>,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
    /// When it last told anything.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// When it was completed or given up.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub completed_at: Option<Timestamp>,
    /// Version of the run's stream.
    pub version: u64,
    /// Position of the last event in this report.
    #[schema(value_type = u64)]
    pub position: Position,
}

/// Memory of a report: the report itself, and where it stands in the lists.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ImportRunState {
    run: Option<ImportRunDocument>,
    opened: Moment,
}

/// Reports of import runs, by run id; listed in `all:newest` and `source:<source>:newest` by position of opening.
#[derive(Debug, Clone, Copy, Default)]
pub struct ImportRunModel;

impl ReadModel for ImportRunModel {
    type State = ImportRunState;

    const NAME: &'static str = "import_run";
    const FOLD_VERSION: &'static str = "2";

    fn keys(&self, event: &Event, recorded: &RecordedEvent) -> Vec<String> {
        match event {
            Event::ImportRun(_) => vec![recorded.stream.aggregate_id.to_string()],
            _ => Vec::new(),
        }
    }

    fn fold(
        &self,
        key: &str,
        state: &mut ImportRunState,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        let Event::ImportRun(event) = event else {
            return Ok(());
        };
        if let ImportRunEvent::ImportRunOpened { source, input } = event {
            let id = key
                .parse()
                .map_err(|error| FoldError::new(format!("{error}")))?;
            state.open(id, source, input, recorded);
            return Ok(());
        }
        let Some(run) = &mut state.run else {
            return Err(FoldError::new(format!("import run {key} was never opened")));
        };
        run.tell(event, recorded);
        Ok(())
    }

    fn render(&self, key: &str, state: &ImportRunState) -> Rendered {
        let body = state.run.as_ref().and_then(|run| json(run).ok());
        Rendered {
            body,
            hidden: false,
            entries: self.entries(key, state),
        }
    }

    fn entries(&self, key: &str, state: &ImportRunState) -> Vec<IndexEntry> {
        let Some(run) = &state.run else {
            return Vec::new();
        };
        let lists = [
            "all:newest".to_owned(),
            format!("source:{}:newest", run.source),
        ];
        lists
            .into_iter()
            .map(|index| IndexEntry {
                index,
                sort: state.opened.sort(),
                key: key.into(),
            })
            .collect()
    }
}

impl ImportRunState {
    fn open(
        &mut self,
        id: ImportRunId,
        source: &SourceName,
        input: &str,
        recorded: &RecordedEvent,
    ) {
        self.opened = Moment::of(recorded);
        self.run = Some(ImportRunDocument {
            id,
            source: source.clone(),
            input: input.to_owned(),
            state: RunState::Open,
            cursor: None,
            counts: CountsView::default(),
            rejected: Vec::new(),
            rejected_total: 0,
            reason: None,
            actor: recorded.parsed_metadata().actor,
            opened_at: recorded.recorded_at,
            updated_at: recorded.recorded_at,
            completed_at: None,
            version: recorded.sequence,
            position: recorded.position,
        });
    }
}

impl ImportRunDocument {
    fn tell(&mut self, event: &ImportRunEvent, recorded: &RecordedEvent) {
        match event {
            // `fold` has dealt with it.
            ImportRunEvent::ImportRunOpened { .. } => {}
            ImportRunEvent::ImportRunCheckpointed { cursor, counts } => {
                self.cursor = Some(cursor.clone());
                self.counts = (*counts).into();
            }
            ImportRunEvent::ImportItemsRejected { items } => {
                let room = LISTED.saturating_sub(self.rejected.len());
                self.rejected
                    .extend(items.iter().take(room).map(RejectedView::from));
                self.rejected_total += items.len() as u64;
            }
            ImportRunEvent::ImportRunCompleted { counts, .. } => {
                self.end(RunState::Completed, *counts, recorded);
            }
            ImportRunEvent::ImportRunAbandoned { counts, reason, .. } => {
                self.end(RunState::Abandoned, *counts, recorded);
                self.reason = Some(reason.clone());
            }
            ImportRunEvent::ImportRunUndone { reason } => {
                self.state = RunState::Undone;
                self.reason = Some(reason.clone());
            }
        }
        self.updated_at = self.updated_at.max(recorded.recorded_at);
        self.version = self.version.max(recorded.sequence);
        self.position = self.position.max(recorded.position);
    }

    fn end(&mut self, state: RunState, counts: ImportCounts, recorded: &RecordedEvent) {
        self.state = state;
        self.counts = counts.into();
        self.completed_at = Some(recorded.recorded_at);
    }
}

impl From<ImportCounts> for CountsView {
    fn from(counts: ImportCounts) -> Self {
        Self {
            accepted: counts.accepted,
            unchanged: counts.unchanged,
            rejected: counts.rejected,
        }
    }
}

impl From<&RejectedItem> for RejectedView {
    fn from(item: &RejectedItem) -> Self {
        Self {
            record: item.record.clone(),
            code: item.code.clone(),
            detail: item.detail.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{History, given, id};

    fn opened() -> History {
        History::new().import_run(
            1,
            json!({ "ImportRunOpened": { "source": "goodbooks", "input": "books.csv" } }),
        )
    }

    fn counts(rejected: u64) -> Value {
        json!({ "accepted": 10, "unchanged": 1, "rejected": rejected })
    }

    #[test]
    fn an_opened_run_is_listed_under_all_and_under_its_source() {
        let run = given(ImportRunModel, &opened()).then(&id(1));
        assert_eq!(
            run.body,
            json!({
                "id": id(1), "source": "goodbooks", "input": "books.csv", "state": "open", "cursor": null,
                "counts": { "accepted": 0, "unchanged": 0, "rejected": 0 }, "rejected": [], "rejected_total": 0,
                "reason": null, "actor": "service:importer", "opened_at": "2026-11-21T08:00:01Z",
                "updated_at": "2026-11-21T08:00:01Z", "completed_at": null, "version": 1, "position": 1,
            })
        );
        let place = format!("00000000000000000001 → {}", id(1));
        assert_eq!(
            run.entries,
            [
                format!("all:newest {place}"),
                format!("source:goodbooks:newest {place}")
            ]
        );
    }

    #[test]
    fn a_run_is_told_to_its_end() {
        let history = opened()
            .import_run(1, json!({ "ImportRunCheckpointed": { "cursor": "line 500", "counts": counts(0) } }))
            .import_run(1, json!({ "ImportRunCompleted": { "source": "goodbooks", "input": "books.csv", "counts": counts(3) } }));
        let run = given(ImportRunModel, &history).then(&id(1)).body;
        assert_eq!(
            (&run["state"], &run["cursor"]),
            (&json!("completed"), &json!("line 500"))
        );
        assert_eq!(
            (&run["counts"]["rejected"], &run["completed_at"]),
            (&json!(3), &json!("2026-11-21T08:00:03Z"))
        );
    }

    #[test]
    fn an_abandoned_run_says_why() {
        let history = opened().import_run(
            1,
            json!({ "ImportRunAbandoned": { "source": "goodbooks", "input": "books.csv", "reason": "wrong file", "counts": counts(0) } }),
        );
        let run = given(ImportRunModel, &history).then(&id(1)).body;
        assert_eq!(
            (&run["state"], &run["reason"]),
            (&json!("abandoned"), &json!("wrong file"))
        );
    }

    #[test]
    fn an_undone_run_says_why_and_keeps_its_totals() {
        let completed = json!({ "source": "goodbooks", "input": "books.csv", "counts": counts(3) });
        let history = opened()
            .import_run(1, json!({ "ImportRunCompleted": completed }))
            .import_run(
                1,
                json!({ "ImportRunUndone": { "reason": "the wrong year's file" } }),
            );
        let run = given(ImportRunModel, &history).then(&id(1)).body;
        assert_eq!(
            (&run["state"], &run["reason"], &run["counts"]["accepted"]),
            (
                &json!("undone"),
                &json!("the wrong year's file"),
                &json!(10)
            )
        );
        assert_eq!(run["completed_at"], "2026-11-21T08:00:02Z");
    }

    #[test]
    fn only_the_first_thousand_refused_items_are_listed() {
        let item =
            json!({ "record": "1", "code": "bad_isbn", "detail": "the check digit is wrong" });
        let rejected = json!({ "ImportItemsRejected": { "items": vec![item; 600] } });
        let history = opened()
            .import_run(1, rejected.clone())
            .import_run(1, rejected);
        let run = given(ImportRunModel, &history).then(&id(1)).body;
        assert_eq!(
            (
                run["rejected"].as_array().unwrap().len(),
                &run["rejected_total"]
            ),
            (1000, &json!(1200))
        );
    }
}
