//! What happened to copies: the story of each, and what went on in a library, one leaf an event.
//!
//! Names nobody: who did it is an account's id, and what was said before and after stays as it was said.

use accession_events::holdings::{CopyDetail, CopyEvent, CopyState, Standing};
use accession_events::ids::{AccountId, CopyId, LibraryId, LoanId, TitleId};
use accession_events::values::{Barcode, ShortText};
use accession_events::{Event, Position, RecordedEvent};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{FoldError, Leaf, ReadModel, Rendered, json, own_id};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StoryKind {
    /// It was taken in.
    Added,
    /// Something else is said of it.
    DetailsChanged,
    /// It stands elsewhere, or nowhere.
    Moved,
    /// It was given out.
    LentOut,
    /// It came back.
    CameBack,
    /// It was lost.
    Lost,
    /// It was damaged.
    Damaged,
    /// It was given up.
    Withdrawn,
    /// It was found or mended.
    Found,
    /// It is listed no longer.
    Removed,
    /// It is listed again.
    Restored,
}

/// One thing that happened to a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryDocument {
    /// To which.
    pub copy_id: CopyId,
    /// Whose it is.
    pub library_id: LibraryId,
    /// What it is a copy of.
    pub title_id: TitleId,
    /// What happened.
    pub kind: StoryKind,
    /// Where it stood.
    pub from: Option<Standing>,
    /// Where it stands since.
    pub to: Option<Standing>,
    /// What is said since.
    pub details: Vec<CopyDetail>,
    /// What was said before of the same.
    pub former: Vec<CopyDetail>,
    /// What it was before.
    pub former_state: Option<CopyState>,
    /// On which loan.
    pub loan_id: Option<LoanId>,
    /// Why, in the library's words.
    pub reason: Option<String>,
    /// The positions of what it undoes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undoes: Vec<Position>,
    /// Who did it.
    pub by: Option<AccountId>,
    /// When.
    pub at: Timestamp,
    /// Where it stands in the log.
    pub position: Position,
}

/// Memory: what happened last.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct CopyStoryState {
    last: Option<StoryDocument>,
    /// The barcode that became free by what happened last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    freed: Option<Barcode>,
}

/// What happened to copies; found in `copy:<id>` and in `library:<id>` by position, a removal also in `library:<id>:removed` by the
/// barcode that the copy had.
#[derive(Debug, Clone, Copy, Default)]
pub struct CopyStoryModel;

impl ReadModel for CopyStoryModel {
    type State = CopyStoryState;

    const NAME: &'static str = "copy_story";
    const FOLD_VERSION: &'static str = "3";

    fn keys(&self, event: &Event, recorded: &RecordedEvent) -> Vec<String> {
        match event {
            Event::Copy(_) => vec![recorded.stream.aggregate_id.to_string()],
            _ => Vec::new(),
        }
    }

    fn fold(
        &self,
        _key: &str,
        state: &mut CopyStoryState,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        if let Event::Copy(event) = event {
            state.last = Some(StoryDocument::of(event, own_id(recorded)?, recorded));
            state.freed = match event {
                CopyEvent::CopyRemoved { barcode, .. } => barcode.clone(),
                _ => None,
            };
        }
        Ok(())
    }

    fn leaf(&self, key: &str, state: &CopyStoryState, recorded: &RecordedEvent) -> Option<Leaf> {
        let story = state.last.as_ref()?;
        let at = format!("{:020}/", recorded.position.get());
        let library = format!("library:{}", story.library_id);
        let freed = state.freed.as_ref();
        let freed = freed.map(|barcode| (format!("{library}:removed"), format!("{barcode}/{at}")));
        let always = [(format!("copy:{key}"), at.clone()), (library, at)];
        Some(Leaf {
            place: recorded.sequence.to_string(),
            body: json(story).ok()?,
            found_in: always.into_iter().chain(freed).collect(),
        })
    }

    fn render(&self, _key: &str, _state: &CopyStoryState) -> Rendered {
        Rendered::default()
    }
}

impl StoryDocument {
    fn of(event: &CopyEvent, copy_id: CopyId, recorded: &RecordedEvent) -> Self {
        let metadata = recorded.parsed_metadata();
        let undoes = metadata.undone_positions();
        let by = metadata
            .actor
            .and_then(|actor| actor.split_once(':')?.1.parse().ok());
        let story = Self {
            copy_id,
            library_id: event.library_id(),
            title_id: event.title_id(),
            kind: kind_of(event),
            from: None,
            to: None,
            details: Vec::new(),
            former: Vec::new(),
            former_state: None,
            loan_id: None,
            reason: metadata.reason,
            undoes,
            by,
            at: recorded.recorded_at,
            position: recorded.position,
        };
        story.with(event)
    }

    fn with(mut self, event: &CopyEvent) -> Self {
        match event {
            CopyEvent::CopyAdded { details, .. } => self.details.clone_from(details),
            CopyEvent::CopyDetailsChanged {
                details, former, ..
            } => {
                self.details.clone_from(details);
                self.former.clone_from(former);
            }
            CopyEvent::CopyMoved { from, to, .. } => (self.from, self.to) = (*from, *to),
            CopyEvent::CopyLentOut { loan_id, .. } | CopyEvent::CopyCameBack { loan_id, .. } => {
                self.loan_id = Some(*loan_id);
            }
            CopyEvent::CopyLost {
                loan_id, former, ..
            } => (self.loan_id, self.former_state) = (*loan_id, Some(*former)),
            CopyEvent::CopyDamaged { former, .. } | CopyEvent::CopyFound { former, .. } => {
                self.former_state = Some(*former);
            }
            CopyEvent::CopyWithdrawn { reason, former, .. } => {
                self.because(reason.as_ref());
                self.former_state = Some(*former);
            }
            CopyEvent::CopyRemoved { stood, reason, .. } => {
                self.from = *stood;
                self.because(reason.as_ref());
            }
            CopyEvent::CopyRestored { .. } => {}
        }
        self
    }

    /// What the event itself says counts more than what was said beside it.
    fn because(&mut self, reason: Option<&ShortText>) {
        if let Some(reason) = reason {
            self.reason = Some(reason.to_string());
        }
    }
}

const fn kind_of(event: &CopyEvent) -> StoryKind {
    match event {
        CopyEvent::CopyAdded { .. } => StoryKind::Added,
        CopyEvent::CopyDetailsChanged { .. } => StoryKind::DetailsChanged,
        CopyEvent::CopyMoved { .. } => StoryKind::Moved,
        CopyEvent::CopyLentOut { .. } => StoryKind::LentOut,
        CopyEvent::CopyCameBack { .. } => StoryKind::CameBack,
        CopyEvent::CopyLost { .. } => StoryKind::Lost,
        CopyEvent::CopyDamaged { .. } => StoryKind::Damaged,
        CopyEvent::CopyWithdrawn { .. } => StoryKind::Withdrawn,
        CopyEvent::CopyFound { .. } => StoryKind::Found,
        CopyEvent::CopyRemoved { .. } => StoryKind::Removed,
        CopyEvent::CopyRestored { .. } => StoryKind::Restored,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::holdings::copy::tests::{added, happened, moved, standing};
    use crate::testing::id;

    #[test]
    fn a_move_tells_from_where_and_to_where_in_the_copys_story_and_in_the_librarys() {
        let history = added().copy(1, moved(&Value::Null, &standing(80, 3)));
        let (model, mut state) = (CopyStoryModel, CopyStoryState::default());
        let mut leaves = Vec::new();
        for recorded in history.events() {
            let event = Event::decode(&recorded).unwrap();
            for key in model.keys(&event, &recorded) {
                model.fold(&key, &mut state, &event, &recorded).unwrap();
                leaves.push(model.leaf(&key, &state, &recorded).unwrap());
            }
        }
        let last: StoryDocument = serde_json::from_slice(&leaves[1].body).unwrap();
        assert_eq!(last.kind, StoryKind::Moved);
        assert_eq!(last.to.map(|to| to.slot), Some(3));
        let indexes: Vec<&str> = leaves[1]
            .found_in
            .iter()
            .map(|(index, _)| index.as_str())
            .collect();
        assert_eq!(
            indexes,
            [format!("copy:{}", id(1)), format!("library:{}", id(50))]
        );
    }

    #[test]
    fn a_removed_copy_is_found_by_the_barcode_that_it_had() {
        let (model, mut state) = (CopyStoryModel, CopyStoryState::default());
        let gone = happened("CopyRemoved", &json!({ "barcode": "PEM-1" }));
        let mut last = None;
        for recorded in added().copy(1, gone).events() {
            let event = Event::decode(&recorded).unwrap();
            model.fold(&id(1), &mut state, &event, &recorded).unwrap();
            last = model.leaf(&id(1), &state, &recorded);
        }
        let found_in = last.unwrap().found_in;
        assert_eq!(
            found_in[2],
            (
                format!("library:{}:removed", id(50)),
                "PEM-1/00000000000000000002/".to_owned()
            )
        );
    }
}
