//! The feed: every event in position order, history from the log and the tail from a bus or an in-process wake-up.
//!
//! The bus is a fan-out cache, never the record: whoever finds a hole goes back to the log.

pub mod log_feed;
mod log_reader;
pub mod source;

pub use log_feed::LogFeed;
pub use source::{Feed, FeedError};
