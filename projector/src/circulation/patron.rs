//! Who borrows from a library: its list of patrons, members and people outside.
//!
//! Holds a name only of people outside, and drops it when they are forgotten; what a member is called is told by their own
//! document.

use accession_events::circulation::PatronEvent;
use accession_events::identity::SubjectEvent;
use accession_events::ids::{AccountId, LibraryId, PatronId};
use accession_events::values::PersonName;
use accession_events::{Event, Position, RecordedEvent};
use accession_read_store::IndexEntry;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{FoldError, ReadModel, Rendered, json};
use crate::moment::Moment;
use crate::sort_name::sort_name;

/// Somebody who borrows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PatronDocument {
    /// The patron's id: what their card says.
    #[schema(value_type = Uuid)]
    pub id: PatronId,
    /// Which library's list it is.
    #[schema(value_type = Uuid)]
    pub library_id: LibraryId,
    /// Whose account it is; null for an outside borrower.
    #[schema(value_type = Option<Uuid>)]
    pub account_id: Option<AccountId>,
    /// What an outside borrower is called; null for a member, and when they were forgotten.
    #[schema(value_type = Option<String>)]
    pub name: Option<PersonName>,
    /// How many copies they have.
    pub loans: u32,
    /// For how many they wait.
    pub holds: u32,
    /// Since when they are on the list.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// Position of the last event in it.
    #[schema(value_type = u64)]
    pub position: Position,
}

/// Memory of a patron.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PatronState {
    patron: Option<PatronDocument>,
    last: Moment,
}

/// Patrons by id; people outside are found in `library:<id>:outside` by name.
#[derive(Debug, Clone, Copy, Default)]
pub struct PatronModel;

impl ReadModel for PatronModel {
    type State = PatronState;

    const NAME: &'static str = "patron";
    const FOLD_VERSION: &'static str = "1";

    fn keys(&self, event: &Event, recorded: &RecordedEvent) -> Vec<String> {
        match event {
            Event::Patron(_) => vec![recorded.stream.aggregate_id.to_string()],
            // An outside borrower is the subject of their own name.
            Event::Subject(SubjectEvent::SubjectErased { subject, .. }) => {
                vec![subject.to_string()]
            }
            _ => Vec::new(),
        }
    }

    fn fold(
        &self,
        key: &str,
        state: &mut PatronState,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        if matches!(event, Event::Subject(_)) && state.patron.is_none() {
            // Somebody who never borrowed by name.
            return Ok(());
        }
        state.last.advance(recorded);
        if let Event::Patron(PatronEvent::PatronRegistered {
            library,
            account,
            name,
            ..
        }) = event
        {
            state.patron = Some(PatronDocument {
                id: key
                    .parse()
                    .map_err(|error| FoldError::new(format!("{error}")))?,
                library_id: *library,
                account_id: *account,
                name: name.as_ref().and_then(|name| name.known().cloned()),
                loans: 0,
                holds: 0,
                since: recorded.recorded_at,
                position: Position::START,
            });
        }
        let Some(patron) = &mut state.patron else {
            return Err(FoldError::new(format!("patron {key} was never registered")));
        };
        patron.position = state.last.position;
        match event {
            Event::Subject(_) => patron.name = None,
            Event::Patron(event) => patron.take(event),
            _ => {}
        }
        Ok(())
    }

    fn render(&self, key: &str, state: &PatronState) -> Rendered {
        Rendered {
            body: state.patron.as_ref().and_then(|patron| json(patron).ok()),
            hidden: true,
            entries: self.entries(key, state),
        }
    }

    fn entries(&self, key: &str, state: &PatronState) -> Vec<IndexEntry> {
        let Some(patron) = &state.patron else {
            return Vec::new();
        };
        let name = patron.name.as_ref().map(|name| sort_name(name.as_str()));
        let entry = name.map(|name| IndexEntry {
            index: format!("library:{}:outside", patron.library_id),
            sort: format!("{name}/"),
            key: key.into(),
        });
        entry.into_iter().collect()
    }
}

impl PatronDocument {
    const fn take(&mut self, event: &PatronEvent) {
        match event {
            PatronEvent::PatronRegistered { .. } => {}
            PatronEvent::CopyBorrowed { .. } => self.loans = self.loans.saturating_add(1),
            PatronEvent::CopyGivenBack { .. } => self.loans = self.loans.saturating_sub(1),
            PatronEvent::QueueJoined { .. } => self.holds = self.holds.saturating_add(1),
            PatronEvent::QueueLeft { .. } => self.holds = self.holds.saturating_sub(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{History, given, id};

    fn outside() -> History {
        let registered = json!({ "PatronRegistered": { "library": id(50), "account": null,
            "name": { "known": "Aunt Philips" }, "by": id(1) } });
        let borrowed = json!({ "CopyBorrowed": { "loan": id(20), "copy": id(7) } });
        History::new().patron(9, registered).patron(9, borrowed)
    }

    #[test]
    fn an_outside_borrower_is_found_by_name() {
        let patron = given(PatronModel, &outside()).then(&id(9));
        assert_eq!(patron.body["name"], "Aunt Philips");
        assert_eq!(patron.body["loans"], 1);
        let index = format!("library:{}:outside", id(50));
        assert_eq!(
            patron.entries,
            [format!("{index} aunt philips/ → {}", id(9))]
        );
    }

    #[test]
    fn one_who_was_forgotten_has_no_name_and_still_has_what_they_have() {
        let erased = json!({ "SubjectErased": { "subject": id(9), "libraries": [], "by": null, "reason": "asked" } });
        let patron = given(PatronModel, &outside().subject(9, erased)).then(&id(9));
        assert_eq!(patron.body["name"], Value::Null);
        assert_eq!(patron.body["loans"], 1);
        assert!(patron.entries.is_empty());
    }

    #[test]
    fn an_erased_person_who_never_borrowed_by_name_leaves_nothing() {
        let erased = json!({ "SubjectErased": { "subject": id(9), "libraries": [], "by": null, "reason": "asked" } });
        let patron = given(PatronModel, &History::new().subject(9, erased)).then(&id(9));
        assert_eq!(patron.body, Value::Null);
    }
}
