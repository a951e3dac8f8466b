//! What every operators' route shares: who calls, and how it is described.
//!
//! It knows no room: what a route does is said there.

pub(crate) mod body;
pub(crate) mod call;
pub(crate) mod describe;
