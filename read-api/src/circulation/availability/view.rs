//! What is told of whether a copy can be had, to whoever asks.
//!
//! Never a name for somebody who may not see it; each view of others' loans is written down before it is shown.

use std::collections::HashMap;
use std::sync::Arc;

use accession_events::circulation::Borrower;
use accession_events::holdings::CopyState;
use accession_events::ids::{AccountId, CopyId, HoldId, LoanId, PatronId};
use accession_events::values::PersonName;
use accession_projector::circulation::AvailabilityDocument;
use accession_projector::holdings::CopyDocument;
use accession_service::problem::Problem;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::asking::Asked;
use crate::cache::Standing;
use crate::circulation::sees_borrowers;
use crate::circulation::shown::Who;
use crate::reads::Reads;
use crate::visiting::Visit;

/// Whether a copy can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CopyAvailability)]
pub(super) enum Status {
    /// It is in.
    Available,
    /// It is in, and kept for somebody who waited.
    Kept,
    /// It is out.
    OnLoan,
    /// It is lost, damaged or given up.
    NotForLending,
}

/// One's own place in the queue.
#[derive(Debug, Serialize, ToSchema)]
struct OwnHold {
    /// The hold's id.
    #[schema(value_type = Uuid)]
    hold_id: HoldId,
    /// Your place in the queue, counted from 1.
    position: usize,
    /// Until when the copy is kept for you; null before it is your turn.
    #[schema(value_type = Option<String>, format = DateTime)]
    kept_until: Option<Timestamp>,
}

/// Somebody who has the copy or waits for it, for those who may know.
#[derive(Debug, Serialize, ToSchema)]
struct Known {
    /// Who they are, on the library's list.
    #[schema(value_type = Uuid)]
    patron_id: PatronId,
    /// Whose account it is; null for an outside borrower.
    #[schema(value_type = Option<Uuid>)]
    account_id: Option<AccountId>,
    /// What they are called; null when they were forgotten.
    #[schema(value_type = Option<String>)]
    name: Option<PersonName>,
    /// Their hold, when they wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    hold_id: Option<HoldId>,
}

/// Whether a copy can be had, as the one who asks may know it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AvailabilityView {
    /// The copy's id.
    #[schema(value_type = Uuid)]
    pub(super) copy_id: CopyId,
    /// `available`, `kept` for somebody who waited, `on_loan`, or `not_for_lending`: lost, damaged or given up.
    pub(super) status: Status,
    /// Until when it has to be back; null when it is in.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) due_at: Option<Timestamp>,
    /// How many wait for it.
    pub(super) waiting: usize,
    /// Whether you have it.
    yours: bool,
    /// Your place in the queue; null when you do not wait.
    your_hold: Option<OwnHold>,
    /// The open loan, for the staff and for who has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    loan_id: Option<LoanId>,
    /// Who has it, for those who may know.
    #[serde(skip_serializing_if = "Option::is_none")]
    borrower: Option<Known>,
    /// Who waits, the first first, for those who may know.
    #[serde(skip_serializing_if = "Option::is_none")]
    queue: Option<Vec<Known>>,
    /// Version of the loan and the queue, for `If-Match`; 0 while it was neither lent nor waited for.
    version: u64,
}

/// A copy, and its loan and queue if it ever had any.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) copy: &'a CopyDocument,
    pub(super) lending: Option<&'a AvailabilityDocument>,
}

/// What is told of some copies, in their order, and where the models stand that it was joined from besides.
pub(super) struct Told {
    pub(super) views: Vec<AvailabilityView>,
    pub(super) standings: Vec<Arc<Standing>>,
}

/// What the one who asks by this route is told of these copies of the library.
pub(super) async fn told(
    reads: &Reads,
    asked: &Asked,
    visit: &Visit,
    route: &'static str,
    seen: &[Seen<'_>],
) -> Result<Told, Problem> {
    let mut views: Vec<AvailabilityView> = seen.iter().map(|copy| copy.own_view(visit)).collect();
    if !sees_borrowers(visit) {
        let standings = Vec::new();
        return Ok(Told { views, standings });
    }
    let joins = reads.joins(asked).await?;
    let whose: Vec<Who> = seen.iter().flat_map(Seen::people).collect();
    let names = reads.borrower_names(&joins, visit.library, &whose).await?;
    reads.looked_at_borrowers(visit, route, &whose).await?;
    for (view, copy) in views.iter_mut().zip(seen) {
        view.with_people(copy, &names);
    }
    let standings = joins.standings().into();
    Ok(Told { views, standings })
}

impl Seen<'_> {
    fn holder(&self) -> Option<Who> {
        let out = self.lending?.out.as_ref()?;
        Some(Who {
            patron: out.patron_id,
            account: out.account_id,
        })
    }

    fn people(&self) -> Vec<Who> {
        let queue = self.lending.iter().flat_map(|copy| &copy.queue);
        let waiting = queue.map(|hold| Who {
            patron: hold.patron_id,
            account: hold.account_id,
        });
        self.holder().into_iter().chain(waiting).collect()
    }

    fn status(&self) -> Status {
        let lending = self.lending;
        if lending.is_some_and(|copy| copy.out.is_some()) {
            return Status::OnLoan;
        }
        if self.copy.state != CopyState::Present {
            return Status::NotForLending;
        }
        if lending.is_some_and(|copy| !copy.queue.is_empty()) {
            return Status::Kept;
        }
        Status::Available
    }

    fn own_view(&self, visit: &Visit) -> AvailabilityView {
        let own = Borrower::member(visit.library, visit.who.account).patron;
        let out = self.lending.and_then(|copy| copy.out.as_ref());
        let mine = out.filter(|out| out.patron_id == own);
        let place = self.lending.and_then(|copy| copy.place_of(own));
        AvailabilityView {
            copy_id: self.copy.id,
            status: self.status(),
            due_at: out.map(|out| out.due_at),
            waiting: self.lending.map_or(0, |copy| copy.queue.len()),
            yours: mine.is_some(),
            your_hold: place.map(|(position, hold)| OwnHold {
                hold_id: hold.hold_id,
                position,
                kept_until: hold.kept_until,
            }),
            loan_id: mine.map(|out| out.loan_id),
            borrower: None,
            queue: None,
            version: self.lending.map_or(0, |copy| copy.version),
        }
    }
}

impl AvailabilityView {
    fn with_people(&mut self, seen: &Seen<'_>, names: &HashMap<PatronId, PersonName>) {
        let known = |who: Who, hold_id| Known {
            patron_id: who.patron,
            account_id: who.account,
            name: names.get(&who.patron).cloned(),
            hold_id,
        };
        let queue = seen.lending.iter().flat_map(|copy| &copy.queue);
        let queue = queue.map(|hold| {
            let who = Who {
                patron: hold.patron_id,
                account: hold.account_id,
            };
            known(who, Some(hold.hold_id))
        });
        self.queue = Some(queue.collect());
        self.borrower = seen.holder().map(|who| known(who, None));
        let out = seen.lending.and_then(|copy| copy.out.as_ref());
        self.loan_id = out.map(|out| out.loan_id);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ID: &str = "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5d";

    fn copy(state: &str) -> CopyDocument {
        serde_json::from_value(json!({ "id": ID, "library_id": ID, "title_id": ID, "edition_id": null, "barcode": null,
            "condition": null, "acquisition": {}, "owner": null, "tags": [], "notes": null, "place_id": null,
            "state": state, "loan_id": null, "version": 1, "added_at": "2026-11-21T10:00:00Z",
            "updated_at": "2026-11-21T10:00:00Z", "position": 7 }))
        .unwrap()
    }

    fn lending(out: &Value, queue: &Value) -> AvailabilityDocument {
        serde_json::from_value(
            json!({ "copy_id": ID, "library_id": ID, "title_id": ID, "out": out, "queue": queue,
            "version": 3, "position": 9 }),
        )
        .unwrap()
    }

    fn status(copy: &CopyDocument, lending: Option<&AvailabilityDocument>) -> Status {
        Seen { copy, lending }.status()
    }

    #[test]
    fn a_copy_that_was_never_lent_is_to_be_had_unless_it_is_not_there() {
        assert_eq!(status(&copy("present"), None), Status::Available);
        for state in ["lost", "damaged", "withdrawn"] {
            assert_eq!(status(&copy(state), None), Status::NotForLending, "{state}");
        }
    }

    #[test]
    fn a_copy_is_kept_for_whoever_waits_and_out_while_it_is_out() {
        let out = json!({ "loan_id": ID, "patron_id": ID, "account_id": null, "due_at": "2026-12-05T23:59:59Z" });
        let hold = json!([{ "hold_id": ID, "patron_id": ID, "account_id": null, "placed_at": "2026-11-22T10:00:00Z",
            "kept_until": null }]);
        let present = copy("present");
        let both = lending(&out, &hold);
        assert_eq!(status(&present, Some(&both)), Status::OnLoan);
        let kept = lending(&Value::Null, &hold);
        assert_eq!(status(&present, Some(&kept)), Status::Kept);
        let back = lending(&Value::Null, &json!([]));
        assert_eq!(status(&present, Some(&back)), Status::Available);
    }
}
