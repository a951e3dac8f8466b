//! Why a copy is not lent, taken back, renewed or waited for.
//!
//! Never names who has it or who waits.

use jiff::Timestamp;

/// A refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LendingError {
    /// Somebody has it.
    #[error("{}", on_loan(*.due_at, *.waiting))]
    OnLoan {
        /// Until when it has to be back.
        due_at: Timestamp,
        /// How many wait for it.
        waiting: usize,
    },
    /// The one who wants it has it.
    #[error("you have this copy; it is due on {}", day(*.due_at))]
    YouHaveIt {
        /// Until when it has to be back.
        due_at: Timestamp,
    },
    /// It is in, and kept for somebody who waits.
    #[error("{}", kept(*.until, *.waiting))]
    KeptForAnother {
        /// Until when, once that is settled.
        until: Option<Timestamp>,
        /// How many wait for it.
        waiting: usize,
    },
    /// It is not out.
    #[error("this copy is not on loan")]
    NotOut,
    /// Another has it.
    #[error("this copy is not on loan to you")]
    NotYours,
    /// It would have come back before it went out.
    #[error("it went out at {lent_at}, so it cannot have come back at {returned_at}")]
    BackBeforeOut {
        /// When it went out.
        lent_at: Timestamp,
        /// When it is said to have come back.
        returned_at: Timestamp,
    },
    /// Somebody waits for it.
    #[error("{waiting} wait for this copy, so the loan cannot be renewed; it is due on {}", day(*.due_at))]
    HoldWaiting {
        /// Until when it has to be back.
        due_at: Timestamp,
        /// How many wait for it.
        waiting: usize,
    },
    /// It was renewed as often as the library lets a loan be.
    #[error("this loan was renewed {renewals} times, which is as often as the library allows")]
    RenewedOften {
        /// How often it was.
        renewals: u16,
    },
    /// The renewal would change nothing.
    #[error("this loan is due on {} already; renew it later", day(*.due_at))]
    NoLater {
        /// Until when it has to be back.
        due_at: Timestamp,
    },
    /// It is in, so there is nothing to wait for.
    #[error("this copy is not on loan: borrow it instead of waiting for it")]
    OnTheShelf,
    /// They wait already.
    #[error("there is a hold of this borrower on this copy already")]
    AlreadyWaiting,
    /// Nobody waits under this id, or not the one who asks.
    #[error("there is no such hold on this copy")]
    NoSuchHold,
}

/// A day as people read it; the hour of a due date is always the last of its day unless the staff has said otherwise.
fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

fn on_loan(due_at: Timestamp, waiting: usize) -> String {
    let queue = match waiting {
        0 => "nobody waits for it".to_owned(),
        1 => "one borrower waits for it".to_owned(),
        many => format!("{many} borrowers wait for it"),
    };
    format!(
        "this copy is on loan until {}, and {queue}; place a hold to be next",
        day(due_at)
    )
}

fn kept(until: Option<Timestamp>, waiting: usize) -> String {
    let until = until.map_or_else(String::new, |until| format!(" until {}", day(until)));
    format!(
        "this copy is kept{until} for somebody who waited for it ({waiting} in the queue); place a hold to be next"
    )
}
