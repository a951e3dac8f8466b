//! Libraries: tenants, who belongs to them, and how they are taken down.
//!
//! Nothing here knows what a library holds.

#[expect(
    clippy::module_inception,
    reason = "the aggregate has the name of its context"
)]
pub mod library;
