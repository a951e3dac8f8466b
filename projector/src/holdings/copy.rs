//! A copy: what the library says of it, where it stands, whether it is out.
//!
//! Never what its title is called, and never who has it.

use std::sync::Arc;

use accession_events::holdings::{
    Acquisition, Condition, CopyDetail, CopyEvent, CopyState, CopyTag, Standing,
};
use accession_events::ids::{AccountId, CopyId, EditionId, LibraryId, LoanId, PlaceId, TitleId};
use accession_events::values::{Barcode, LongText};
use accession_events::{Event, Position, RecordedEvent};
use accession_read_store::IndexEntry;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::{FoldError, ReadModel, Rendered, json, own_id};
use crate::moment::Moment;

/// A copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyDocument {
    /// Its id.
    pub id: CopyId,
    /// Whose it is.
    pub library_id: LibraryId,
    /// What it is a copy of.
    pub title_id: TitleId,
    /// Which edition, as far as that is known.
    pub edition_id: Option<EditionId>,
    /// The number on it.
    pub barcode: Option<Barcode>,
    /// What it looks like.
    pub condition: Option<Condition>,
    /// How it came.
    pub acquisition: Acquisition,
    /// Whose it is, when it is a member's.
    pub owner: Option<AccountId>,
    /// The library's words for it.
    pub tags: Arc<[CopyTag]>,
    /// What the library notes about it.
    pub notes: Option<LongText>,
    /// Where it stands, if anywhere; its slot is told by the shelf.
    pub place_id: Option<PlaceId>,
    /// Where it is in its life.
    pub state: CopyState,
    /// The loan on which it is out.
    pub loan_id: Option<LoanId>,
    /// Version of its stream, for `If-Match`.
    pub version: u64,
    /// When it was taken in.
    pub added_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Position of the last event in it.
    pub position: Position,
}

/// Memory of a copy.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct CopyMemory {
    copy: Option<CopyDocument>,
    /// When it was taken in: lists are sorted by it.
    added: Moment,
    last: Moment,
    removed: bool,
}

/// Copies by id; found in `library:<id>` and its parts `title:<id>`, `place:<id or none>`, `state:<state>`, `owner:<id>`,
/// `tag:<tag>` and `lent`, each sorted by when they were taken in, and in `library:<id>:barcode` by their barcode.
#[derive(Debug, Clone, Copy, Default)]
pub struct CopyModel;

impl ReadModel for CopyModel {
    type State = CopyMemory;

    const NAME: &'static str = "copy";
    const FOLD_VERSION: &'static str = "1";

    fn keys(&self, event: &Event, recorded: &RecordedEvent) -> Vec<String> {
        match event {
            Event::Copy(_) => vec![recorded.stream.aggregate_id.to_string()],
            _ => Vec::new(),
        }
    }

    fn fold(
        &self,
        _key: &str,
        state: &mut CopyMemory,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        let Event::Copy(event) = event else {
            return Ok(());
        };
        if let CopyEvent::CopyAdded { details, .. } = event {
            state.added = Moment::of(recorded);
            let mut copy = CopyDocument::new(own_id(recorded)?, event, recorded);
            for detail in details {
                copy.set(detail);
            }
            state.copy = Some(copy);
        }
        let Some(copy) = &mut state.copy else {
            return Err(FoldError::new(format!(
                "copy {} was never taken in",
                recorded.stream.aggregate_id
            )));
        };
        state.last.advance(recorded);
        copy.take(event);
        copy.version = copy.version.max(recorded.sequence);
        (copy.updated_at, copy.position) = (state.last.at, state.last.position);
        match event {
            CopyEvent::CopyRemoved { .. } => state.removed = true,
            CopyEvent::CopyRestored { .. } => state.removed = false,
            _ => {}
        }
        Ok(())
    }

    fn render(&self, key: &str, state: &CopyMemory) -> Rendered {
        let listed = state.copy.as_ref().filter(|_| !state.removed);
        Rendered {
            body: listed.and_then(|copy| json(copy).ok()),
            hidden: true,
            entries: self.entries(key, state),
        }
    }

    fn entries(&self, key: &str, state: &CopyMemory) -> Vec<IndexEntry> {
        let Some(copy) = state.copy.as_ref().filter(|_| !state.removed) else {
            return Vec::new();
        };
        let library = format!("library:{}", copy.library_id);
        let entry = |index: String, sort: &str| IndexEntry {
            index,
            sort: sort.to_owned(),
            key: key.to_owned(),
        };
        let added = state.added.sort();
        let place = copy
            .place_id
            .map_or_else(|| "none".to_owned(), |place| place.to_string());
        let mut entries = vec![
            entry(library.clone(), &added),
            entry(format!("{library}:title:{}", copy.title_id), &added),
            entry(format!("{library}:place:{place}"), &added),
            entry(format!("{library}:state:{}", copy.state.as_str()), &added),
        ];
        let tags = copy.tags.iter();
        entries.extend(tags.map(|tag| entry(format!("{library}:tag:{tag}"), &added)));
        entries.extend(
            copy.owner
                .map(|owner| entry(format!("{library}:owner:{owner}"), &added)),
        );
        entries.extend(
            copy.loan_id
                .map(|_| entry(format!("{library}:lent"), &added)),
        );
        let barcode = copy.barcode.as_ref();
        entries
            .extend(barcode.map(|barcode| entry(format!("{library}:barcode"), barcode.as_str())));
        entries
    }
}

impl CopyDocument {
    fn new(id: CopyId, event: &CopyEvent, recorded: &RecordedEvent) -> Self {
        Self {
            id,
            library_id: event.library_id(),
            title_id: event.title_id(),
            edition_id: None,
            barcode: None,
            condition: None,
            acquisition: Acquisition::default(),
            owner: None,
            tags: Arc::default(),
            notes: None,
            place_id: None,
            state: CopyState::Present,
            loan_id: None,
            version: recorded.sequence,
            added_at: recorded.recorded_at,
            updated_at: recorded.recorded_at,
            position: recorded.position,
        }
    }

    fn set(&mut self, detail: &CopyDetail) {
        match detail {
            CopyDetail::Acquisition(acquisition) => self.acquisition = acquisition.clone(),
            CopyDetail::Barcode(barcode) => self.barcode.clone_from(barcode),
            CopyDetail::Condition(condition) => self.condition = *condition,
            CopyDetail::Edition(edition) => self.edition_id = *edition,
            CopyDetail::Notes(notes) => self.notes.clone_from(notes),
            CopyDetail::Owner(owner) => self.owner = *owner,
            CopyDetail::Tags(tags) => self.tags = Arc::clone(tags),
        }
    }

    fn take(&mut self, event: &CopyEvent) {
        match event {
            CopyEvent::CopyAdded { .. } => {}
            CopyEvent::CopyDetailsChanged { details, .. } => {
                for detail in details {
                    self.set(detail);
                }
            }
            CopyEvent::CopyMoved { to, .. } => {
                self.place_id = to.map(|Standing { place_id, .. }| place_id);
            }
            CopyEvent::CopyLentOut { loan_id, .. } => self.loan_id = Some(*loan_id),
            CopyEvent::CopyCameBack { .. } => self.loan_id = None,
            CopyEvent::CopyLost { .. } => (self.state, self.loan_id) = (CopyState::Lost, None),
            CopyEvent::CopyDamaged { .. } => self.state = CopyState::Damaged,
            CopyEvent::CopyWithdrawn { .. } => self.state = CopyState::Withdrawn,
            CopyEvent::CopyFound { .. } => self.state = CopyState::Present,
            CopyEvent::CopyRemoved { .. } => self.place_id = None,
            CopyEvent::CopyRestored { barcode, .. } => self.barcode.clone_from(barcode),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{History, given, id};

    /// Copy 1 of title 60 in library 50, with a barcode and a tag.
    pub(in crate::holdings) fn added() -> History {
        History::new().copy(
            1,
            json!({ "CopyAdded": { "library_id": id(50), "title_id": id(60), "details": [
                { "detail": "barcode", "value": "PEM-1" }, { "detail": "tags", "value": ["signed"] }] } }),
        )
    }

    pub(in crate::holdings) fn happened(name: &str, more: &Value) -> Value {
        let mut event = json!({ "library_id": id(50), "title_id": id(60) });
        for (field, value) in more.as_object().unwrap() {
            event[field] = value.clone();
        }
        json!({ name: event })
    }

    pub(in crate::holdings) fn moved(from: &Value, to: &Value) -> Value {
        happened("CopyMoved", &json!({ "from": from, "to": to }))
    }

    pub(in crate::holdings) fn standing(place: u64, slot: u32) -> Value {
        json!({ "place_id": id(place), "slot": slot })
    }

    #[test]
    fn a_copy_is_found_by_everything_that_is_asked_for() {
        let history = added()
            .copy(1, moved(&Value::Null, &standing(80, 1)))
            .copy(1, happened("CopyLentOut", &json!({ "loan_id": id(70) })));
        let copy = given(CopyModel, &history).then(&id(1));
        let library = format!("library:{}", id(50));
        let at = format!("00000000000000000001 → {}", id(1));
        let mut expected = vec![
            format!("{library} {at}"),
            format!("{library}:barcode PEM-1 → {}", id(1)),
            format!("{library}:lent {at}"),
            format!("{library}:place:{} {at}", id(80)),
            format!("{library}:state:present {at}"),
            format!("{library}:tag:signed {at}"),
            format!("{library}:title:{} {at}", id(60)),
        ];
        expected.sort_unstable();
        let mut entries = copy.entries.clone();
        entries.sort_unstable();
        assert_eq!(entries, expected);
        assert_eq!(copy.body["loan_id"], json!(id(70)));
        assert_eq!(copy.body["version"], 3);
        assert!(copy.hidden);
    }

    #[test]
    fn a_removed_copy_is_found_nowhere_until_it_is_brought_back() {
        let removed = happened("CopyRemoved", &json!({ "barcode": "PEM-1" }));
        let gone = given(CopyModel, &added().copy(1, removed.clone())).then(&id(1));
        assert_eq!((gone.body, gone.entries.len()), (Value::Null, 0));
        let restored = happened("CopyRestored", &json!({ "barcode": "PEM-1" }));
        let history = added().copy(1, removed).copy(1, restored);
        let back = given(CopyModel, &history).then(&id(1));
        assert_eq!(back.body["barcode"], "PEM-1");
        assert!(back.entries.len() > 4);
    }

    #[test]
    fn a_copy_that_was_never_taken_in_is_parked() {
        let history = History::new().copy(1, moved(&Value::Null, &standing(80, 1)));
        let reason = given(CopyModel, &history).then_error(&id(1));
        assert!(reason.contains("never taken in"), "{reason}");
    }
}
