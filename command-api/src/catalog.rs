//! Catalog: titles, editions, and episodes with their video sources; who says what about them.
//!
//! Aggregates here decide over facts that are handed to them. None of them reads a clock, draws an id or does I/O.

pub mod edition;
pub mod episode;
pub mod giving_back;
pub mod http;
pub mod import;
pub mod merging;
pub mod reading;
pub mod slugs;
pub mod statement;
pub mod title;
pub mod undo;
