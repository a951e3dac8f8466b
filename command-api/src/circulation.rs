//! Circulation: a library's lending policy, loans, and the queues of those who wait.
//!
//! Nothing here knows where a copy stands or what it is a copy of; that is holdings'.

pub mod counter;
pub mod error;
pub mod http;
pub mod lending;
pub mod patron;
pub mod policy;
pub mod reactions;
