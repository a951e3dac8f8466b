//! What every route of the write surface shares: who calls, under which conditions, what was sent, what is answered.
//!
//! It knows no context: which events a command makes and which codes a refusal has is said in the rooms.

pub mod answer;
pub mod body;
pub mod call;
pub mod conditions;
pub mod describe;
pub(crate) mod equal_time;
pub mod execute;
pub mod failure;
pub(crate) mod fields;
pub(crate) mod form;
pub mod keyed;
pub mod paths;
pub(crate) mod settling;
