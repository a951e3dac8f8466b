//! Libraries: tenants, who belongs to them, how they are taken down, and how they are made again from a file.
//!
//! Nothing here but the last knows what a library holds.

pub mod departures;
pub mod http;
pub mod libraries;
#[expect(
    clippy::module_inception,
    reason = "the aggregate has the name of its context"
)]
pub mod library;
pub mod reactions;
pub mod restoring;
