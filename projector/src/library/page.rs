//! The page of a library: what it is called, what it is for, and how many belong to it.
//!
//! Never names anybody who belongs to it.

use std::collections::BTreeMap;

use accession_events::ids::{AccountId, LibraryId};
use accession_events::library::{LibraryEvent, LibraryKind};
use accession_events::values::{LongText, ShortText};
use accession_events::{Event, Position, RecordedEvent};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{FoldError, ReadModel, Rendered, json};
use crate::moment::Moment;

/// A library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LibraryDocument {
    /// The library's id.
    #[schema(value_type = Uuid)]
    pub id: LibraryId,
    /// What it is called.
    #[schema(value_type = String, example = "Longbourn")]
    pub name: ShortText,
    /// How it is described.
    #[schema(value_type = Option<String>)]
    pub description: Option<LongText>,
    /// `family`, `lending` or `shop`.
    #[schema(value_type = String, example = "family")]
    pub kind: LibraryKind,
    /// Whether children have accounts in it.
    pub kids_mode: bool,
    /// Whether it is being deleted.
    pub being_deleted: bool,
    /// How many belong to it and are not suspended.
    pub active_members: u32,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Version of the library's stream, for `If-Match`.
    pub version: u64,
    /// Position of the last event on this page.
    #[schema(value_type = u64)]
    pub position: Position,
}

/// Memory of a library's page.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct LibraryState {
    page: Option<LibraryDocument>,
    /// Everyone who belongs to it, and whether they are suspended.
    members: BTreeMap<AccountId, bool>,
}

/// Pages of libraries, by library id. One that was taken down has none.
#[derive(Debug, Clone, Copy, Default)]
pub struct LibraryModel;

impl ReadModel for LibraryModel {
    type State = LibraryState;

    const NAME: &'static str = "library";
    const FOLD_VERSION: &'static str = "1";

    fn keys(&self, event: &Event, recorded: &RecordedEvent) -> Vec<String> {
        match event {
            Event::Library(_) => vec![recorded.stream.aggregate_id.to_string()],
            _ => Vec::new(),
        }
    }

    fn fold(
        &self,
        key: &str,
        state: &mut LibraryState,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        let Event::Library(event) = event else {
            return Ok(());
        };
        if let LibraryEvent::LibraryCreated { name, kind, .. } = event {
            state.page = Some(created(key, name, *kind, recorded)?);
            return Ok(());
        }
        if matches!(event, LibraryEvent::LibraryDeletionCompleted {}) {
            *state = LibraryState::default();
            return Ok(());
        }
        state.take_members(event);
        let active = state.members.values().filter(|suspended| !**suspended);
        let active = u32::try_from(active.count()).unwrap_or(u32::MAX);
        let Some(page) = &mut state.page else {
            return Err(FoldError::new(format!("library {key} was never made")));
        };
        page.take(event);
        page.active_members = active;
        page.version = page.version.max(recorded.sequence);
        if recorded.position > page.position {
            (page.position, page.updated_at) = (recorded.position, recorded.recorded_at);
        }
        Ok(())
    }

    fn render(&self, _key: &str, state: &LibraryState) -> Rendered {
        Rendered {
            body: state.page.as_ref().and_then(|page| json(page).ok()),
            hidden: true,
            entries: Vec::new(),
        }
    }
}

fn created(
    key: &str,
    name: &ShortText,
    kind: LibraryKind,
    recorded: &RecordedEvent,
) -> Result<LibraryDocument, FoldError> {
    let Moment { position, at } = Moment::of(recorded);
    Ok(LibraryDocument {
        id: key
            .parse()
            .map_err(|error| FoldError::new(format!("{error}")))?,
        name: name.clone(),
        description: None,
        kind,
        kids_mode: false,
        being_deleted: false,
        active_members: 0,
        created_at: at,
        updated_at: at,
        version: recorded.sequence,
        position,
    })
}

impl LibraryDocument {
    fn take(&mut self, event: &LibraryEvent) {
        match event {
            LibraryEvent::LibraryRenamed { name, .. } => self.name = name.clone(),
            LibraryEvent::LibraryDescribed { description, .. } => {
                self.description.clone_from(description);
            }
            LibraryEvent::KidsModeSet { on, .. } => self.kids_mode = *on,
            LibraryEvent::LibraryDeletionStarted { .. } => self.being_deleted = true,
            _ => {}
        }
    }
}

impl LibraryState {
    fn take_members(&mut self, event: &LibraryEvent) {
        match event {
            LibraryEvent::MemberJoined { account, .. }
            | LibraryEvent::MemberReinstated { account, .. } => {
                self.members.insert(*account, false);
            }
            LibraryEvent::MemberSuspended { account, .. } => {
                self.members.insert(*account, true);
            }
            LibraryEvent::MemberRemoved { account, .. } | LibraryEvent::MemberLeft { account } => {
                self.members.remove(account);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::library::tests::{founded, joined};
    use crate::testing::{given, id};

    #[test]
    fn a_page_tells_what_the_library_is_called_and_how_many_belong_to_it() {
        let by = id(1);
        let history = founded()
            .library(50, joined(2, "viewer"))
            .library(50, joined(3, "viewer"))
            .library(
                50,
                json!({ "MemberSuspended": { "account": id(2), "by": by } }),
            )
            .library(
                50,
                json!({ "LibraryRenamed": { "name": "Pemberley", "by": by } }),
            )
            .library(
                50,
                json!({ "KidsModeSet": { "on": true, "members": [by], "by": by } }),
            );
        let page = given(LibraryModel, &history).then(&id(50));
        assert!(page.hidden && page.entries.is_empty());
        assert_eq!(page.body["name"], "Pemberley");
        assert_eq!(
            (&page.body["active_members"], &page.body["version"]),
            (&json!(2), &json!(7))
        );
        assert_eq!(page.body["kids_mode"], true);
    }

    #[test]
    fn a_library_that_was_taken_down_has_no_page() {
        let by = id(1);
        let started = json!({ "LibraryDeletionStarted": { "by": by, "reason": null } });
        let history = founded().library(50, started);
        let page = given(LibraryModel, &history).then(&id(50));
        assert_eq!(page.body["being_deleted"], true);
        let history = history.library(50, json!({ "LibraryDeletionCompleted": {} }));
        let page = given(LibraryModel, &history).then(&id(50));
        assert_eq!(page.body, Value::Null);
    }
}
