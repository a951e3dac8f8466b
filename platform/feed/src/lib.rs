//! The feed: every event in position order, history from the log and the tail from a bus or an in-process wake-up.
//!
//! The bus is a fan-out cache, never the record: whoever finds a hole goes back to the log.

pub mod bus;
pub mod bus_feed;
pub mod log_feed;
mod log_reader;
pub mod relay;
pub mod source;
pub mod wake;

pub use bus::{Bus, BusConfig, BusError};
pub use bus_feed::{BusFeed, BusFeedConfig, Source};
pub use log_feed::LogFeed;
pub use relay::{Relay, RelayConfig, RelayState, RelayStatus};
pub use source::{Feed, FeedError};
pub use wake::PostgresWake;
