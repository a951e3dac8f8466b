//! Libraries: tenants and who belongs to them.
//!
//! Nothing here knows what a library holds; shelves and loans are rooms of their own.

#[expect(
    clippy::module_inception,
    reason = "the aggregate has the name of its context"
)]
mod library;
mod membership;

pub use library::LibraryEvent;
pub use membership::{JoinedHow, LibraryKind, MemberRole, MembershipStatus};
