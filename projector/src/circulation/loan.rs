//! Loans: each time that a copy went out, until when, and what became of it.
//!
//! Names nobody: who has a copy is an account or a patron, and what they are called is told by their own documents.

use accession_events::circulation::{LendingEvent, LentHow};
use accession_events::ids::{AccountId, CopyId, LibraryId, LoanId, PatronId, TitleId};
use accession_events::{Event, Position, RecordedEvent};
use accession_read_store::IndexEntry;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::sortable;
use crate::model::{FoldError, ReadModel, Rendered, json};
use crate::moment::Moment;

/// How far a loan has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LoanState {
    /// The copy is out.
    Open,
    /// It came back.
    Returned,
    /// It was reported lost.
    Lost,
}

/// A loan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LoanDocument {
    /// The loan's id.
    #[schema(value_type = Uuid)]
    pub id: LoanId,
    /// Which library lends.
    #[schema(value_type = Uuid)]
    pub library_id: LibraryId,
    /// Which copy.
    #[schema(value_type = Uuid)]
    pub copy_id: CopyId,
    /// What it is a copy of.
    #[schema(value_type = Uuid)]
    pub title_id: TitleId,
    /// Who borrowed, on the library's list.
    #[schema(value_type = Uuid)]
    pub patron_id: PatronId,
    /// Whose account it is; null for an outside borrower.
    #[schema(value_type = Option<Uuid>)]
    pub account_id: Option<AccountId>,
    /// `open`, `returned` or `lost`.
    pub state: LoanState,
    /// When the copy went out.
    #[schema(value_type = String, format = DateTime)]
    pub lent_at: Timestamp,
    /// Until when it has to be back.
    #[schema(value_type = String, format = DateTime)]
    pub due_at: Timestamp,
    /// `desk`, `offline_desk` or `self_service`.
    #[schema(value_type = String)]
    pub how: LentHow,
    /// How often the loan was renewed.
    pub renewals: u16,
    /// When it was over.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// Position of the last event in it.
    #[schema(value_type = u64)]
    pub position: Position,
}

/// Memory of a loan.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct LoanMemory {
    loan: Option<LoanDocument>,
    last: Moment,
    /// When the log heard of it: lists of all loans go by this.
    heard: Moment,
}

/// Loans by id; found in `library:<id>:…`, `account:<id>:…` and `patron:<id>:…`, in `open` by due date and in `all` by when
/// they began.
#[derive(Debug, Clone, Copy, Default)]
pub struct LoanModel;

impl ReadModel for LoanModel {
    type State = LoanMemory;

    const NAME: &'static str = "loan";
    const FOLD_VERSION: &'static str = "1";

    fn keys(&self, event: &Event, _recorded: &RecordedEvent) -> Vec<String> {
        match event {
            Event::Lending(
                LendingEvent::LoanOpened { loan, .. }
                | LendingEvent::LoanRenewed { loan, .. }
                | LendingEvent::LoanReturned { loan, .. }
                | LendingEvent::LoanLost { loan, .. },
            ) => vec![loan.to_string()],
            _ => Vec::new(),
        }
    }

    fn fold(
        &self,
        key: &str,
        state: &mut LoanMemory,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        let Event::Lending(event) = event else {
            return Ok(());
        };
        state.last.advance(recorded);
        if let Some(opened) = opened(event, recorded)? {
            state.heard = Moment::of(recorded);
            state.loan = Some(opened);
        }
        let Some(loan) = &mut state.loan else {
            return Err(FoldError::new(format!("loan {key} was never opened")));
        };
        loan.take(event);
        loan.position = state.last.position;
        Ok(())
    }

    fn render(&self, key: &str, state: &LoanMemory) -> Rendered {
        Rendered {
            body: state.loan.as_ref().and_then(|loan| json(loan).ok()),
            hidden: true,
            entries: self.entries(key, state),
        }
    }

    fn entries(&self, key: &str, state: &LoanMemory) -> Vec<IndexEntry> {
        let Some(loan) = &state.loan else {
            return Vec::new();
        };
        let whose = [
            Some(format!("library:{}", loan.library_id)),
            loan.account_id.map(|account| format!("account:{account}")),
            Some(format!("patron:{}", loan.patron_id)),
        ];
        let mut lists = vec![("all", state.heard.sort())];
        if loan.state == LoanState::Open {
            lists.push(("open", sortable(loan.due_at)));
        }
        let entries = whose.into_iter().flatten().flat_map(|whose| {
            let entry = move |(list, sort): &(&str, String)| IndexEntry {
                index: format!("{whose}:{list}"),
                sort: format!("{sort}/"),
                key: key.into(),
            };
            lists.iter().map(entry).collect::<Vec<_>>()
        });
        entries.collect()
    }
}

fn opened(
    event: &LendingEvent,
    recorded: &RecordedEvent,
) -> Result<Option<LoanDocument>, FoldError> {
    let LendingEvent::LoanOpened {
        loan,
        library,
        title,
        borrower,
        lent_at,
        due_at,
        how,
        ..
    } = event
    else {
        return Ok(None);
    };
    let copy_id = recorded
        .stream
        .aggregate_id
        .parse()
        .map_err(|error| FoldError::new(format!("{error}")))?;
    Ok(Some(LoanDocument {
        id: *loan,
        library_id: *library,
        copy_id,
        title_id: *title,
        patron_id: borrower.patron,
        account_id: borrower.account,
        state: LoanState::Open,
        lent_at: *lent_at,
        due_at: *due_at,
        how: *how,
        renewals: 0,
        ended_at: None,
        position: recorded.position,
    }))
}

impl LoanDocument {
    fn take(&mut self, event: &LendingEvent) {
        match event {
            LendingEvent::LoanRenewed {
                due_at, renewals, ..
            } => (self.due_at, self.renewals) = (*due_at, *renewals),
            LendingEvent::LoanReturned { returned_at, .. } => {
                (self.state, self.ended_at) = (LoanState::Returned, Some(*returned_at));
            }
            LendingEvent::LoanLost { reported_at, .. } => {
                (self.state, self.ended_at) = (LoanState::Lost, Some(*reported_at));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{borrower, lent, returned};
    use super::*;
    use crate::testing::{given, id};

    #[test]
    fn an_open_loan_is_found_by_its_due_date_and_by_its_beginning() {
        let loan = given(LoanModel, &lent()).then(&id(20));
        assert_eq!(loan.body["state"], "open");
        assert_eq!(loan.body["copy_id"], id(7));
        assert!(loan.hidden);
        let indexes: Vec<&str> = loan
            .entries
            .iter()
            .filter_map(|entry| entry.split(' ').next())
            .collect();
        let mut expected: Vec<String> = [
            format!("library:{}", id(50)),
            format!("account:{}", id(2)),
            format!("patron:{}", id(102)),
        ]
        .iter()
        .flat_map(|whose| [format!("{whose}:all"), format!("{whose}:open")])
        .collect();
        expected.sort();
        assert_eq!(indexes, expected);
    }

    #[test]
    fn a_loan_that_is_over_is_in_the_list_of_all_only() {
        let loan = given(LoanModel, &lent().lending(7, returned(20, 2))).then(&id(20));
        assert_eq!(
            (&loan.body["state"], &loan.body["ended_at"]),
            (&"returned".into(), &"2026-11-30T10:00:00Z".into())
        );
        assert_eq!(loan.entries.len(), 3);
        assert!(loan.entries.iter().all(|entry| entry.contains(":all ")));
    }

    #[test]
    fn a_renewed_loan_is_due_later_and_a_lost_one_is_over() {
        let renewed = serde_json::json!({ "LoanRenewed": { "loan": id(20), "borrower": borrower(2),
            "due_at": "2026-12-19T23:59:59Z", "renewals": 1, "by": id(2) } });
        let history = lent().lending(7, renewed);
        let loan = given(LoanModel, &history).then(&id(20));
        assert_eq!(loan.body["due_at"], "2026-12-19T23:59:59Z");
        assert_eq!(loan.body["renewals"], 1);
        let lost = serde_json::json!({ "LoanLost": { "loan": id(20), "borrower": borrower(2),
            "reported_at": "2026-12-20T08:00:00Z", "by": id(1) } });
        let loan = given(LoanModel, &history.lending(7, lost)).then(&id(20));
        assert_eq!(loan.body["state"], "lost");
    }
}
