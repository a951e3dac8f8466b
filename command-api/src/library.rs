//! Libraries: tenants, who belongs to them, and how they are taken down.
//!
//! Nothing here knows what a library holds.

pub mod departures;
pub mod http;
pub mod libraries;
#[expect(
    clippy::module_inception,
    reason = "the aggregate has the name of its context"
)]
pub mod library;
pub mod reactions;
