//! The read API as its clients see it, over every read store; the folders mirror the URLs.
//!
//! Never talks to the log: what was projected is all there is.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test crate: a surprise must stop the test and say where"
)]

mod asks;
mod given;
mod hot_reads;
mod outages;
mod read;
