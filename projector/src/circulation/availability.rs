//! Who has a copy and who waits for it.
//!
//! Never shown as it is: who has a copy is the staff's to know, and one's own place in the queue one's own.

use accession_events::circulation::{Borrower, LendingEvent};
use accession_events::ids::{AccountId, CopyId, HoldId, LibraryId, LoanId, PatronId, TitleId};
use accession_events::{Event, Position, RecordedEvent};
use accession_read_store::IndexEntry;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::sortable;
use crate::model::{FoldError, ReadModel, Rendered, json};
use crate::moment::Moment;

/// The loan on which a copy is out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Out {
    /// The loan.
    #[schema(value_type = Uuid)]
    pub loan_id: LoanId,
    /// Who has it, on the library's list.
    #[schema(value_type = Uuid)]
    pub patron_id: PatronId,
    /// Whose account it is; null for an outside borrower.
    #[schema(value_type = Option<Uuid>)]
    pub account_id: Option<AccountId>,
    /// Until when it has to be back.
    #[schema(value_type = String, format = DateTime)]
    pub due_at: Timestamp,
}

/// Somebody who waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QueuedHold {
    /// The hold.
    #[schema(value_type = Uuid)]
    pub hold_id: HoldId,
    /// Who waits, on the library's list.
    #[schema(value_type = Uuid)]
    pub patron_id: PatronId,
    /// Whose account it is; null for an outside borrower.
    #[schema(value_type = Option<Uuid>)]
    pub account_id: Option<AccountId>,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub placed_at: Timestamp,
    /// Until when the copy is kept for them, once it is.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub kept_until: Option<Timestamp>,
}

/// A copy that was ever lent or waited for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AvailabilityDocument {
    /// The copy's id.
    #[schema(value_type = Uuid)]
    pub copy_id: CopyId,
    /// Whose it is.
    #[schema(value_type = Uuid)]
    pub library_id: LibraryId,
    /// What it is a copy of.
    #[schema(value_type = Uuid)]
    pub title_id: TitleId,
    /// The open loan; null when it is in.
    pub out: Option<Out>,
    /// Who waits, the first first.
    pub queue: Vec<QueuedHold>,
    /// Version of the copy's lending stream, for `If-Match`.
    pub version: u64,
    /// Position of the last event in it.
    #[schema(value_type = u64)]
    pub position: Position,
}

/// Memory of a copy.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct AvailabilityState {
    copy: Option<AvailabilityDocument>,
    last: Moment,
}

/// Copies by id; those that somebody waits for are found in `library:<id>:holds`, `account:<id>:holds` and
/// `patron:<id>:holds` by when they began to wait.
#[derive(Debug, Clone, Copy, Default)]
pub struct AvailabilityModel;

impl ReadModel for AvailabilityModel {
    type State = AvailabilityState;

    const NAME: &'static str = "availability";
    const FOLD_VERSION: &'static str = "1";

    fn keys(&self, event: &Event, recorded: &RecordedEvent) -> Vec<String> {
        match event {
            Event::Lending(_) => vec![recorded.stream.aggregate_id.to_string()],
            _ => Vec::new(),
        }
    }

    fn fold(
        &self,
        key: &str,
        state: &mut AvailabilityState,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        let Event::Lending(event) = event else {
            return Ok(());
        };
        state.last.advance(recorded);
        if state.copy.is_none() {
            state.copy = Some(first(key, event)?);
        }
        let Some(copy) = &mut state.copy else {
            return Ok(());
        };
        copy.take_loan(event);
        copy.take_queue(event);
        copy.version = copy.version.max(recorded.sequence);
        copy.position = state.last.position;
        Ok(())
    }

    fn render(&self, key: &str, state: &AvailabilityState) -> Rendered {
        Rendered {
            body: state.copy.as_ref().and_then(|copy| json(copy).ok()),
            hidden: true,
            entries: self.entries(key, state),
        }
    }

    fn entries(&self, key: &str, state: &AvailabilityState) -> Vec<IndexEntry> {
        let Some(copy) = &state.copy else {
            return Vec::new();
        };
        let entry = |whose: String, since: Timestamp| IndexEntry {
            index: format!("{whose}:holds"),
            sort: format!("{}/", sortable(since)),
            key: key.into(),
        };
        let first = copy.queue.first().map(|hold| hold.placed_at);
        let of_library = first.map(|since| entry(format!("library:{}", copy.library_id), since));
        let of_people = copy.queue.iter().flat_map(|hold| {
            let account = hold.account_id.map(|account| format!("account:{account}"));
            let whose = [account, Some(format!("patron:{}", hold.patron_id))];
            let entries = whose.into_iter().flatten();
            entries.map(|whose| entry(whose, hold.placed_at))
        });
        of_library.into_iter().chain(of_people).collect()
    }
}

fn first(key: &str, event: &LendingEvent) -> Result<AvailabilityDocument, FoldError> {
    let (LendingEvent::LoanOpened { library, title, .. }
    | LendingEvent::HoldPlaced { library, title, .. }) = event
    else {
        return Err(FoldError::new(format!(
            "copy {key} was neither lent nor waited for before"
        )));
    };
    let copy_id = key
        .parse()
        .map_err(|error| FoldError::new(format!("{error}")))?;
    Ok(AvailabilityDocument {
        copy_id,
        library_id: *library,
        title_id: *title,
        out: None,
        queue: Vec::new(),
        version: 0,
        position: Position::START,
    })
}

impl AvailabilityDocument {
    /// The place of a patron in the queue, counted from 1.
    #[must_use]
    pub fn place_of(&self, patron: PatronId) -> Option<(usize, &QueuedHold)> {
        let mut queue = (1..).zip(&self.queue);
        queue.find(|(_, hold)| hold.patron_id == patron)
    }

    fn take_loan(&mut self, event: &LendingEvent) {
        match event {
            LendingEvent::LoanOpened {
                loan,
                borrower: Borrower { patron, account },
                due_at,
                hold,
                ..
            } => {
                if let Some(hold) = hold {
                    self.leave(*hold);
                }
                self.out = Some(Out {
                    loan_id: *loan,
                    patron_id: *patron,
                    account_id: *account,
                    due_at: *due_at,
                });
            }
            LendingEvent::LoanRenewed { due_at, .. } => {
                if let Some(out) = &mut self.out {
                    out.due_at = *due_at;
                }
            }
            LendingEvent::LoanReturned { .. } | LendingEvent::LoanLost { .. } => self.out = None,
            _ => {}
        }
    }

    fn take_queue(&mut self, event: &LendingEvent) {
        match event {
            LendingEvent::HoldPlaced {
                hold,
                borrower: Borrower { patron, account },
                placed_at,
                ..
            } => self.queue.push(QueuedHold {
                hold_id: *hold,
                patron_id: *patron,
                account_id: *account,
                placed_at: *placed_at,
                kept_until: None,
            }),
            LendingEvent::HoldOffered { hold, until, .. } => {
                let mut queue = self.queue.iter_mut();
                if let Some(offered) = queue.find(|of| of.hold_id == *hold) {
                    offered.kept_until = Some(*until);
                }
            }
            LendingEvent::HoldExpired { hold, .. } | LendingEvent::HoldCancelled { hold, .. } => {
                self.leave(*hold);
            }
            _ => {}
        }
    }

    fn leave(&mut self, hold: HoldId) {
        self.queue.retain(|of| of.hold_id != hold);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::tests::{borrower, lent, returned};
    use super::*;
    use crate::testing::{given, id};

    #[test]
    fn a_copy_knows_who_has_it_and_who_waits() {
        let copy = given(AvailabilityModel, &lent()).then(&id(7));
        assert_eq!(copy.body["out"]["account_id"], id(2));
        assert_eq!(copy.body["queue"][0]["account_id"], id(3));
        assert!(copy.hidden);
        assert_eq!(copy.entries.len(), 3);
    }

    #[test]
    fn a_copy_that_came_back_is_kept_for_the_first_until_they_have_it() {
        let offered = json!({ "HoldOffered": { "hold": id(30), "borrower": borrower(3),
            "until": "2026-12-03T23:59:59Z" } });
        let history = lent().lending(7, returned(20, 2)).lending(7, offered);
        let copy = given(AvailabilityModel, &history).then(&id(7));
        assert_eq!(copy.body["out"], Value::Null);
        assert_eq!(copy.body["queue"][0]["kept_until"], "2026-12-03T23:59:59Z");

        let mut fulfilled = super::super::tests::opened(21, 3);
        fulfilled["LoanOpened"]["hold"] = json!(id(30));
        let copy = given(AvailabilityModel, &history.lending(7, fulfilled)).then(&id(7));
        assert_eq!(copy.body["out"]["account_id"], id(3));
        assert_eq!(copy.body["queue"], json!([]));
        assert!(copy.entries.is_empty());
    }
}
