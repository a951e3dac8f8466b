//! events.

pub mod ids;
pub mod values;
