//! The door: how often somebody may knock, from where, how large and how long a request may be, and which headers say so.
//!
//! Never knows what a request is about; the limits are the caller's.

pub mod door;
pub mod headers;
mod in_process;
mod knocking;
mod limit;
mod limiter;
mod patience;
pub mod proxies;
mod shared;

pub use door::{Door, DoorOptions, Identify, Known};
pub use in_process::InProcess;
pub use limit::{Asked, BadLimit, By, Limit, Reach, Verdict};
pub use limiter::{Limiter, LimiterAway};
pub use proxies::{BadNetwork, ForwardedBy, Proxies};
pub use shared::{Microseconds, RedisLimiter, SharedLimiter};
