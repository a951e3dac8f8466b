//! The feed's promises, proved: one suite over every kind of feed, then faults against a real nats-server.
//! Never sleeps: it waits for conditions.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at what they did not expect"
)]

mod compliance;
mod faults;
mod fitness;
mod lease;
mod log_feed;
mod measure;
mod memory_log;
mod real_logs;
mod rig;
mod simulation;
mod stage;
mod wake;
