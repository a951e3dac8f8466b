//! Circulation: loans, who has a copy and who waits for it, who borrows, and on which terms a library lends.
//!
//! Nothing here is for everyone: whoever answers from these documents looks first at who asks. No document but an outside
//! borrower's own holds a name.

mod availability;
mod loan;
mod patron;
mod policy;

pub use availability::{AvailabilityDocument, AvailabilityModel, Out, QueuedHold};
pub use loan::{LoanDocument, LoanModel, LoanState};
pub use patron::{PatronDocument, PatronModel};
pub use policy::{LendingPolicyModel, PolicyDocument};

use jiff::Timestamp;

/// A time as digits that sort like times.
fn sortable(time: Timestamp) -> String {
    format!("{:020}", time.as_microsecond().max(0))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{History, id};

    pub(super) fn borrower(who: u64) -> Value {
        json!({ "patron": id(100 + who), "account": id(who) })
    }

    pub(super) fn opened(loan: u64, who: u64) -> Value {
        json!({ "LoanOpened": { "loan": id(loan), "library": id(50), "title": id(60), "borrower": borrower(who),
            "lent_at": "2026-11-21T10:00:00Z", "due_at": "2026-12-05T23:59:59Z", "how": "desk", "policy": 0,
            "hold": null, "by": id(1) } })
    }

    pub(super) fn returned(loan: u64, who: u64) -> Value {
        json!({ "LoanReturned": { "loan": id(loan), "borrower": borrower(who),
            "returned_at": "2026-11-30T10:00:00Z", "by": id(1) } })
    }

    pub(super) fn placed(hold: u64, who: u64) -> Value {
        json!({ "HoldPlaced": { "hold": id(hold), "library": id(50), "title": id(60), "borrower": borrower(who),
            "placed_at": "2026-11-22T10:00:00Z", "by": id(who) } })
    }

    /// Copy 7 is lent to account 2, and account 3 waits for it.
    pub(super) fn lent() -> History {
        History::new()
            .lending(7, opened(20, 2))
            .lending(7, placed(30, 3))
    }

    #[test]
    fn times_sort_as_digits() {
        let early = "2026-12-05T23:59:59Z".parse().unwrap();
        let late = "2026-12-05T23:59:59.5Z".parse().unwrap();
        assert!(super::sortable(early) < super::sortable(late));
    }
}
