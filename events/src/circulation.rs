//! Circulation: on which terms a library lends, who borrows, and what becomes of each copy that goes out and comes back.
//!
//! Nothing here knows where a copy stands or what it is a copy of; that is holdings'.

mod lending;
mod patron;
mod policy;
mod terms;

pub use lending::{Borrower, LendingEvent, LentHow};
pub use patron::{PatronEvent, open_loan};
pub use policy::PolicyEvent;
pub use terms::LendingTerms;
